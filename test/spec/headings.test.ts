/** What a heading of work says: its number, its name, its hours, and whether it is work at all. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseWorkHeading } from '../../core/spec/heading.ts';
import { durationIn, leadingDuration, parseHours } from '../../core/spec/hours.ts';

function read(text: string): readonly [string, string, number | null] | null {
  const heading = parseWorkHeading(text);
  return heading === null ? null : [heading.number, heading.name, heading.hours];
}

test('E3 hours carry their unit: minutes, ranges, sums, remarks', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['3 hours', 3],
    ['45 min', 0.75],
    ['2-3h', 2.5],
    ['5+8 min', 0.217],
    ['1h 30m', 1.5],
    ['1 hour 30 minutes', 1.5],
    ['30 min - 1 hour', 0.75],
    ['~2h', 2],
    ['2.5 hours', 2.5],
    ['0,5 h', 0.5],
    ['Est: 3 hrs', 3],
    ['½ hour', 0.5],
    ['half a day', 4],
    ['2 days', 16],
    ['3', null],
    ['from 30 min to 5 min', null],
    ['Week 1', null],
    ['2 apples', null],
    ['5 min 3 apples', null],
    ['', null],
  ];
  for (const [text, hours] of cases) assert.is(durationIn(text), hours, text);
});

test('C7 a range in front matter is its midpoint, and a bare number is hours', () => {
  assert.is(parseHours('0.25-0.33'), 0.29);
  assert.is(parseHours('3-5'), 4);
  assert.is(parseHours('2'), 2);
  assert.is(parseHours('45 min'), 0.75);
  assert.is(leadingDuration('~6 hours (with review)'), 6);
  assert.is(leadingDuration('depends on the weather'), null);
});

test('E3 a name keeps its parentheses and loses number, hours and status mark', () => {
  const cases: readonly (readonly [string, readonly [string, string, number | null] | null])[] = [
    ['Phase 1: Read (the token) (3 hours)', ['1', 'Read (the token)', 3]],
    ['✅ Phase 2: Check ✅ COMPLETED', ['2', 'Check', null]],
    ['Phase 3: Clean up (COMPLETED ✅)', ['3', 'Clean up', null]],
    ['Phase 4: Merge (to main) - 10-15 minutes', ['4', 'Merge (to main)', 0.208]],
    ['Phase 2A: Cheap part (REQUIRED - 2-3 hours)', ['2A', 'Cheap part', 2.5]],
    ['Phase 10.1: Parse (~25 lines, 20 min)', ['10.1', 'Parse', 0.333]],
    ['`[x]` Task 1: Write `a.ts`', ['1', 'Write `a.ts`', null]],
    ['Task 3 - Set up:', ['3', 'Set up', null]],
    ['Step 0: Look first (30 min) **DO THIS FIRST**', ['0', 'Look first', 0.5]],
    ['**Phase 1: Name** (1h 30m)', ['1', 'Name', 1.5]],
    ['Phase 6: Faster (from 30 min to 5 min)', ['6', 'Faster (from 30 min to 5 min)', null]],
    ['Phase 7: Polish (OPTIONAL)', ['7', 'Polish (OPTIONAL)', null]],
    ['Phase 8 (2 hours)', ['8', 'Phase 8', 2]],
    ['Phase II — Second', ['II', 'Second', null]],
    ['Step 2 (revised): Again', ['2', 'Again (revised)', null]],
    ['1. Do it (2h)', ['1', 'Do it', 2]],
    ['CREATE src/a.ts:', ['', 'CREATE src/a.ts', null]],
    ['Task mode', null],
    ['4-Phase pipeline', null],
    ['Step-by-step tasks', null],
    ['Overview', null],
  ];
  for (const [text, expected] of cases) assert.equal(read(text), expected, text);
});

test('E3 a heading may say that it is no work for now', () => {
  assert.is(parseWorkHeading('Phase 3: Extras (NOT IN SCOPE - 2-3 hours)')?.ignored, 'NOT IN SCOPE');
  assert.is(parseWorkHeading('Phase 4: Colours (Future Work)')?.ignored, 'Future Work');
  assert.is(parseWorkHeading('Phase 5: Plan the future')?.ignored, null);
});

test.run();
