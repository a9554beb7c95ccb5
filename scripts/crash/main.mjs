/**
 * Kills `ce run` with SIGKILL at random moments and at every named crash point, resumes it with the same command, and holds the
 * result against a run that was never killed. `node scripts/crash/main.mjs --kills 100 [--seed 1] [--prove]`
 * With `--prove` it also runs builds with one safeguard taken out, and must report what they lose. Exit 1 when anything was lost, applied twice, left behind or wrongly cached.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrap } from '../bootstrap.mjs';
import { MUTANTS, makeMutant } from './mutants.mjs';
import { CLEAN_ENV, copyOf, git, makeTemplate, processesOf } from './rig.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    ce: { type: 'string' },
    prove: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
if (values.ce === undefined) await bootstrap();
const main = resolve(values.ce ?? fileURLToPath(new URL('../../dist/main.js', import.meta.url)));
const kills = Number(values.kills);

let state = Number(values.seed) >>> 0;
const random = () => {
  // mulberry32: small, seeded, good enough to scatter kills.
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** Starts ce; with `killAfter` it gets SIGKILL then. Resolves with exit code, signal, output and time. */
function run(root, args, { killAfter = null, crashAt = null, program = main } = {}) {
  return new Promise((done) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: { ...CLEAN_ENV, HOME: root, XDG_STATE_HOME: join(root, '.git', 'state'), ...(crashAt === null ? {} : { CE_CRASH_AT: crashAt }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const timer = killAfter === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (code, signal) => {
      if (timer !== null) clearTimeout(timer);
      // A gate that outlives a killed ce keeps the pipes open; the exit alone counts.
      child.stdout.destroy();
      child.stderr.destroy();
      done({ code, signal, output, ms: performance.now() - begin });
    });
  });
}

/** What is true of a finished run, whatever happened on the way. */
async function inspect(root, reference, seen) {
  const faults = [];
  const phases = git(root, 'log', '--format=%(trailers:key=Ce-Phase,valueonly,separator=%x2C)', 'HEAD')
    .split('\n')
    .filter((line) => line !== '');
  const counted = new Map();
  for (const phase of phases) counted.set(phase, (counted.get(phase) ?? 0) + 1);
  for (const phase of reference.phases) if (!counted.has(phase)) faults.push(`checkpoint of ${phase} is lost`);
  for (const [phase, count] of counted) if (count > 1) faults.push(`${phase} was applied ${count} times`);
  for (const commit of seen) {
    try {
      git(root, 'merge-base', '--is-ancestor', commit, 'HEAD');
    } catch {
      faults.push(`checkpoint ${commit.slice(0, 9)}, which was reported, is lost`);
    }
  }
  for (const tag of git(root, 'tag', '--list', 'checkpoint-*')
    .split('\n')
    .filter((name) => name !== '')) {
    if (git(root, 'tag', '--list', tag, '--merged', 'HEAD') === '') faults.push(`tag ${tag} is of a commit that is on no branch`);
  }
  if (git(root, 'rev-parse', 'HEAD^{tree}') !== reference.tree) faults.push('the tree differs from that of a run that was not killed');
  if (git(root, 'status', '--porcelain') !== '') faults.push(`the tree is not clean: ${git(root, 'status', '--porcelain')}`);
  try {
    git(root, 'fsck', '--full', '--no-dangling');
  } catch (error) {
    faults.push(`git fsck: ${error.stderr}`);
  }
  for (const phase of reference.phases) {
    const id = git(root, 'for-each-ref', '--format=%(refname)', `refs/ce/PRP-1/${phase}`);
    if (id === '') faults.push(`refs/ce/PRP-1/${phase} is missing`);
  }
  const locks = readdirSync(join(root, '.git'), { recursive: true }).filter((name) => String(name).endsWith('.lock'));
  if (locks.length > 0) faults.push(`lock files: ${locks.join(', ')}`);
  const temporary = readdirSync(root).filter((name) => name.endsWith('.tmp'));
  if (temporary.length > 0) faults.push(`temporary files: ${temporary.join(', ')}`);
  const left = processesOf(root);
  if (left.length > 0) faults.push(`processes left: ${left.join(', ')}`);
  const audit = await run(root, ['cache', 'audit', '--json']);
  if (audit.code !== 0) faults.push(`cache audit: exit ${audit.code} ${audit.output.slice(0, 200)}`);
  return faults;
}

/** Commits that a journal calls settled. */
function settled(root) {
  const runs = join(root, '.ce', 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((id) => {
    const file = join(runs, id, 'journal.jsonl');
    return existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/"type":"settled"[^\n]*?"commit":"([0-9a-f]{40})"/g)].map(([, commit]) => commit) : [];
  });
}

