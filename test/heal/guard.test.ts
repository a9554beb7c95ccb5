import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../core/api.ts';
import { GUARD_RULES, guardFixes, type GuardContext, type GuardRule } from '../../core/exec/heal-guard.ts';
import { protectedBy } from '../../core/exec/protected-paths.ts';
import { countSuppressions } from '../../core/exec/suppressions.ts';

const SOURCE = 'import os\nimport sys\n\n\ndef one(x):\n    if x:\n        return sys.path\n    log(x)\n    return 1\n';

function contextOf(more: Partial<GuardContext> = {}): GuardContext {
  return {
    files: ['src/a.py', 'src/b.py', 'tests/test_a.py'],
    texts: new Map([
      ['src/a.py', SOURCE],
      ['src/b.py', 'x = 1\n'],
      ['tests/test_a.py', 'x = 1\n'],
      ['src/far.py', 'x = 1\n'],
    ]),
    diagnostics: [],
    maxLines: 4,
    ...more,
  };
}

function replace(from: string, to: string, file = 'src/a.py', source = SOURCE): Fix {
  const start = source.indexOf(from);
  assert.ok(start >= 0, from);
  return { title: `${from} to ${to}`, edits: [{ file, start, end: start + from.length, text: to }] };
}

/** Each rule with fixes that it alone refuses. */
const BAD: Readonly<Record<GuardRule['name'], readonly Fix[]>> = {
  scope: [replace('x = 1', 'x = 2', 'src/far.py', 'x = 1\n')],
  protected: [replace('x = 1', 'x = 2', 'tests/test_a.py', 'x = 1\n')],
  range: [
    { title: 'behind the end', edits: [{ file: 'src/b.py', start: 0, end: 99, text: 'y = 1\n' }] },
    {
      title: 'two that meet',
      edits: [
        { file: 'src/b.py', start: 0, end: 1, text: 'y' },
        { file: 'src/b.py', start: 0, end: 1, text: 'z' },
      ],
    },
  ],
  suppression: [replace('log(x)', 'log(x)  # noqa'), replace('log(x)', 'log(x)  # type: ignore[call]')],
  deletion: [replace('    log(x)\n', ''), replace('import os\n', ''), replace('import os\nimport sys\n', 'import os\n')],
  'control-flow': [replace('if x:', 'while x:'), replace('log(x)', 'assert x'), replace('return 1', 'raise 1')],
  size: [replace('import os\nimport sys\n', 'import os as o\nimport sys as s\nimport re\n')],
};

for (const rule of GUARD_RULES) {
  BAD[rule.name].forEach((fix, index) => {
    test(`${rule.name} refuses bad edit ${index + 1}, and without this rule it gets through`, () => {
      const context = contextOf();
      assert.equal(
        guardFixes([fix], context).refused.map((refusal) => refusal.rule),
        [rule.name],
      );
      const others = GUARD_RULES.filter((other) => other !== rule);
      assert.is(guardFixes([fix], context, others).accepted.length, 1);
    });
  });
}

const unused = (fix: Fix, code = 'F401'): Diagnostic => ({
  source: 'ruff',
  code,
  severity: 'error',
  message: 'unused',
  file: 'src/a.py',
  line: 1,
  fixes: [fix],
});

test('an import goes only when its own diagnostic says that it is unused, and nothing goes with it', () => {
  const fix = replace('import os\n', '');
  assert.is(guardFixes([fix], contextOf({ diagnostics: [unused(fix)] })).accepted.length, 1);
  assert.is(guardFixes([fix], contextOf({ diagnostics: [unused(fix, 'E501')] })).accepted.length, 0);
  const greedy = replace('import os\nimport sys\n\n\ndef one(x):\n', '');
  assert.is(guardFixes([greedy], contextOf({ diagnostics: [unused(greedy)], maxLines: 99 })).accepted.length, 0);
  const statement = replace('    log(x)\n', '');
  assert.is(guardFixes([statement], contextOf({ diagnostics: [unused(statement)] })).accepted.length, 0);
});

test('imports may be regrouped while no name is lost', () => {
  const text = 'from a import b\nfrom a import c\nx = b + c\n';
  const context = contextOf({ texts: new Map([['src/a.py', text]]) });
  assert.is(guardFixes([replace('from a import b\nfrom a import c\n', 'from a import b, c\n', 'src/a.py', text)], context).accepted.length, 1);
  assert.is(guardFixes([replace('from a import b\nfrom a import c\n', 'from a import b\n', 'src/a.py', text)], context).accepted.length, 0);
});

