import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCleaner } from '../../core/clean.ts';
import { CeError } from '../../core/errors.ts';
import { runCheckHere, type CheckContext, type CheckOutcome } from '../../core/exec/check.ts';
import { loadModules, tapsOf, type ModuleUse } from '../../core/exec/modules.ts';
import { createPool, type Pool } from '../../core/exec/pool.ts';
import type { Check, Task } from '../../core/model.ts';
import { killAllProcesses, livePids } from '../../core/process.ts';

const SECRET = 'tok-0123456789abcdef';
const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce threads ')));
writeFileSync(join(root, 'marker.txt'), 'here');
const validators: readonly ModuleUse[] = [
  { module: new URL('../fixtures/threads/validators.ts', import.meta.url).href, export: 'makeValidators', options: { word: 'from options' } },
];
const pluginAt = (name: string): ModuleUse => ({ module: new URL('../fixtures/threads/plugins.ts', import.meta.url).href, export: name });
const plugins = [pluginAt('makeHealer')];
const here = await loadModules(plugins, validators);
const cleaner = createCleaner([SECRET]);
const pool = createPool({ threads: 2, plugins, validators, secrets: [SECRET], taps: tapsOf(here.hooks) });

const check = (validator: string, command: Check['command'], more: Partial<Check> = {}): Check => ({
  validator,
  level: 'L1',
  project: '.',
  command,
  cwd: '.',
  inputs: null,
  env: [],
  version: null,
  timeout: 60_000,
  cache: false,
  needsTests: false,
  origin: 'test',
  ...more,
});
let count = 0;
const context = (more: Partial<CheckContext> = {}): CheckContext => ({
  root,
  log: join(root, 'logs', `check ${++count}`),
  environment: { ...process.env, NPM_TOKEN: SECRET, DATABASE_URL: 'postgres://here' },
  cleaner,
  signal: new AbortController().signal,
  ...more,
});

type Runner = (check: Check, context: CheckContext) => Promise<CheckOutcome>;
const onMain: Runner = (one, where) => {
  const validator = here.validators.get(one.validator);
  if (validator === undefined) throw new Error(one.validator);
  return runCheckHere(one, validator, where);
};
const WAYS: readonly (readonly [string, Runner, Pool | null])[] = [
  ['main', onMain, null],
  ['thread', (one, where) => pool.run(one, where), pool],
];
const saidBy = ({ judgement }: CheckOutcome): { word: string; thread: number; length: number; tail: string; report: string | null } =>
  JSON.parse(judgement.message ?? '{}');

test('a pool knows its validators and taps what the main thread taps', async () => {
  assert.equal([...(await pool.ready())].sort(), ['always', 'dies', 'say', 'throws', 'tree']);
});

for (const [name, run] of WAYS) {
  test(`${name}: the validator judges what the command wrote and reported`, async () => {
    const where = context();
    const outcome = await run(check('say', { script: 'echo out; echo err >&2; printf report > "$CE_REPORT"' }), where);
    assert.equal([outcome.judgement.verdict, outcome.result.exit, outcome.log, outcome.notes], ['pass', 0, where.log, []]);
    const said = saidBy(outcome);
    assert.equal([said.word, said.report, said.tail], ['from options', 'report', 'out\n']);
    assert.is(said.thread > 0, name === 'thread');
    assert.is(readFileSync(`${where.log}.err`, 'utf8'), 'err\n');
  });

  test(`${name}: a report of an earlier run is never taken for this one`, async () => {
    const where = context();
    await run(check('say', { script: 'printf old > "$CE_REPORT"' }), where);
    assert.is(saidBy(await run(check('say', { script: 'true' }), where)).report, null);
  });

  test(`${name}: 20 MB are judged whole`, async () => {
    const outcome = await run(check('say', { script: `head -c 20000000 /dev/zero | tr '\\0' x; echo; echo the end` }), context());
    assert.equal([saidBy(outcome).length, saidBy(outcome).tail.endsWith('\nthe end\n')], [20_000_009, true]);
  });

  test(`${name}: variables of the validator are joined with what is there`, async () => {
    const outcome = await run(check('say', { script: 'echo "$FROM_VALIDATOR ${PATH%%:*} $NPM_TOKEN"' }), context());
    assert.is(outcome.result.stdout, 'first /of/the/validator \n');
  });

  test(`${name}: what the end of a process decides, no validator turns into a pass`, async () => {
    const verdict = async (command: Check['command'], more: Partial<Check> = {}): Promise<string> =>
      (await run(check('always', command, more), context())).judgement.verdict;
    assert.is(await verdict({ script: 'kill -SEGV $$' }), 'crash');
    assert.is(await verdict({ argv: ['sleep', '300'] }, { timeout: 200 }), 'timeout');
    assert.is(await verdict({ argv: ['no-such-tool'] }), 'tool-missing');
    assert.is(await verdict({ argv: ['true'] }, { cwd: 'nowhere' }), 'config');
    assert.is(await verdict({ argv: ['true'] }), 'pass');
  });

  test(`${name}: a validator that throws gives a crash, never a pass`, async () => {
    const { judgement } = await run(check('throws', { argv: ['true'] }), context());
    assert.is(judgement.verdict, 'crash');
    assert.match(judgement.message ?? '', /throws threw: Error: the parser met something odd/);
  });

  test(`${name}: a check without a command looks at the tree, and not outside it`, async () => {
    const outcome = await run(check('tree', { argv: [] }), context());
    assert.equal([outcome.judgement.verdict, outcome.log], ['pass', null]);
  });

  test(`${name}: row 22: a secret is blanked in result, log and stream`, async () => {
    const where = context();
    const seen: string[] = [];
    const outcome = await run(
      check('always', { script: `printf 'tok-01234'; sleep 0.1; echo 56789abcdef; printf '\\033[31mred\\033[0m\\n'; echo ${SECRET} > "$CE_REPORT"` }),
      { ...where, onOutput: (_stream, text) => seen.push(text) },
    );
    assert.equal([outcome.redacted, outcome.result.stdout.includes(SECRET), outcome.result.stdout.startsWith('[redacted]\n')], [true, false, true]);
    assert.is(seen.join(''), '[redacted]\nred\n');
    for (const ending of ['out', 'err', 'report']) assert.not(readFileSync(`${where.log}.${ending}`, 'utf8').includes(SECRET), ending);
  });

  test(`${name}: a failing check names the withheld variable and how to declare it`, async () => {
    const failing = await run(check('say', { script: `echo "KeyError: 'DATABASE_URL'" >&2; exit 1` }), context());
    assert.match(failing.notes.join(), /names DATABASE_URL, .*env: \['DATABASE_URL'\]/);
    const declared = await run(check('say', { script: 'echo "$DATABASE_URL DATABASE_URL"; exit 1' }, { env: ['DATABASE_URL'] }), context());
    assert.equal([declared.notes, declared.result.stdout], [[], 'postgres://here DATABASE_URL\n']);
  });

  test(`${name}: what is left behind is a note`, async () => {
    const outcome = await run(check('say', { script: 'sleep 300 & echo done' }), context());
    assert.equal([outcome.judgement.verdict, outcome.notes.length], ['pass', 1]);
  });

  test(`${name}: cancel ends the process, and the check says so`, async () => {
    const abort = new AbortController();
    const file = join(root, `begun-${name}`);
    const running = run(check('always', { script: `echo > '${file}'; sleep 300` }), context({ signal: abort.signal }));
    while (!existsSync(file) || livePids().length === 0) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const outcome = await running;
    assert.equal([outcome.result.cancelled, outcome.judgement.verdict, livePids()], [true, 'crash', []]);
  });
}

