import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Check, JudgeContext, Judgement, ToolResult, Validator } from '../../core/api.ts';
import { builtinValidators } from '../../validators/index.ts';
import { CASES, type Case } from './cases.ts';
import { memoryView } from './memory-view.ts';

interface Recorded {
  readonly command: { readonly argv: readonly string[] };
  readonly exit: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: string | null;
}

function validatorOf(entry: Case): Validator {
  const found = builtinValidators().find((validator) => validator.name === entry.validator);
  if (found === undefined) throw new Error(`no validator ${entry.validator}`);
  return found;
}

function load(entry: Case): { readonly check: Check; readonly result: ToolResult; readonly context: JudgeContext } {
  const file = new URL(`../fixtures/validators/${entry.name}.json`, import.meta.url);
  assert.ok(existsSync(file), `${entry.name} is not recorded: node --import tsx scripts/record-validators.mjs ${entry.name}`);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  const check = validatorOf(entry).detect(memoryView(entry.files))[0];
  if (check === undefined) throw new Error(`${entry.name}: no check is offered`);
  const { exit, signal, stdout, stderr, report } = recorded;
  return {
    check: { ...check, command: recorded.command },
    context: { root: '/repo', read: (path) => entry.files[path] ?? null },
    result: { exit, signal, stdout, stderr, report, timedOut: false, cancelled: false, notFound: false, durationMs: 1 },
  };
}

const judge = async (entry: Case, change: Partial<ToolResult> = {}): Promise<Judgement> => {
  const { check, result, context } = load(entry);
  return validatorOf(entry).judge({ ...result, ...change }, check, context);
};

for (const entry of CASES) {
  test(`E6 E7 recorded ${entry.name} is ${entry.verdict}`, async () => {
    const judgement = await judge(entry);
    assert.is(judgement.verdict, entry.verdict, judgement.message);
    assert.equal(
      judgement.diagnostics.map((found) => `${found.code} ${found.file ?? '-'}${found.line === undefined ? '' : `:${found.line}`}`),
      entry.found,
    );
    if (entry.tests !== undefined)
      assert.equal(judgement.tests, { run: entry.tests[0] + entry.tests[1], passed: entry.tests[0], failed: entry.tests[1], skipped: entry.tests[2] });
    if (judgement.verdict !== 'pass') assert.ok((judgement.message ?? '') !== '', 'a verdict other than pass says what happened');
    assert.not.match(JSON.stringify(judgement), /\/repo/, 'no message names the checkout');
  });
}

test('whatever a tool reported, a signal, a missing program and a time limit are never a pass', async () => {
  for (const entry of CASES) {
    assert.is((await judge(entry, { signal: 'SIGKILL', exit: null })).verdict, 'crash', entry.name);
    assert.is((await judge(entry, { exit: 139 })).verdict, 'crash', entry.name);
    assert.is((await judge(entry, { timedOut: true, signal: 'SIGTERM', exit: null })).verdict, 'timeout', entry.name);
    assert.is((await judge(entry, { cancelled: true, exit: null })).verdict, 'crash', entry.name);
    assert.is((await judge(entry, { notFound: true, exit: null, stdout: '', stderr: '', report: null })).verdict, 'tool-missing', entry.name);
    assert.is(
      (await judge(entry, { exit: 127, stdout: '', stderr: 'bash: line 1: foo: command not found', report: null })).verdict,
      'tool-missing',
      entry.name,
    );
  }
});

test('a report that says all is well is no pass when the command failed', async () => {
  for (const entry of CASES.filter((candidate) => candidate.verdict === 'pass')) {
    for (const exit of [1, 2, 3, 4, 70, 255]) assert.is.not((await judge(entry, { exit })).verdict, 'pass', `${entry.name} with exit ${exit}`);
  }
});

test('no output at all is a pass only for tsc, which prints nothing when nothing is wrong', async () => {
  for (const entry of CASES.filter((candidate) => candidate.validator !== 'tsc')) {
    assert.is.not((await judge(entry, { exit: 0, stdout: '', stderr: '', report: null })).verdict, 'pass', entry.name);
  }
});

test('a test report that is torn at any line is no pass', async () => {
  for (const entry of CASES.filter((candidate) => candidate.verdict === 'pass')) {
    const { result } = load(entry);
    if (result.report === null) continue;
    const whole = result.report.trimEnd();
    for (let cut = 0; cut < whole.length; cut += 7) {
      const verdict = (await judge(entry, { report: whole.slice(0, cut), stdout: '' })).verdict;
      assert.is.not(verdict, 'pass', `${entry.name} cut at ${cut}`);
    }
  }
});

test('garbage on stdout is no pass', async () => {
  for (const entry of CASES.filter((candidate) => candidate.validator !== 'tsc')) {
    for (const stdout of ['{', 'null', '"[]"', '[1]', '\u0000\u0001', '<html>'])
      assert.is.not((await judge(entry, { exit: 0, stdout, report: stdout })).verdict, 'pass', `${entry.name}: ${stdout}`);
  }
});

test.run();