/** A step that visits each of `size` places once and scatters: a short series of kills does not stay with the first points of the table. */
function stepOf(size) {
  const divides = (a, b) => (b === 0 ? a : divides(b, a % b));
  let step = Math.max(1, Math.round(size * 0.618));
  while (divides(step, size) !== 1) step += 1;
  return step;
}

/** One kill from start to verdict. Returns the faults that the resumed run shows. */
async function trial(template, name, how, reference, again, program) {
  const root = copyOf(template, name);
  const dead = await run(root, ['run', 'PRP-1'], { ...how, program });
  let second = null;
  if (random() < 0.3) second = await run(root, ['run', 'PRP-1'], { killAfter: random() * again.ms, program });
  const seen = settled(root);
  const resumed = await run(root, ['run', 'PRP-1', '--json'], { program });
  const found = resumed.code === 0 ? await inspect(root, reference, seen) : [`resume ended with exit ${resumed.code}: ${resumed.output.slice(0, 600)}`];
  if (found.length === 0 && !values.keep) rmSync(root, { recursive: true, force: true });
  return { faults: found.map((fault) => `${name} ${JSON.stringify(how)}: ${fault}`), killed: dead.signal === 'SIGKILL', twice: second?.signal === 'SIGKILL' };
}

/** With a safeguard taken out the harness must find a fault; otherwise its zero means nothing. */
async function prove(template, reference, again) {
  let unproven = 0;
  for (const [name, { at }] of Object.entries(MUTANTS)) {
    const mutant = makeMutant(name);
    let fault = null;
    try {
      const whole = await run(copyOf(template, `mutant-${name}`), ['run', 'PRP-1'], { program: mutant.main });
      if (whole.code !== 0) throw new Error(`the mutant ${name} does not even pass without kills: ${whole.output}`);
      for (let n = 0; fault === null && n < at.length * 3; n++) {
        const { faults } = await trial(
          template,
          `mutant-${name}-${n}`,
          { crashAt: `${at[n % at.length]}:${1 + Math.floor(n / at.length)}` },
          reference,
          again,
          mutant.main,
        );
        fault = faults[0] ?? null;
      }
    } finally {
      rmSync(mutant.base, { recursive: true, force: true });
    }
    console.log(
      fault === null ? `NOT PROVEN  without ${name} nothing was reported` : `proven      without ${name}: ${fault.slice(0, 240).replaceAll('\n', ' ')}`,
    );
    if (fault === null) unproven++;
  }
  return unproven;
}

const template = makeTemplate();
try {
  const first = copyOf(template, 'reference');
  const whole = await run(first, ['run', 'PRP-1', '--json']);
  if (whole.code !== 0) throw new Error(`the rig does not pass without kills: exit ${whole.code}\n${whole.output}`);
  const reference = { tree: git(first, 'rev-parse', 'HEAD^{tree}'), phases: ['phase1', 'phase2', 'phase3'] };
  const again = await run(copyOf(template, 'timing'), ['run', 'PRP-1', '--json']);
  console.log(`unkilled run: ${again.ms.toFixed(0)} ms`);

  const source = readFileSync(fileURLToPath(new URL('../../core/crash.ts', import.meta.url)), 'utf8');
  const points = [...source.matchAll(/^ {2}'([a-z.-]+)',$/gm)].map(([, name]) => name);
  const step = stepOf(points.length * 2);
  const plan = [];
  for (let n = 0; plan.length < kills; n++) {
    const point = points[(n * step) % (points.length * 2)];
    plan.push(point === undefined ? { killAfter: random() * again.ms } : { crashAt: `${point}:${1 + (Math.floor(n / (points.length * 2)) % 4)}` });
  }
  let killed = 0;
  let double = 0;
  const faults = [];
  let ended = 0;
  let next = 0;
  const lane = async () => {
    while (next < plan.length) {
      const index = next++;
      const result = await trial(template, `kill-${index}`, plan[index], reference, again, main);
      if (result.killed) killed++;
      if (result.twice) double++;
      faults.push(...result.faults);
      ended++;
      if (ended % 100 === 0) console.log(`${ended} kills, ${faults.length} faults`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  for (const fault of faults.slice(0, 20)) console.log(fault);
  const failed = new Set(faults.map((fault) => fault.split(' ')[0])).size;
  console.log(`${plan.length} kills planned, ${killed} hit a live run (${double} were killed again while resuming), ${points.length} crash points`);
  const unproven = values.prove ? await prove(template, reference, again) : 0;
  console.log(`${plan.length - failed} passed, ${failed + unproven} failed, 0 skipped`);
  process.exitCode = failed + unproven > 0 ? 1 : 0;
} finally {
  if (!values.keep) rmSync(template.base, { recursive: true, force: true });
}
