/**
 * The test runner: `node test/run.mjs [path or part of a path…]`. One process per file, two at a time. A file passes only when its exit
 * code and its counts both say so, it queued at least one test, ended in its time limit and left no process behind.
 * A file may say `// time limit: 300 s`; a line `skipped: <reason>` that it prints counts as one skipped test.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const JOBS = 2;
const LIMIT_SECONDS = 120;
const KEPT = 200_000;
const MARK = 'CE_TEST_FILE';

/** Test files below `test/`, from the root, whose path contains one of `filters` (all of them when there is none). */
export function findTests(filters, root = ROOT) {
  return readdirSync(join(root, 'test'), { recursive: true })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/fixtures/'))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter.replace(/^\.\//, ''))))
    .sort();
}

/** Runs the files and prints one line for each as it ends, then the output of those that failed. Gives `{ passed, failed, skipped: [] }`. */
export async function runTests(files, root = ROOT, print = (line) => process.stdout.write(`${line}\n`)) {
  const queue = [...files];
  const results = [];
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = await runFile(file, root);
      results.push(result);
      print(
        `${result.problems.length === 0 ? 'ok    ' : 'FAILED'} ${String(result.passed).padStart(4)}  ${file}  (${(result.milliseconds / 1000).toFixed(1)} s)`,
      );
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  for (const { file, skipped } of results) for (const reason of skipped) print(`skipped: ${file}: ${reason}`);
  for (const { file, problems, output } of results.filter((result) => result.problems.length > 0)) {
    print(`\n──── ${file}\n${output.trimEnd()}\n──── ${problems.join('; ')}`);
  }
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + (result.problems.length === 0 ? 0 : Math.max(1, result.failed)), 0),
    skipped: results.flatMap(({ file, skipped }) => skipped.map((reason) => `${file}: ${reason}`)),
  };
}

async function runFile(file, root) {
  const declared = /^\/\/ time limit: (\d+) s$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];
  const seconds = declared === undefined ? LIMIT_SECONDS : Number(declared);
  const id = randomUUID();
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [MARK]: id, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-KEPT)));
  const stop = (signal) => killGroup(child.pid, signal);
  const forward = () => stop('SIGKILL');
  process.on('exit', forward);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop('SIGTERM');
    setTimeout(() => stop('SIGKILL'), 2_000).unref();
  }, seconds * 1000);
  const { code, signal } = await ended(child);
  clearTimeout(timer);
  process.off('exit', forward);
  const milliseconds = performance.now() - started;
  const left = await leftovers(id, child.pid);
  for (const pid of left) kill(pid, 'SIGKILL');
  stop('SIGKILL');
  const counts = readCounts(output);
  return { file, output, milliseconds, ...counts, problems: problemsOf({ code, signal, late, seconds, left, ...counts }) };
}

/** The process is over when it has exited and its pipes are closed, or shortly after its exit when a leftover holds them open. */
function ended(child) {
  return new Promise((settle) => {
    let exit = null;
    child.on('error', (error) => settle({ code: null, signal: error.message }));
    child.on('exit', (code, signal) => {
      exit = { code, signal };
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        settle(exit);
      }, 1_000).unref();
    });
    child.on('close', (code, signal) => settle(exit ?? { code, signal }));
  });
}

/** Counts as uvu prints them; a file that runs several suites prints them once. */
export function readCounts(output) {
  const number = (name) => [...output.matchAll(new RegExp(`^  ${name}:\\s+(\\d+)$`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);
  const [total, passed, quiet] = [number('Total'), number('Passed'), number('Skipped')];
  const reasons = [...output.matchAll(/^skipped: (.+)$/gm)].map((match) => match[1] ?? '');
  return { total, passed, failed: Math.max(0, total - passed), skipped: [...reasons, ...Array.from({ length: quiet }, () => 'test.skip without a reason')] };
}

/** Everything that is wrong with a file, in words; empty when it passed. */
export function problemsOf({ code, signal, late, seconds, left, total, failed, skipped }) {
  const problems = [];
  if (late) problems.push(`longer than its time limit of ${seconds} s`);
  else if (signal !== null) problems.push(`ended by ${signal}`);
  else if (code !== 0) problems.push(`exit code ${code}`);
  if (failed > 0) problems.push(`${failed} of ${total} failed`);
  if (total === 0 && skipped.length === 0) problems.push('no test was queued (is `test.run()` missing?)');
  if (left.length > 0) problems.push(`left processes behind: ${left.join(', ')}`);
  return problems;
}

/** Processes that carry this file's mark, or stand in its group, and do not end by themselves within two seconds. */
async function leftovers(id, group) {
  for (let tries = 0; ; tries++) {
    const pids = process.platform === 'linux' ? readProcesses(id, group) : isAlive(-group) ? [-group] : [];
    if (pids.length === 0 || tries === 20) return pids;
    await new Promise((wait) => setTimeout(wait, 100));
  }
}

/** Zombies do not count: they have ended, and wait for a parent that may be gone. */
function readProcesses(id, group) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ');
        return state !== 'Z' && (Number(pgrp) === group || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${id}`));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function killGroup(pid, signal) {
  if (pid !== undefined) kill(-pid, signal);
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
  const files = findTests(process.argv.slice(2));
  if (files.length === 0) process.stdout.write(`No test file has ${process.argv.slice(2).join(' or ')} in its path.\n`);
  const { passed, failed, skipped } = await runTests(files);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
  process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;
}
