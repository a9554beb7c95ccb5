import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImplementerConfig, Phase } from '../../core/api.ts';
import { DEFAULTS } from '../../core/config.ts';
import { implementContext } from '../../core/exec/implement.ts';
import { createHooks } from '../../core/hooks.ts';
import { validateAgainst } from '../../core/schema.ts';
import { commandImplementer, commandImplementerOf } from '../../plugins/command-implementer.ts';
import { file, phaseOf, prpOf } from './phases.ts';

const test = suite('command implementer', { root: '', progress: [] as string[] });

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'ce-command-'));
  context.progress = [];
  mkdirSync(join(context.root, 'PRPs'));
  writeFileSync(join(context.root, 'PRPs/PRP-5.md'), `${Array.from({ length: 60 }, (_, index) => `spec line ${index + 1}`).join('\n')}\n`);
});
test.after.each((context) => rmSync(context.root, { recursive: true, force: true }));

type Command = Exclude<ImplementerConfig, string>;

async function implement(context: { root: string; progress: string[] }, config: Command, fields: Partial<Phase> = {}, signal = new AbortController().signal) {
  const phase = phaseOf(fields);
  return commandImplementerOf(() => config).implement(
    { prp: prpOf(phase), phase, root: context.root, run: 'run-1', attempt: 1 },
    implementContext({
      root: context.root,
      environment: { PATH: process.env['PATH'] ?? '' },
      log: join(context.root, 'log'),
      signal,
      progress: (message) => context.progress.push(message),
      output: () => undefined,
      ask: async () => false,
    }),
  );
}

const node = (source: string, ...more: readonly string[]): Command => ({ command: [process.execPath, '-e', source, ...more] });

test('B14 the program reads the phase as a document of the schema, and changes the tree itself', async (context) => {
  const source =
    "const fs = require('fs'); fs.writeFileSync('got.json', fs.readFileSync(0)); fs.writeFileSync('env', process.env.CE_PRP + process.env.CE_PHASE)";
  const phase: Partial<Phase> = {
    goal: 'Let people in.',
    files: [file('src/a.ts', 'create'), file('b.ts', 'move', 'a.ts')],
    functions: [{ name: 'login', signature: 'login(): void', line: 3 }],
    steps: ['one'],
    validate: [{ level: 'L2', name: 'tests', command: 'npm test', kind: 'command', expect: 'ok', line: 4 }],
    line: 10,
    endLine: 12,
  };
  const result = await implement(context, node(source), phase);
  assert.is(result.status, 'done', result.summary);
  const document = JSON.parse(readFileSync(join(context.root, 'got.json'), 'utf8')) as { prompt: string; context: { project_root: string } };
  assert.equal(await validateAgainst('implement-request', document), []);
  assert.is(document.context.project_root, context.root);
  assert.match(document.prompt, 'spec line 10\nspec line 11\nspec line 12');
  assert.not.match(document.prompt, 'spec line 13');
  assert.match(document.prompt, 'L2: npm test (expected: ok)');
  assert.is(readFileSync(join(context.root, 'env'), 'utf8'), 'PRP-5phase1');
});

test('an argument {prompt} is the prompt as it is: nothing of it is read by a shell', async (context) => {
  writeFileSync(join(context.root, 'PRPs/PRP-5.md'), '$(touch pwned) `touch pwned` "$&" $1\n');
  const result = await implement(context, node("require('fs').writeFileSync('got', process.argv[1])", '{prompt}'), { line: 1, endLine: 1 });
  assert.is(result.status, 'done', result.summary);
  assert.match(readFileSync(join(context.root, 'got'), 'utf8'), '$(touch pwned) `touch pwned` "$&" $1');
  assert.not.ok(existsSync(join(context.root, 'pwned')));
});

test('a prompt that is too long for an argument is an error that names the way out', async (context) => {
  writeFileSync(join(context.root, 'PRPs/PRP-5.md'), 'x'.repeat(200_000));
  const result = await implement(context, node('', '{prompt}'), { line: 1, endLine: 1 });
  assert.is(result.failure?.code, 'CE_IMPLEMENT_FAILED');
  assert.match(result.failure?.next ?? '', 'standard input');
});

