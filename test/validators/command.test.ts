import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Check, Judgement } from '../../core/api.ts';
import { command } from '../../validators/command.ts';
import { commandCheck, contextOf, createTree, hasTool, REPOSITORY, runCheck } from './rig.ts';

async function run(script: string, files: Readonly<Record<string, string>> = {}, more: Partial<Check> = {}): Promise<Judgement> {
  const tree = createTree(files);
  try {
    const check = commandCheck(script, more);
    return await command.judge(runCheck(tree, check, command), check, contextOf(tree));
  } finally {
    tree.remove();
  }
}

const places = (judgement: Judgement): readonly string[] => judgement.diagnostics.map((found) => `${found.code} ${found.file ?? '-'}:${found.line ?? '-'}`);

test('E7 a command that succeeds passes; one that fails, fails, also in the middle of a pipe', async () => {
  assert.is((await run('ls')).verdict, 'pass');
  assert.is((await run('false')).verdict, 'fail');
  assert.is((await run('false | cat')).verdict, 'fail');
  assert.is((await run('false\ntrue')).verdict, 'fail');
  assert.equal(places(await run('echo something went wrong >&2; exit 3')), ['exit-3 -:-']);
});

test('E30 a command that is not found is tool-missing, with the line of the spec and the likely form', async () => {
  const judgement = await run('pytest-that-is-not-there tests/');
  assert.is(judgement.verdict, 'tool-missing');
  assert.match(judgement.message ?? '', 'pytest-that-is-not-there: command not found (PRPs/PRP-5.md:42)');
  assert.equal(places(judgement), ['CE_TASK_NOT_FOUND PRPs/PRP-5.md:42']);
});

test('E30 the likely form comes from the lockfile that is there', async () => {
  const missing = (name: string): string => `echo "bash: line 1: ${name}: command not found" >&2; exit 127 # ${name}`;
  assert.match((await run(missing('pytest'), { 'uv.lock': '' })).message ?? '', 'Try: uv run pytest');
  assert.match((await run(`cd tools && ${missing('pytest')}`, { 'tools/uv.lock': '' })).message ?? '', 'uv run pytest');
  assert.match((await run(missing('pytest'))).message ?? '', 'pip install pytest');
  assert.match((await run(missing('jest'), { 'package.json': '{"devDependencies":{"jest":"30"}}', 'package-lock.json': '{}' })).message ?? '', 'npm ci');
  assert.match((await run(missing('eslint'), { 'package.json': '{}' })).message ?? '', 'npm install --save-dev eslint');
  assert.match((await run(missing('jest'), { 'node_modules/.bin/jest': '' })).message ?? '', 'npx jest');
});

test('a missing command behind npm, and a missing Python module, are told as such', async () => {
  const script = await run('npm test --silent', { 'package.json': '{"scripts":{"test":"no-such-runner --all"}}' });
  assert.is(script.verdict, 'tool-missing', script.message);
  assert.match(script.message ?? '', 'no-such-runner');
  if (hasTool('python3')) assert.is((await run('python3 -m no_such_module_here tests')).verdict, 'tool-missing');
});

test('a test that says "command not found" and fails is a failing test, no missing tool', async () => {
  assert.is((await run('echo "bash: line 1: foo: command not found" >&2; exit 1')).verdict, 'fail');
});

test('failing test output beats a zero exit', async () => {
  assert.is((await run('echo "=== 1 failed, 2 passed in 0.10s ==="; exit 0')).verdict, 'fail');
  assert.is((await run('printf "TAP version 13\\n1..2\\nok 1 - a\\nnot ok 2 - b\\n"')).verdict, 'fail');
  assert.is((await run('printf "Tests:       1 failed, 2 passed, 3 total\\n" >&2')).verdict, 'fail');
});

test('a bail-out, a short plan and a plan that never came are no pass', async () => {
  assert.is((await run('printf "TAP version 13\\n1..3\\nok 1 - a\\nok 2 - b\\n"')).verdict, 'crash');
  assert.is((await run('printf "TAP version 13\\n1..2\\nok 1 - a\\nBail out! no database\\n"')).verdict, 'crash');
  assert.is((await run('printf "TAP version 13\\nok 1 - a\\n"')).verdict, 'crash');
  assert.is((await run('printf "TAP version 13\\n1..1\\nok 1 - a\\n"')).verdict, 'pass');
});