test('an ordinary repair passes every rule', () => {
  assert.is(guardFixes([replace('log(x)', 'log(str(x))'), replace('import sys', 'import re\nimport sys')], contextOf()).accepted.length, 2);
});

test('of two edits that meet the earlier wins and the other waits; the same fix twice is one', () => {
  const [first, second] = [replace('log(x)', 'log(y)'), replace('x)\n    return 1', 'z)\n    return 1')];
  const judged = guardFixes([first, second, first], contextOf());
  assert.equal([judged.accepted, judged.waiting], [[first], [second]]);
  const here = (text: string): Fix => ({ title: text, edits: [{ file: 'src/b.py', start: 0, end: 0, text }] });
  assert.is(guardFixes([here('# a\n'), here('# b\n')], contextOf()).waiting.length, 1);
});

test('fixes that touch are both applied, as two unused imports below each other', () => {
  const fixes = [replace('import os\n', ''), replace('import sys\n', '')];
  assert.is(guardFixes(fixes, contextOf({ diagnostics: fixes.map((fix) => unused(fix)) })).accepted.length, 2);
});

test('together, fixes may not be larger than one heal, nor spell what none of them says', () => {
  const many = [replace('import os', 'import re'), replace('log(x)', 'log(y)'), replace('return 1', 'return 2')];
  const judged = guardFixes(many, contextOf({ maxLines: 4 }));
  assert.equal([judged.accepted.length, judged.waiting.length], [2, 1]);
  const text = 'x = 1  # q\n';
  const context = contextOf({ texts: new Map([['src/b.py', text]]) });
  const at = (start: number, insert: string): Fix => ({ title: insert, edits: [{ file: 'src/b.py', start, end: start, text: insert }] });
  const spelled = guardFixes([at(9, 'no'), at(10, 'a')], context);
  assert.equal([spelled.accepted.length, spelled.waiting.length], [1, 1]);
});

for (const path of [
  'tests/x.py',
  'src/__tests__/x.ts',
  'test/a.ts',
  'src/a.test.ts',
  'src/a.spec.tsx',
  'pkg/a_test.go',
  'src/test_a.py',
  'conftest.py',
  'a/__snapshots__/x.snap',
  'package.json',
  'tsconfig.build.json',
  'pyproject.toml',
  'ruff.toml',
  '.ruff.toml',
  'eslint.config.mjs',
  '.eslintrc.json',
  '.prettierrc',
  'ce.config.ts',
  'package-lock.json',
  'yarn.lock',
  'uv.lock',
  'go.sum',
  '.github/workflows/ci.yml',
  '.gitlab-ci.yml',
  '.ci/run',
  '.git/config',
  '.GIT/hooks/x',
  '.ce/journal',
  'node_modules/x/index.js',
  'Makefile',
  'requirements-dev.txt',
  '.gitignore',
])
  test(`${path} is never healed`, () => assert.ok(protectedBy(path) !== null));

test('ordinary sources are not protected, also when their name is near to one', () => {
  for (const path of ['src/a.ts', 'core/spec/a.ts', 'src/testing.py', 'src/config.ts', 'src/latest.py', 'src/contest.ts', 'lib/lock.ts', 'src/attest_a.py'])
    assert.is(protectedBy(path), null, path);
});

test('every way to silence a check is counted, and ordinary code is not', () => {
  for (const line of [
    '# noqa: E501',
    '# ruff: noqa',
    '# type: ignore',
    '# pyright: ignore',
    '# pylint: disable=x',
    '# fmt: off',
    '# pragma: no cover',
    '# nosec',
    '/* eslint-disable */',
    '// eslint-disable-next-line x',
    '// @ts-ignore',
    '// @ts-expect-error',
    '// @ts-nocheck',
    '// biome-ignore lint: x',
    '/* istanbul ignore next */',
    '//nolint:errcheck',
    '#[allow(dead_code)]',
    '@pytest.mark.skip',
    '@pytest.mark.xfail',
    'pytest.skip("x")',
    "@unittest.skip('x')",
    'it.skip("x", f)',
    'describe.only("x")',
    'test.todo("x")',
    'xit("x")',
    't.Skip()',
    '#[ignore]',
    '@Disabled',
    'with suppress(Exception):',
  ])
    assert.is(countSuppressions(line) > 0, true, line);
  for (const line of ['skip = 1', 'noqa = 2', 'items.only', 'ignore(x)', 'const type = ignore;', 'allow(x)', 'queue.failed'])
    assert.is(countSuppressions(line), 0, line);
});

test.run();
