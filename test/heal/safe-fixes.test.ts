import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../core/api.ts';
import { takeFixes } from '../../plugins/safe-fixes.ts';

const fix = (start: number, end: number, file = 'a.py'): Fix => ({ title: 'Remove it', edits: [{ file, start, end, text: '' }] });
const found = (code: string, fixes: readonly Fix[], file = 'a.py', source = 'ruff'): Diagnostic => ({
  source,
  code,
  severity: 'error',
  message: 'm',
  file,
  line: 1,
  fixes,
});
const take = (...open: readonly Diagnostic[]) => takeFixes({ open, fixes: [] }, { files: ['a.py', 'pkg/__init__.py'] });

test('a diagnostic with a safe fix moves to the fixes, one without stays open', () => {
  const plain: Diagnostic = { source: 'tsc', code: 'TS2304', severity: 'error', message: 'm', file: 'a.py', line: 2 };
  const { open, fixes } = take(found('F401', [fix(0, 5)]), plain);
  assert.equal(open, [plain]);
  assert.equal(
    fixes.map(({ title }) => title),
    ['ruff F401: Remove it'],
  );
});

test('a title names the tool and the rule once', () => {
  const named = (title: string): Fix => ({ ...fix(0, 5), title });
  const titles = (code: string, title: string): readonly string[] => take(found(code, [named(title)])).fixes.map((taken) => taken.title);
  assert.equal(titles('F401', 'ruff: Remove unused import'), ['ruff F401: Remove unused import']);
  assert.equal(titles('F401', 'ruff: F401'), ['ruff F401']);
});

test('of two fixes that meet the earlier is taken; one fix of two diagnostics is one', () => {
  const second = found('I001', [fix(3, 9)]);
  const { open, fixes } = take(found('F401', [fix(0, 5)]), second, found('F401', [fix(0, 5)]));
  assert.equal([open, fixes.length], [[second], 1]);
});

test('security findings, public names of a package and files outside the phase are left to a person', () => {
  const left = [
    found('S608', [fix(0, 1)]),
    found('security/detect-eval', [fix(2, 3)], 'a.py', 'eslint'),
    found('F401', [fix(4, 5, 'pkg/__init__.py')], 'pkg/__init__.py'),
    found('F401', [fix(6, 7, 'other.py')], 'other.py'),
  ];
  assert.equal(take(...left), { open: left, fixes: [] });
});

test('selecting twice gives the same as once', () => {
  const once = take(found('F401', [fix(0, 5)]), found('I001', [fix(3, 9)]));
  const twice = takeFixes({ open: once.open, fixes: once.fixes }, { files: ['a.py'] });
  assert.equal(twice, once);
});

test.run();
