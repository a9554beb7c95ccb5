/** One small tree for every state of every tool. The live tests run them; `scripts/record-validators.mjs` writes down what the tools said. */
import type { Verdict } from '../../core/api.ts';

export interface Case {
  /** `tool/state`: also the name of the fixture. */
  readonly name: string;
  readonly validator: string;
  readonly modules: 'linked' | 'none';
  readonly files: Readonly<Record<string, string>>;
  /** Added behind the detected arguments. */
  readonly args?: readonly string[];
  readonly verdict: Verdict;
  /** `code file:line` of each finding, in order. */
  readonly found: readonly string[];
  /** passed, failed, skipped. */
  readonly tests?: readonly [number, number, number];
}

const RUFF = { 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' };
const FORMATTED = { 'ruff.toml': '[format]\nquote-style = "double"\n' };
const ESLINT = {
  'eslint.config.js': "export default [{ rules: { 'no-unused-vars': 'error', 'no-extra-boolean-cast': 'error', 'prefer-const': 'warn' } }];\n",
  'package.json': '{"type":"module"}',
};
const TSC = { 'tsconfig.json': '{\n  // strict\n  "compilerOptions": { "strict": true, "types": [], "rootDir": ".", },\n  "include": ["src"]\n}\n' };
const PYTEST = { 'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n' };
const NODE = { 'package.json': '{"type":"module","scripts":{"test":"node --test"}}' };

function cases(
  validator: string,
  modules: Case['modules'],
  base: Case['files'],
  list: readonly (readonly [state: string, files: Case['files'], verdict: Verdict, found?: readonly string[], more?: Pick<Case, 'tests' | 'args'>])[],
): readonly Case[] {
  return list.map(([state, files, verdict, found = [], more = {}]) => ({
    name: `${validator}/${state}`,
    validator,
    modules,
    files: { ...base, ...files },
    verdict,
    found,
    ...more,
  }));
}

export const CASES: readonly Case[] = [
  ...cases('ruff', 'none', RUFF, [
    ['pass', { 'a.py': 'import os\n\nprint(os.name)\n' }, 'pass'],
    [
      'findings',
      { 'a.py': '\uFEFFimport os\nprint("😀", undefined); import sys\n' },
      'fail',
      ['I001 a.py:1', 'F401 a.py:1', 'F821 a.py:2', 'I001 a.py:2', 'F401 a.py:2'],
    ],
    ['syntax-error', { 'a.py': 'def f(:\n    pass\n' }, 'fail', ['invalid-syntax a.py:1', 'invalid-syntax a.py:1']],
    ['config', { 'pyproject.toml': '[tool.ruff]\nnope = 1\n', 'a.py': 'x = 1\n' }, 'config', ['config -']],
    ['missing-file', { 'a.py': 'x = 1\n' }, 'config', ['E902 nope.py:1'], { args: ['nope.py'] }],
    ['empty', {}, 'empty'],
    ['bad-flag', { 'a.py': 'x = 1\n' }, 'config', ['config -'], { args: ['--nope'] }],
  ]),
  ...cases('ruff-format', 'none', FORMATTED, [
    ['pass', { 'a.py': 'x = 1\n' }, 'pass'],
    ['findings', { 'a.py': 'x = "😀";y=1\nz  =  2\n', 'PRP-1.md': '```python\ny  =  1\n```\n' }, 'fail', ['unformatted a.py:1']],
    ['syntax-error', { 'a.py': 'def f(:\n    pass\n' }, 'fail', ['invalid-syntax a.py:1']],
    ['empty', {}, 'empty'],
  ]),
  ...cases('eslint', 'linked', ESLINT, [
    ['pass', { 'a.js': 'export const one = 1;\n' }, 'pass'],
    ['findings', { 'a.js': '\uFEFFconst unused = 1;\nif (!!(1 > 0)) console.log("x");\n' }, 'fail', ['no-unused-vars a.js:1', 'no-extra-boolean-cast a.js:2']],
    ['warnings', { 'a.js': 'let one = 1;\nexport { one };\n' }, 'pass', ['prefer-const a.js:1']],
    ['too-many-warnings', { 'a.js': 'let one = 1;\nexport { one };\n' }, 'fail', ['prefer-const a.js:1'], { args: ['--max-warnings', '0'] }],
    ['syntax-error', { 'a.js': 'const = 1;\n' }, 'fail', ['parse-error a.js:1']],
    ['config', { 'eslint.config.js': "export default [{ rules: { 'no-such-rule': 'error' } }];\n", 'a.js': 'x\n' }, 'config', ['config -']],
    ['config-syntax', { 'eslint.config.js': 'export default [{;\n', 'a.js': 'x\n' }, 'config', ['config -']],
    [
      'config-package',
      { 'eslint.config.js': "import x from 'eslint-plugin-that-is-not-there';\nexport default [x];\n", 'a.js': 'x\n' },
      'config',
      ['config -'],
    ],
    [
      'crash',
      {
        'eslint.config.js':
          "export default [{ plugins: { own: { rules: { boom: { create: () => ({ Program() { throw new TypeError('boom'); } }) } } } }, rules: { 'own/boom': 'error' } }];\n",
      },
      'crash',
    ],
    ['missing-file', { 'a.js': 'export const one = 1;\n' }, 'empty', [], { args: ['nope.js'] }],
    ['all-ignored', { 'eslint.config.js': "export default [{ ignores: ['**/*'] }];\n", 'a.js': 'export const one = 1;\n' }, 'empty'],
    ['bad-flag', { 'a.js': 'export const one = 1;\n' }, 'config', ['config -'], { args: ['--nope'] }],
  ]),
  ...cases('eslint', 'linked', {}, [
    ['config-missing', { 'package.json': '{"type":"module","devDependencies":{"eslint":"10"}}', 'a.js': 'export const one = 1;\n' }, 'config', ['config -']],
  ]),
  ...cases('tsc', 'linked', TSC, [
    ['pass', { 'src/a.ts': 'export const one: number = 1;\n' }, 'pass'],
    [
      'findings',
      {
        'src/a.ts':
          "export const one: number = 'x';\nexport const two: string[] = [missing, 1];\nconst f = (x: { a: { b: number } }): void => void x;\nf({ a: { b: 's' } });\n",
      },
      'fail',
      ['TS2322 src/a.ts:1', 'TS2304 src/a.ts:2', 'TS2322 src/a.ts:4'],
    ],
    ['syntax-error', { 'src/a.ts': 'export const = 1;\n' }, 'fail', ['TS1134 src/a.ts:1', 'TS1134 src/a.ts:1']],
    ['module-missing', { 'src/a.ts': "import { x } from 'not-installed';\nexport const y = x;\n" }, 'fail', ['TS2307 src/a.ts:1']],
    [
      'config',
      { 'tsconfig.json': '{ "compilerOptions": { "nope": true }, "include": ["src"] }', 'src/a.ts': 'export {};\n' },
      'config',
      ['TS5023 tsconfig.json:1'],
    ],
    ['config-file-missing', { 'tsconfig.json': '{ "compilerOptions": { "types": [] }, "files": ["src/nope.ts"] }' }, 'config', ['TS6053 -']],
    ['empty', {}, 'empty', ['TS18003 -']],
    [
      'references',
      {
        'tsconfig.json': '{ "files": [], "references": [{ "path": "./lib" }] }',
        'lib/tsconfig.json': '{ "compilerOptions": { "composite": true, "strict": true, "types": [] }, "include": ["*.ts"] }',
        'lib/a.ts': "export const one: number = 'x';\n",
      },
      'fail',
      ['TS2322 lib/a.ts:1'],
    ],
    ['bad-flag', { 'src/a.ts': 'export {};\n' }, 'config', ['TS5023 -'], { args: ['--nope'] }],
  ]),
  ...cases('pytest', 'none', PYTEST, [
    [
      'pass',
      {
        'tests/test_a.py':
          'import pytest\n\n\ndef test_one():\n    assert 1 + 1 == 2\n\n\n@pytest.mark.xfail\ndef test_later():\n    assert 0\n\n\n@pytest.mark.parametrize("n", [1, 2])\ndef test_many(n):\n    assert n\n',
      },
      'pass',
      [],
      { tests: [3, 0, 1] },
    ],
    [
      'failures',
      {
        'helper.py': 'def half(n):\n    return 1 / n\n',
        'conftest.py': '',
        'tests/test_a.py':
          'import json\nimport pytest\nfrom helper import half\n\n\ndef test_token_timeout():\n    assert half(2) == 1, "wrong"\n\n\ndef test_error():\n    half(0)\n\n\ndef test_library():\n    json.loads("{")\n\n\n@pytest.fixture\ndef broken():\n    raise RuntimeError("setup")\n\n\ndef test_fixture(broken):\n    pass\n\n\ndef test_ok():\n    pass\n',
      },
      'fail',
      ['AssertionError tests/test_a.py:7', 'ZeroDivisionError helper.py:2', 'JSONDecodeError tests/test_a.py:15', 'RuntimeError tests/test_a.py:20'],
      { tests: [1, 4, 0] },
    ],
    [
      'import-error',
      { 'tests/test_a.py': 'import jwt_that_is_not_there\n\n\ndef test_one():\n    pass\n', 'tests/test_b.py': 'def test_two():\n    pass\n' },
      'fail',
      ['ModuleNotFoundError tests/test_a.py:1'],
      { tests: [1, 1, 0] },
    ],
    ['syntax-error', { 'tests/test_a.py': 'def test_one():\n    f(\n' }, 'fail', ['SyntaxError tests/test_a.py:2'], { tests: [0, 1, 0] }],
    [
      'conftest',
      { 'tests/conftest.py': 'import nope_nope\n', 'tests/test_a.py': 'def test_one():\n    pass\n' },
      'fail',
      ['ModuleNotFoundError tests/conftest.py:1'],
    ],
    ['exits', { 'tests/test_a.py': 'import os\n\n\ndef test_one():\n    pass\n\n\ndef test_two():\n    os._exit(0)\n' }, 'crash', [], { tests: [1, 0, 0] }],
    ['killed', { 'tests/test_a.py': 'import os\nimport signal\n\n\ndef test_one():\n    os.kill(os.getpid(), signal.SIGKILL)\n' }, 'crash'],
    [
      'config',
      { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "--nope"\n', 'tests/test_a.py': 'def test_one():\n    pass\n' },
      'config',
      ['config -'],
    ],
    ['missing-file', { 'tests/test_a.py': 'def test_one():\n    pass\n' }, 'config', ['config -'], { args: ['tests/nope.py'] }],
    ['empty', { 'tests/test_a.py': 'def helper():\n    pass\n' }, 'empty', [], { tests: [0, 0, 0] }],
    ['all-skipped', { 'tests/test_a.py': 'import pytest\n\n\n@pytest.mark.skip\ndef test_one():\n    pass\n' }, 'empty', [], { tests: [0, 0, 1] }],
    [
      'plugin-broken',
      { 'conftest.py': 'def pytest_runtestloop(session):\n    raise ValueError("loop")\n', 'tests/test_a.py': 'def test_one():\n    pass\n' },
      'crash',
      [],
      { tests: [0, 0, 0] },
    ],
    [
      'good-report-bad-exit',
      { 'conftest.py': 'def pytest_sessionfinish(session):\n    session.exitstatus = 9\n', 'tests/test_a.py': 'def test_one():\n    pass\n' },
      'fail',
      [],
      { tests: [1, 0, 0] },
    ],
  ]),
  ...cases('nodeTest', 'none', NODE, [
    [
      'pass',
      {
        'test/a.test.js':
          "import test, { describe, it } from 'node:test';\ntest('one', () => {});\ndescribe('s', () => { it('two', () => {}); it.skip('three', () => {}); });\n",
      },
      'pass',
      [],
      { tests: [2, 0, 1] },
    ],
    [
      'failures',
      {
        'lib.js': 'export function half(n) {\n  if (n === 0) throw new RangeError("zero");\n  return n / 2;\n}\n',
        'test/a.test.js':
          "import test, { describe, it } from 'node:test';\nimport assert from 'node:assert';\nimport { half } from '../lib.js';\ntest('one', () => { assert.equal(half(2), 2); });\ndescribe('s', () => {\n  it('two', () => half(0));\n  it('three', () => {});\n});\n",
      },
      'fail',
      ['AssertionError test/a.test.js:4', 'RangeError lib.js:2'],
      { tests: [1, 2, 0] },
    ],
    [
      'syntax-error',
      { 'test/a.test.js': "import test from 'node:test';\ntest('one', () => {);\n" },
      'fail',
      ['SyntaxError test/a.test.js:2'],
      { tests: [0, 0, 0] },
    ],
    [
      'import-error',
      { 'test/a.test.js': "import test from 'node:test';\nimport { x } from 'nope-nope';\ntest('one', () => x);\n" },
      'fail',
      ['Error test/a.test.js:1'],
      { tests: [0, 0, 0] },
    ],
    ['no-tests', { 'test/a.test.js': 'export {};\n' }, 'empty', [], { tests: [0, 0, 0] }],
    ['empty', { 'test/readme.txt': '' }, 'empty', [], { tests: [0, 0, 0] }],
    ['all-skipped', { 'test/a.test.js': "import test from 'node:test';\ntest.skip('one', () => {});\n" }, 'empty', [], { tests: [0, 0, 1] }],
    ['missing-file', { 'package.json': '{"type":"module","scripts":{"test":"node --test test/nope.test.js"}}' }, 'empty'],
    [
      'exits',
      { 'test/a.test.js': "import test from 'node:test';\ntest('one', () => {});\ntest('two', () => { process.exit(1); });\ntest('three', () => {});\n" },
      'fail',
      ['test-file test/a.test.js:1'],
      { tests: [0, 0, 0] },
    ],
    [
      'exits-zero',
      {
        'test/a.test.js': "import test from 'node:test';\ntest('one', () => {});\n",
        'test/b.test.js':
          "import test from 'node:test';\n\ntest('two', () => { process.exit(0); });\ntest('three', () => { throw new Error('never seen'); });\n",
      },
      'fail',
      ['no-result test/b.test.js:3'],
      { tests: [1, 0, 0] },
    ],
    [
      'helper',
      {
        'test/a.test.js': "import test from 'node:test';\ntest('one', () => {});\n",
        'test/helper.js': "import { mock } from 'node:test';\nexport const spy = () => mock.fn();\n",
      },
      'pass',
      [],
      { tests: [1, 0, 0] },
    ],
    [
      'too-slow',
      { 'test/a.test.js': "import test from 'node:test';\ntest('one', { timeout: 50 }, () => new Promise((done) => setTimeout(done, 200)));\n" },
      'fail',
      ['Error test/a.test.js:2'],
      { tests: [0, 1, 0] },
    ],
    [
      'build-fails',
      {
        'package.json': '{"type":"module","scripts":{"pretest":"node build.js","test":"node --test"}}',
        'build.js': 'throw new TypeError("no build");\n',
        'test/a.test.js': "import test from 'node:test';\ntest('one', () => {});\n",
      },
      'fail',
      ['TypeError build.js:1'],
    ],
    [
      'good-report-bad-exit',
      {
        'package.json': '{"type":"module","scripts":{"test":"node --test","posttest":"exit 4"}}',
        'test/a.test.js': "import test from 'node:test';\ntest('one', () => {});\n",
      },
      'fail',
      [],
      { tests: [1, 0, 0] },
    ],
  ]),
];