test('M9 status lines become progress; M10 and B16 reports are read in both spellings', async (context) => {
  const print = (report: object, code = 0): Command =>
    node(
      `console.log('noise\\nHEALTH:OK\\nSTATUS:VALIDATION:L2'); require('fs').writeFileSync(process.env.CE_REPORT, ${JSON.stringify(JSON.stringify(report))}); process.exitCode = ${code}`,
    );
  assert.is((await implement(context, print({ prp_id: 'PRP-5', status: 'SUCCESS', phases_completed: 1, summary: 'wrote it' }))).summary, 'wrote it');
  assert.equal(context.progress, ['HEALTH:OK', 'STATUS:VALIDATION:L2']);
  assert.is((await implement(context, print({ prp_id: 'PRP-5', status: 'completed', phases_completed: ['phase_1'] }))).status, 'done');
  const partial = await implement(context, print({ status: 'partial', error: 'no time' }));
  assert.match(partial.failure?.message ?? '', 'done in part: no time');
  assert.match((await implement(context, print({ status: 'FAILED', errors: ['a', 'b'] }))).summary, 'not done: a; b');
});

test('a good report is no evidence: the exit code and the status lines still count', async (context) => {
  const report = 'require(\'fs\').writeFileSync(process.env.CE_REPORT, \'{"status":"SUCCESS"}\');';
  const badExit = await implement(context, node(`${report} console.error('why it ended'); process.exitCode = 3`));
  assert.is(badExit.failure?.code, 'CE_IMPLEMENT_FAILED');
  assert.match(badExit.failure?.message ?? '', 'exit code 3');
  assert.match(badExit.failure?.why ?? '', 'why it ended');
  assert.match((await implement(context, node(`${report} process.kill(process.pid, 'SIGKILL')`))).summary, 'signal SIGKILL');
  assert.match((await implement(context, node(`${report} console.log('STATUS:FAILED:L3_timeout')`))).summary, 'L3_timeout');
});

test('a report that cannot be read is a warning', async (context) => {
  for (const text of ['garbage', '[]', '{"status":"fine"}']) {
    const result = await implement(context, node(`require('fs').writeFileSync(process.env.CE_REPORT, ${JSON.stringify(text)})`));
    assert.is(result.status, 'done');
    assert.equal(
      result.diagnostics.map(({ severity }) => severity),
      ['warning'],
    );
  }
});

test('a missing program, a time limit and a cancel have their own codes', async (context) => {
  assert.is((await implement(context, { command: ['no-such-program-here'] })).failure?.code, 'CE_TASK_NOT_FOUND');
  assert.is((await implement(context, { ...node('setInterval(() => {}, 1000)'), timeout: 300 })).failure?.code, 'CE_TASK_TIMEOUT');
  const controller = new AbortController();
  const running = implement(context, node("require('fs').writeFileSync('started', ''); setInterval(() => {}, 1000)"), {}, controller.signal);
  while (!existsSync(join(context.root, 'started'))) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort();
  assert.is((await running).failure?.code, 'CE_TASK_CANCELLED');
});

test('a script is run by a shell, with the document on its standard input', async (context) => {
  const result = await implement(context, { command: 'cat > got.json && test -s got.json' });
  assert.is(result.status, 'done', result.summary);
  assert.equal(await validateAgainst('implement-request', JSON.parse(readFileSync(join(context.root, 'got.json'), 'utf8'))), []);
});

test('the plugin learns its program from the config, also after implementers were listed', async () => {
  const hooks = createHooks();
  commandImplementer().apply({ hooks });
  const found: { name: string; readonly options: unknown }[] = [];
  hooks.implementers.call((implementer) => found.push(implementer));
  assert.equal(
    found.map(({ name, options }) => [name, options]),
    [['command', {}]],
  );
  hooks.config.call({ ...DEFAULTS, plugins: [], implementer: { command: ['agent'], timeout: 5 } });
  assert.equal(found[0]?.options, { command: ['agent'], timeout: 5 });
});

test.run();
