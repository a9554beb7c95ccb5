import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeLine, count, duration, elapsed, oneLine, phaseTitle, safeLines } from '../../core/report/format.ts';
import { fit, pad, widthOf, wrap } from '../../core/report/width.ts';

test('wide characters and emoji take two columns, accents none of their own', () => {
  assert.is(widthOf('plain'), 5);
  assert.is(widthOf('日本語'), 6);
  assert.is(widthOf('✅ ok'), 5);
  assert.is(widthOf('👩‍👩‍👧'), 2);
  assert.is(widthOf('🇩🇪'), 2);
  assert.is(widthOf('e\u0301'), 1);
  assert.is(widthOf('\u200b'), 0);
  assert.is(widthOf('✓ ✗ │ …'), 7);
});

test('cutting never goes over the columns and never splits a grapheme', () => {
  assert.is(fit('日本語', 5), '日本…');
  assert.is(fit('日本語', 4), '日…');
  assert.is(fit('abc', 3), 'abc');
  assert.is(fit('abc', 0), '');
  assert.is(fit('👩‍👩‍👧👩‍👩‍👧', 3), '👩‍👩‍👧…');
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.nat(30),
      (text, columns) => widthOf(fit(text, columns)) <= columns && widthOf(pad(text, columns)) === columns,
    ),
    { numRuns: 300 },
  );
});

test('wrapping keeps every word and stays inside the columns', () => {
  assert.equal(wrap('one two three', 7), ['one two', 'three']);
  assert.equal(wrap('abcdefgh', 3), ['abc', 'def', 'gh']);
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: 'grapheme-ascii' }).filter((word) => !word.includes(' '))),
      fc.integer({ min: 4, max: 30 }),
      (words, columns) => {
        const lines = wrap(words.join(' '), columns);
        assert.ok(lines.every((line) => widthOf(line) <= columns));
        assert.is(lines.join('').replaceAll(' ', ''), words.join(''));
      },
    ),
    { numRuns: 300 },
  );
});

test('durations read as the seeds write them', () => {
  assert.is(duration(450), '0.45s');
  assert.is(duration(1230), '1.23s');
  assert.is(duration(12_340), '12.3s');
  assert.is(duration(2_723_000), '45m 23s');
  assert.is(duration(59_960), '1m 0s');
  assert.is(duration(372_000), '6m 12s');
  assert.is(duration(7_500_000), '2h 5m');
  assert.is(elapsed(42_900), '42s');
  assert.is(elapsed(-5), '0s');
  assert.is(count(1, 'task'), '1 task');
  assert.is(count(0, 'task'), '0 tasks');
});

test('phase ids become words', () => {
  assert.is(phaseTitle('phase1'), 'Phase 1');
  assert.is(phaseTitle('phase10.1'), 'Phase 10.1');
  assert.is(phaseTitle('step3'), 'Step 3');
  assert.is(phaseTitle('final'), 'Final gates');
});

test('foreign text loses its control sequences, line breaks and direction marks', () => {
  assert.is(oneLine('\u001b[31mred\u001b[0m\r\nnext\tcell\u0007'), 'red next cell');
  assert.is(oneLine('a\u202Eb\u2066c\u009bd'), 'abcd');
  assert.is(oneLine('x'.repeat(10_000)).length, 4097);
  assert.equal(safeLines('10%\r50%\rdone\n\u001b[2Jnext'), ['done', 'next']);
  assert.is(codeLine('\tif x:  '), '  if x:  ');
});

test.run();
