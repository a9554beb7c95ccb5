/**
 * The one test command: `node scripts/test.mjs [part…]`. Each part can be run alone; without arguments all run, and the output of those
 * that failed comes last. The last line is `N passed, N failed, N skipped`: one for each check, test and kill.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ROOT, bootstrap, reportSetupError } from './bootstrap.mjs';
import { setUpPythonTools } from './python-tools.mjs';

/** Also what ce itself is asked for here: see ce.config.ts. */
const CHECKS = {
  ...JSON.parse(readFileSync(new URL('./checks.json', import.meta.url), 'utf8')),
  package: { title: 'the package (publint, attw)', run: ['scripts/check-package.mjs'] },
};
const PARTS = [...Object.keys(CHECKS), 'unit', 'crash'];
const KILLS = 20;

async function main(wanted) {
  const unknown = wanted.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}. Parts: ${PARTS.join(', ')}. One test file: node test/run.mjs <part of its path>\n`);
    process.exitCode = 2;
    return;
  }
  await bootstrap();
  const parts = wanted.length > 0 ? wanted : PARTS;
  const results = await runChecks(parts.filter((part) => part in CHECKS).map((part) => CHECKS[part]));
  const counted = [];
  if (parts.includes('unit')) counted.push(await timed('unit tests', unit));
  if (parts.includes('crash')) counted.push(await timed(`${KILLS} kills`, crash));
  const failed = results.filter((result) => !result.ok);
  for (const { title, output } of failed) process.stdout.write(`\n──── ${title}\n${output.trimEnd()}\n`);
  const sum = (name) => counted.reduce((total, counts) => total + counts[name], 0);
  const faults = failed.length + sum('failed');
  process.stdout.write(`\n${results.length - failed.length + sum('passed')} passed, ${faults} failed, ${sum('skipped')} skipped\n`);
  process.exitCode = faults > 0 ? 1 : 0;
}

/** The test files. Python tools of this clone come first where they can be set up; tests that miss one say so and count as skipped. */
async function unit() {
  if ((process.env.CE_TOOLS_PATH ?? '') === '') {
    const { bin, reason } = await setUpPythonTools();
    if (bin === null) process.stdout.write(`no Python tools of its own: ${reason}\n`);
    else process.env.CE_TOOLS_PATH = bin;
  }
  const { findTests, runTests } = await import('../test/run.mjs');
  const { passed, failed, skipped } = await runTests(findTests([]));
  return { passed, failed, skipped: skipped.length };
}

/** The kill harness in its small size: one test for each kill. */
async function crash() {
  const { ok, output } = await run(['scripts/crash/main.mjs', '--kills', String(KILLS)]);
  process.stdout.write(output);
  const [, passed, failed, skipped] = (/^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output) ?? [0, 0, 0, 0]).map(Number);
  return { passed, failed: ok ? failed : Math.max(1, failed), skipped };
}

/** The counts of one of the long parts, after a line with its time. */
async function timed(title, part) {
  const started = performance.now();
  const counts = await part();
  process.stdout.write(`${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${String(counts.passed).padStart(4)}  ${title}  (${seconds(started)})\n`);
  return counts;
}

const seconds = (started) => `${((performance.now() - started) / 1000).toFixed(1)} s`;

/** Two at a time: each of these tools is single-threaded for most of its life. */
async function runChecks(checks) {
  const queue = [...checks];
  const results = [];
  const work = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const started = performance.now();
      const result = { title: check.title, ...(await run(check.run)) };
      results.push(result);
      process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'}       ${result.title}  (${seconds(started)})\n`);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

function run(args) {
  return new Promise((settle) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-40_000)));
    child.on('error', (error) => settle({ ok: false, output: error.message }));
    child.on('close', (code) => settle({ ok: code === 0, output }));
  });
}

// Test files run in groups of their own, which end with this process only when it exits by itself.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
try {
  await main(process.argv.slice(2));
} catch (error) {
  reportSetupError(error);
}
