import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Project } from '../../core/api.ts';
import { builtinValidators } from '../../validators/index.ts';
import { memoryView } from './memory-view.ts';

/** What is offered, as `level validator command`. */
function offered(files: Readonly<Record<string, string>>, tools: readonly string[] = [], project?: Project): readonly string[] {
  return builtinValidators()
    .flatMap((validator) => validator.detect(memoryView(files, tools, project)))
    .map((check) => `${check.level} ${check.validator} ${'script' in check.command ? check.command.script : check.command.argv.join(' ')}`)
    .sort();
}

const script = (name: string, text: string, more: object = {}): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ scripts: { [name]: text }, ...more }),
});

test('nothing is offered in an empty project, or for a manifest that is broken', () => {
  assert.equal(offered({}), []);
  assert.equal(offered({ 'package.json': '{', 'README.md': '' }), []);
  assert.equal(offered({ 'package.json': '[]' }), []);
});

test('E6 a configured tool that is not installed is offered too: its verdict will be tool-missing', () => {
  assert.equal(
    offered({ 'tsconfig.json': '{}', 'eslint.config.mjs': '', 'ruff.toml': '', 'pytest.ini': '[pytest]\n', 'tests/test_a.py': '' }).map((line) =>
      line.split(' ').slice(0, 3).join(' '),
    ),
    ['L1 eslint eslint', 'L1 ruff ruff', 'L1 tsc tsc', 'L2 pytest pytest'],
  );
});

