/** What a person may type to name work, and the one spelling that ce answers with. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import { idOfFileName, normaliseId, splitTitle } from '../../core/spec/ids.ts';
import { formatTarget, parseTarget } from '../../core/spec/target.ts';

function spelled(text: string): string {
  const target = parseTarget(text);
  return target.ok ? formatTarget(target.value) : target.failure.code;
}

test('E1 an id, a phase, a level, the final gates and patterns are targets', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['PRP-5', 'PRP-5'],
    ['5', 'PRP-5'],
    ['prp-5', 'PRP-5'],
    ['PRP-5:phase2', 'PRP-5:phase2'],
    ['5:Phase2:l1', 'PRP-5:phase2:L1'],
    ['PRP-5:2', 'PRP-5:phase2'],
    ['PRP-5:phase10.1', 'PRP-5:phase10.1'],
    ['PRP-5:step3', 'PRP-5:step3'],
    ['PRP-5:task3', 'PRP-5:step3'],
    ['PRP-5:pre-phase0', 'PRP-5:pre-phase0'],
    ['PRP-5:phase4-2', 'PRP-5:phase4-2'],
    ['PRP-5:final', 'PRP-5:final'],
    ['PRP-5:final:L2', 'PRP-5:final:L2'],
    ['PRP-47.*', 'PRP-47.*'],
    ['47.*:L2', 'PRP-47.*:L2'],
    ['PRP-34.2.1', 'PRP-34.2.1'],
    ['PRP-A', 'PRP-A'],
    ['issue-1168', 'issue-1168'],
  ];
  for (const [text, expected] of cases) assert.is(spelled(text), expected, text);
});

test('E1 what is no target says which part is wrong and what to type', () => {
  for (const text of ['', ':phase1', 'PRP-5:nonsense', 'PRP-5:L1:phase2', 'PRP-5:phase1:phase2', 'PRP-5:phase1:L1:L2', 'a b', 'PRP-5:L7', '../x:phase1'])
    assert.is(spelled(text), 'CE_USAGE_BAD_TARGET', text);
  const failed = parseTarget('PRP-5:nonsense');
  assert.match(failed.ok ? '' : failed.failure.message, /`nonsense` is neither a phase nor a level/);
  assert.match(failed.ok ? '' : (failed.failure.next ?? ''), /PRP-5:phase2:L1/);
});

test('a target read and written again is itself', () => {
  const number = fc.stringMatching(/^[1-9]\d?(\.[1-9]){0,2}$/);
  const target = fc.record({
    prp: fc.tuple(number, fc.constantFrom('', '.*')).map(([id, tail]) => `PRP-${id}${tail}`),
    phase: fc.option(
      fc.oneof(
        number.map((id) => `phase${id}`),
        fc.constant('final'),
      ),
    ),
    level: fc.option(fc.constantFrom('L1' as const, 'L2' as const, 'L3' as const, 'L4' as const)),
  });
  fc.assert(fc.property(target, (value) => assert.equal(parseTarget(formatTarget(value)), { ok: true, value: { ...value } })));
});

test('H1 ids have one spelling, and placeholders are none', () => {
  assert.equal(['PRP-1', '1.2', 'prp_001', '31', 'A', '46.10'].map(normaliseId), ['PRP-1', 'PRP-1.2', 'PRP-1', 'PRP-31', 'PRP-A', 'PRP-46.10']);
  assert.equal(['TBD', 'none', '', 'PRP 1 and more', 'РRР-1'].map(normaliseId), [null, null, null, null, null]);
  assert.is(idOfFileName('PRPs/executed/PRP-34.2.1-detection.md'), 'PRP-34.2.1');
  assert.is(idOfFileName('PRP-38.md'), 'PRP-38');
  assert.is(idOfFileName('PRPs/notes.md'), null);
});

test('D3 row 16: ids are compared whole', () => {
  assert.is.not(normaliseId('PRP-1'), normaliseId('PRP-12'));
  assert.is.not(normaliseId('47.1'), normaliseId('47x1'));
});

test('a title loses the id in front of it, and nothing else', () => {
  assert.equal(splitTitle('PRP-45: Post-mortem'), { id: 'PRP-45', title: 'Post-mortem' });
  assert.equal(splitTitle('PRP: 多Agent'), { id: null, title: '多Agent' });
  assert.equal(splitTitle('PRP sizing'), { id: null, title: 'PRP sizing' });
  assert.equal(splitTitle('PRP-5 as it was'), { id: null, title: 'PRP-5 as it was' });
});

test.run();
