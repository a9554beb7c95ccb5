/** Programs that carry a tool's name and do not do its work: what they print is no report, so it is no pass. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eslint } from '../../validators/eslint.ts';
import { tsc } from '../../validators/tsc.ts';
import type { Check, JudgeContext, Judgement, ToolResult, Validator } from '../../core/api.ts';

const CONTEXT: JudgeContext = { root: '/repo', read: () => 'const a = 1;\n' };

function check(validator: string): Check {
  return {
    validator,
    level: 'L1',
    project: '.',
    command: { argv: [validator] },
    cwd: '.',
    inputs: ['**'],
    env: [],
    version: null,
    timeout: 1000,
    cache: true,
    needsTests: false,
    origin: 'package.json',
  };
}

const ENDED: ToolResult = { exit: 0, signal: null, timedOut: false, cancelled: false, notFound: false, stdout: '', stderr: '', report: null, durationMs: 1 };

async function said(validator: Validator, stdout: string): Promise<Judgement['verdict']> {
  return (await validator.judge({ ...ENDED, stdout }, check(validator.name), CONTEXT)).verdict;
}

test('tsc that prints what no type check prints has checked nothing; listings that a config asks for are no lie', async () => {
  for (const garbage of ['garbage\n', 'Version 5.9.2\ntsc: The TypeScript Compiler\n', '{"ok": true}\n']) assert.is(await said(tsc, garbage), 'crash', garbage);
  for (const listing of [
    '',
    '\n',
    '/repo/node_modules/typescript/lib/lib.d.ts\n/repo/src/a.ts\n',
    'src/a.ts\n  Matched by default include pattern\n',
    'Files:              80\nCheck time:      0.30s\n',
    "======== Resolving module './b' from '/repo/src/a.ts'. ========\nExplicitly specified\n",
  ])
    assert.is(await said(tsc, listing), 'pass', listing);
});

test("eslint's report must have its form, and a severity that is not a warning is an error", async () => {
  const report = (messages: unknown, filePath: unknown = '/repo/a.js'): string => `${JSON.stringify([{ filePath, messages }])}\n`;
  assert.is(await said(eslint, report([])), 'pass');
  assert.is(await said(eslint, report([{ severity: 1, message: 'x', ruleId: null }])), 'pass');
  assert.is(await said(eslint, report([{ severity: '2', message: 'x', ruleId: null }])), 'fail');
  for (const broken of [report([], 5), report({}), report([null]), report([{ severity: 2 }])]) assert.is(await said(eslint, broken), 'crash', broken);
});

test.run();