test('E6 tools are found in every place where a project may name them', () => {
  for (const files of [
    { 'pyproject.toml': '[tool.ruff.lint]\nselect = ["E"]\n' },
    { 'pyproject.toml': '[dependency-groups]\ndev = [\n  "ruff>=0.5", # linter\n]\n' },
    { 'requirements-dev.txt': 'ruff==0.16.9\n' },
    { '.ruff.toml': '' },
    { 'pyproject.toml': '[tool.poetry.group.dev.dependencies]\nruff = "^0.5"\n' },
  ])
    assert.match(offered(files).join(), 'L1 ruff ', JSON.stringify(files));
  for (const files of [
    { 'setup.cfg': '[tool:pytest]\n' },
    { 'tox.ini': '[pytest]\n' },
    { 'pyproject.toml': '[project]\ndependencies = ["pytest"]\n' },
    { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-q"\n' },
    { 'tests/test_x.py': 'import pytest\n' },
    { 'requirements.txt': 'pytest\n' },
  ])
    assert.match(offered({ 'tests/test_a.py': '', ...files }).join(), 'L2 pytest ', JSON.stringify(files));
  for (const files of [{ '.eslintrc.json': '{}' }, { 'package.json': '{"eslintConfig":{}}' }, { 'package.json': '{"devDependencies":{"eslint":"9"}}' }])
    assert.match(offered(files).join(), 'L1 eslint ', JSON.stringify(files));
});

test('E6 the formatter judges only where it is configured, and never markdown', () => {
  assert.not.match(offered({ 'ruff.toml': '' }).join(), 'ruff-format');
  const check = offered({ 'pyproject.toml': '[tool.ruff]\n\n[tool.ruff.format]\nquote-style = "single"\n' }).join('\n');
  assert.match(check, /ruff-format ruff format --check .*--extend-exclude \*\.md/);
});

test('a solution tsconfig is built, as without -b it judges nothing', () => {
  const files = { 'tsconfig.json': '{ "files": [], "references": [{ "path": "./a" }], }' };
  assert.equal(offered(files), ['L1 tsc tsc -b --noEmit --pretty false']);
  assert.equal(offered({ ...files, 'node_modules/typescript/package.json': '{"version":"5.4.2"}' }), ['L1 tsc tsc -b --pretty false']);
});

test("eslint takes the flags of the project's own lint script, without those that fix or print", () => {
  assert.equal(offered(script('lint', 'eslint src --max-warnings 0 --fix --format stylish --cache', { devDependencies: { eslint: '9' } })), [
    'L1 eslint eslint src --max-warnings 0 --format json',
  ]);
  assert.equal(offered(script('lint', 'eslint "src/**/*.ts" && prettier --check .', { devDependencies: { eslint: '9' } })), [
    'L1 eslint eslint . --format json',
  ]);
});

test('E7 the test script decides which validator reads it', () => {
  assert.equal(offered(script('test', 'node --import tsx --test test/*.test.ts')), ['L2 nodeTest npm test --silent']);
  assert.equal(offered(script('test', 'node --test --test-reporter=dot')), ['L2 command npm test --silent']);
  assert.equal(offered(script('test', 'vitest run')), ['L2 command npm test --silent']);
  assert.equal(offered({ ...script('test', 'vitest run'), 'pnpm-lock.yaml': '' }), ['L2 command pnpm run test']);
  assert.equal(offered(script('test', 'echo "Error: no test specified" && exit 1')), []);
  assert.equal(offered(script('test', 'echo ok')), []);
  assert.equal(offered({ 'package.json': '{}', 'test/a.test.js': "import test from 'node:test';" }), ['L2 nodeTest node --test']);
  assert.equal(offered({ 'package.json': '{}', 'test/a.test.js': "import test from 'vitest';" }), []);
});

test('a test script that starts a known runner needs tests; an own one is judged by what it says', () => {
  const needs = (text: string): boolean | undefined =>
    builtinValidators().flatMap((validator) => validator.detect(memoryView(script('test', text))))[0]?.needsTests;
  assert.equal([needs('jest --ci'), needs('npm run unit'), needs('node scripts/check.js')], [true, false, false]);
});

test('E8 integration tests are L3: a script, a folder, or a marker, and then L2 leaves them out', () => {
  assert.equal(offered(script('test:integration', 'jest integration')), ['L3 command npm run --silent test:integration']);
  const folder = offered({ 'pytest.ini': '[pytest]\n', 'tests/unit/test_a.py': '', 'tests/integration/test_b.py': '' });
  assert.match(folder[0] ?? '', /^L2 pytest .*--ignore=tests\/integration$/);
  assert.match(folder[1] ?? '', /^L3 pytest .* tests\/integration$/);
  const marked = offered({ 'pyproject.toml': '[tool.pytest.ini_options]\nmarkers = [\n  "integration: needs a database",\n]\n', 'tests/test_a.py': '' });
  assert.match(marked[0] ?? '', /-m not integration$/);
  assert.match(marked[1] ?? '', /^L3 pytest .*-m integration$/);
  assert.match(offered({ 'pytest.ini': '[pytest]\n', 'tests/integration/test_b.py': '' }).join(), /^L3 pytest/);
});

test('L3 and scripts with unknown inputs are never cached; L1 and L2 of known tools are', () => {
  const checks = builtinValidators().flatMap((validator) =>
    validator.detect(
      memoryView({
        'ruff.toml': '',
        'pytest.ini': '[pytest]\n',
        'tests/test_a.py': '',
        'tests/integration/test_b.py': '',
        'package.json': '{"scripts":{"test":"jest"}}',
      }),
    ),
  );
  for (const check of checks) {
    const cached = check.level !== 'L3' && check.validator !== 'command';
    assert.is(check.cache, cached, check.validator);
    assert.is(check.inputs !== null, cached, check.validator);
  }
});

test('unittest is offered where tests ask for it and there is no pytest', () => {
  const files = { 'tests/test_a.py': 'import unittest\n' };
  assert.equal(offered(files, ['python3']), ['L2 command python3 -m unittest discover -v -s tests -t .']);
  assert.match(offered(files, ['pytest']).join(), /^L2 pytest pytest/);
});

test('a package of a monorepo is judged in its own folder, over inputs of the whole tree', () => {
  const files = {
    'package.json': '{}',
    'eslint.config.js': '',
    'packages/a/package.json': '{"scripts":{"lint":"eslint src"}}',
    'packages/a/tsconfig.json': '{}',
  };
  const project: Project = { dir: 'packages/a', kinds: ['node'] };
  const checks = builtinValidators().flatMap((validator) => validator.detect(memoryView(files, [], project)));
  assert.equal(
    checks.map((check) => [check.validator, check.cwd, check.project]),
    [
      ['tsc', 'packages/a', 'packages/a'],
      ['eslint', 'packages/a', 'packages/a'],
    ],
  );
  assert.ok(checks.every((check) => check.inputs?.some((glob) => glob.startsWith('**/*.{'))));
});

test.run();