test('a test run that ran nothing is empty, whatever its exit code', async () => {
  assert.is((await run('printf "Ran 0 tests in 0.000s\\n\\nOK\\n" >&2')).verdict, 'empty');
  assert.is((await run('printf "TAP version 13\\n1..0\\n"')).verdict, 'empty');
  assert.is((await run('npm test --silent', { 'package.json': '{"scripts":{"test":"echo done"}}' })).verdict, 'empty');
  assert.is((await run('true', {}, { needsTests: true })).verdict, 'empty');
  const scripts = { 'package.json': '{"scripts":{"noop":"true","outer":"npm run noop","real":"ls","prechain":"ls","chain":"true"}}' };
  for (const nothing of ['true', ':', 'echo all good', 'echo a && exit 0', 'npm run noop', 'npm run outer --silent', 'npm run nowhere --if-present'])
    assert.is((await run(nothing, scripts)).verdict, 'empty', nothing);
  for (const something of ['ls', 'npm run real', 'npm run chain', 'true && ls', 'npm run real --if-present'])
    assert.is((await run(something, scripts)).verdict, 'pass', something);
  assert.is((await run('go test ./... || true', {})).verdict === 'pass', false);
});

test('E7 node --test in a script goes through the reporter: the failing line, and a file without tests is no test', async () => {
  const failing = await run('node --test test', {
    'test/a.test.mjs': "import test from 'node:test';\nimport assert from 'node:assert';\ntest('one', () => {\n  assert.equal(1, 2);\n});\n",
  });
  assert.is(failing.verdict, 'fail');
  assert.equal(places(failing), ['AssertionError test/a.test.mjs:4']);
  assert.is((await run('node --test test', { 'test/a.test.mjs': 'export {};\n' })).verdict, 'empty');
  assert.is((await run('node --test test', { 'test/a.test.mjs': "import test from 'node:test';\ntest('one', () => {});\n" })).verdict, 'pass');
  const own = await run('node --test --test-reporter=tap test', { 'test/a.test.mjs': "import test from 'node:test';\ntest('one', () => {});\n" });
  assert.is(own.verdict, 'pass', own.message);
  assert.equal(own.tests, { run: 1, passed: 1, failed: 0, skipped: 0 });
});

if (hasTool('pytest')) {
  test('E7 pytest in a script goes through the plugin, even where it prints nothing', async () => {
    const files = { 'tools/tests/test_a.py': 'def test_one():\n    assert True\n\n\ndef test_two():\n    assert 1 == 2\n' };
    const quiet = await run('cd tools && pytest -qq --no-summary tests/test_a.py', files);
    assert.equal(
      [quiet.verdict, quiet.tests, places(quiet)],
      ['fail', { run: 2, passed: 1, failed: 1, skipped: 0 }, ['AssertionError tools/tests/test_a.py:6']],
    );
    const one = await run('cd tools && pytest -qq -k one', files);
    assert.equal([one.verdict, one.tests?.run], ['pass', 1]);
    assert.is((await run('cd tools && pytest -k none || true', files)).verdict, 'empty');
  });
} else {
  console.log('skipped: pytest in a script (pytest is not installed)');
}

test('uvu and unittest, really run', async () => {
  const files = {
    'a.mjs': `import { test } from '${REPOSITORY}/node_modules/uvu/dist/index.mjs';\ntest('one', () => { if (process.env.BAD) throw new Error('x'); });\nif (!process.env.FORGOTTEN) test.run();\n`,
  };
  const good = await run('node a.mjs', files);
  assert.equal([good.verdict, good.tests?.run], ['pass', 1]);
  assert.is((await run('BAD=1 node a.mjs', files)).verdict, 'fail');
  assert.is((await run('FORGOTTEN=1 node a.mjs', files)).verdict, 'empty');
  if (!hasTool('python3')) return console.log('skipped: unittest (python3 is not installed)');
  const suite = {
    'test_a.py':
      'import unittest\n\n\nclass T(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(1, 1)\n\n    def test_two(self):\n        self.assertEqual(1, 2)\n',
  };
  const unittest = await run('python3 -m unittest', suite);
  assert.equal(unittest.tests, { run: 2, passed: 1, failed: 1, skipped: 0 });
  assert.equal(places(unittest), ['AssertionError test_a.py:9']);
  assert.is((await run('python3 -m unittest', { 'a.py': '' })).verdict, 'empty');
});

