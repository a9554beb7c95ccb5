import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeFrame } from '../../core/report/codeframe.ts';
import { failureLines } from '../../core/report/error.ts';
import { createTheme } from '../../core/report/theme.ts';
import { widthOf } from '../../core/report/width.ts';

const theme = await createTheme({ colour: 'plain', symbols: 'unicode' });

test('E29 a failure says what, where, why, what to type next, and its code', () => {
  const lines = failureLines(
    {
      code: 'CE_SPEC_NOT_FOUND',
      message: 'PRP file not found: PRP-5',
      place: { file: 'ce.config.ts', line: 3 },
      why: 'the globs match\nno such file',
      next: 'ce run PRPs/feature-requests/PRP-5.md',
    },
    theme,
    80,
  );
  assert.equal(lines, [
    'error  PRP file not found: PRP-5',
    '  at   ce.config.ts:3',
    '  why  the globs match',
    '       no such file',
    '  next ce run PRPs/feature-requests/PRP-5.md',
    '  code CE_SPEC_NOT_FOUND',
  ]);
});

test('a long message wraps, and a stack is cut with how much is missing', () => {
  const lines = failureLines(
    { code: 'CE_INTERNAL_BUG', message: 'word '.repeat(40), why: Array.from({ length: 30 }, (_, n) => `at line ${n}`).join('\n') },
    theme,
    60,
  );
  assert.ok(lines.every((line) => widthOf(line) <= 60));
  assert.match(lines.join('\n'), '… 10 more lines');
});

const SOURCE = 'one\ntwo\n\tthree = call(日本, x)\nfour\nfive\n';

test('a code frame shows two lines before, one after, and the place', () => {
  assert.equal(codeFrame(SOURCE, { line: 3, column: 2, endColumn: 7 }, 80), [
    '  1 | one',
    '  2 | two',
    '> 3 |   three = call(日本, x)',
    '    |   ^^^^^',
    '  4 | four',
  ]);
});

test('carets stand under wide characters as a terminal draws them', () => {
  assert.is(codeFrame(SOURCE, { line: 3, column: 15, endColumn: 17 }, 80)[3], `    | ${' '.repeat(15)}^^^^`);
});

test('without a column there is no caret, and a line that is not there gives no frame', () => {
  assert.equal(codeFrame(SOURCE, { line: 1 }, 80), ['> 1 | one', '  2 | two']);
  assert.equal(codeFrame(SOURCE, { line: 99 }, 80), []);
});

test('a place far to the right is brought into view, inside the columns', () => {
  const frame = codeFrame(`${'a'.repeat(5_000)}HERE${'b'.repeat(5_000)}`, { line: 1, column: 5_001, endColumn: 5_005 }, 60);
  assert.ok(frame.every((line) => widthOf(line) <= 60));
  assert.is((frame[0] ?? '').indexOf('HERE'), (frame[1] ?? '').indexOf('^^^^'));
});

test('a file with carriage returns and control sequences cannot move the cursor', () => {
  const frame = codeFrame('a\r\nb\u001b[2J\rc\r\nd', { line: 2 }, 80).join('\n');
  assert.not.match(frame, /[\u0000-\u0009\u000b-\u001f]/);
});

test.run();