test('many checks at once share few threads and keep their own results', async () => {
  const outcomes = await Promise.all(Array.from({ length: 12 }, (_, index) => pool.run(check('say', { script: `sleep 0.05; exit ${index % 2}` }), context())));
  outcomes.forEach((outcome, index) => assert.is(outcome.judgement.verdict, index % 2 === 0 ? 'pass' : 'fail'));
  const threads = new Set(outcomes.map((outcome) => saidBy(outcome).thread));
  assert.ok(threads.size >= 1 && threads.size <= 2, String([...threads]));
});

test('healers and the gate hook of modules run on a thread', async () => {
  const task: Task = { id: 'PRP-1:phase1:L1', kind: 'gate', title: '', prp: 'PRP-1', phase: 'phase1', level: 'L1', dependsOn: [] };
  const healed = await pool.heal({
    healing: { open: [{ source: 'x', code: 'E', severity: 'error', message: 'this' }], fixes: [] },
    task,
    files: ['marker.txt'],
    root,
  });
  assert.equal(healed.fixes, [{ title: 'for this', edits: [{ file: 'marker.txt', start: 0, end: 4, text: 'thread' }] }]);
  const gate = await pool.gate({ level: 'L1', outcome: 'executed', passed: true, attempts: 1, validators: [], unverified: [], reason: 'fine' }, task);
  assert.is(gate.reason, 'fine seen on a thread');
});

test('a plugin that taps other hooks on a thread is found and named', async () => {
  const fickle = [pluginAt('makeFickle')];
  const odd = createPool({ threads: 1, plugins: fickle, validators, secrets: [], taps: tapsOf((await loadModules(fickle, [])).hooks) });
  const error = await odd.run(check('always', { argv: ['true'] }), context()).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, CeError);
  assert.is((error as CeError).failure.code, 'CE_PLUGIN_NOT_DETERMINISTIC');
  assert.match((error as CeError).message, /`escalate` is tapped by nothing on the main thread and by fickle/);
  await odd.close();
});

test('a thread that dies rejects its check and leaves no process', async () => {
  const fragile = createPool({ threads: 1, plugins: [], validators, secrets: [], taps: {} });
  const file = join(root, 'fragile');
  const other = fragile.run(check('always', { script: `echo > '${file}'; sleep 300` }), context()).then(
    () => 'ended',
    () => 'rejected',
  );
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 5));
  assert.is(
    await fragile.run(check('dies', { argv: ['true'] }), context()).then(
      () => 'ended',
      () => 'rejected',
    ),
    'rejected',
  );
  assert.is(await other, 'rejected');
  assert.equal(livePids(), []);
  await fragile.close();
});

test('a pool that is never asked loads nothing, and closing it is free', async () => {
  const module = { module: 'file:///does/not/exist.ts', export: 'nothing' };
  await createPool({ threads: 1, plugins: [module], validators: [], secrets: [], taps: {} }).close();
});

test('ce may end while a pool idles', () => {
  const code = `import { createPool } from ${JSON.stringify(new URL('../../core/exec/pool.ts', import.meta.url).href)};
    const pool = createPool({ threads: 1, plugins: [], validators: [], secrets: [], taps: {} });
    await pool.ready();
    await pool.close();`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { encoding: 'utf8', timeout: 60_000 });
  assert.equal([child.status, child.stderr], [0, '']);
});

test.after(async () => {
  assert.ok(statSync(join(root, 'logs')).isDirectory());
  await pool.close();
  await killAllProcesses();
  rmSync(root, { recursive: true, force: true });
});
test.run();