test('findings are located at the frame of the tree that is nearest to the throw', async () => {
  assert.equal(
    places(await run('node bin.mjs', { 'bin.mjs': "import { f } from './lib.mjs';\nf();\n", 'lib.mjs': 'export function f() {\n  JSON.parse("{");\n}\n' })),
    ['SyntaxError lib.mjs:2'],
  );
  assert.equal(places(await run('node bin.mjs', { 'bin.mjs': 'const a = ;\n' })), ['SyntaxError bin.mjs:1']);
  if (hasTool('python3')) assert.equal(places(await run('python3 -c "import a"', { 'a.py': 'import json\n\njson.loads("{")\n' })), ['JSONDecodeError a.py:3']);
});

test('located lines count only for files of the tree', async () => {
  const lines = [
    'src/a.c:3:5: error: expected ;',
    'src/nope.c:1:1: error: gone',
    'src/a.c:9: something',
    '  src/a.c:1:1: error: indented',
    'src/a.ts(2,1): error TS1005: semicolon',
    'a.py:4:1: F401 unused',
  ];
  const judgement = await run(`cat out.txt; exit 1`, { 'out.txt': `${lines.join('\n')}\n`, 'src/a.c': '', 'src/a.ts': '', 'a.py': '' });
  assert.equal(places(judgement), ['error src/a.c:3', 'TS1005 src/a.ts:2', 'F401 a.py:4']);
});

test('rustc and cargo output is located by its arrow', async () => {
  const judgement = await run('cat out.txt; exit 101', {
    'out.txt': 'error[E0425]: cannot find value `x` in this scope\n --> src/main.rs:2:5\n  |\n2 |     x;\n',
    'src/main.rs': '',
  });
  assert.equal(places(judgement), ['E0425 src/main.rs:2']);
});

test('a trace that a passing test prints is no finding', async () => {
  const judgement = await run('cat out.txt', {
    'out.txt': 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: expected\n== 3 passed in 0.10s ==\n',
    'a.py': '',
  });
  assert.equal([judgement.verdict, judgement.diagnostics.length, judgement.tests?.passed], ['pass', 0, 3]);
});

test('an expected failure is declared by the spec, never inferred', async () => {
  assert.is((await run('ls nope 2>&1')).verdict, 'fail');
  assert.is((await run('ls nope 2>&1', {}, { expect: '"No such file or directory"' })).verdict, 'pass');
  assert.is((await run('exit 3', {}, { expect: 'exits with code 3' })).verdict, 'pass');
  assert.is((await run('exit 2', {}, { expect: 'exits with code 3' })).verdict, 'fail');
  assert.is((await run('true', {}, { expect: 'Command fails' })).verdict, 'fail');
  assert.is((await run('no-such-program', {}, { expect: 'non-zero exit' })).verdict, 'tool-missing');
  assert.is((await run('kill -9 $$', {}, { expect: 'non-zero exit' })).verdict, 'crash');
});

test('what the spec expects of the output is checked, and what cannot be read is said', async () => {
  assert.is((await run('echo Files OK', {}, { expect: '`Files OK`' })).verdict, 'pass');
  assert.is((await run('echo Files', {}, { expect: '`Files OK`' })).verdict, 'fail');
  assert.is((await run('grep -r needle .', { 'a.txt': 'hay' }, { expect: 'No output' })).verdict, 'pass');
  assert.is((await run('grep -r needle .', { 'a.txt': 'needle' }, { expect: 'No output' })).verdict, 'fail');
  assert.is((await run('grep -c needle a.txt', { 'a.txt': 'hay' }, { expect: '`0` (zero matches)' })).verdict, 'pass');
  assert.is((await run('true', {}, { expect: 'Framework versions win, old directory cleaned up' })).verdict, 'empty');
  const unread = await run('ls', {}, { expect: 'Framework versions win, old directory cleaned up' });
  assert.equal([unread.verdict, unread.diagnostics[0]?.severity, unread.diagnostics[0]?.line], ['pass', 'info', 42]);
  assert.is((await run('printf "2 passed in 0.1s\\n"', {}, { expect: 'All 5 tests pass' })).verdict, 'fail');
  assert.is((await run('printf "5 passed in 0.1s\\n"', {}, { expect: 'All 5 tests pass' })).verdict, 'pass');
});

test.run();
