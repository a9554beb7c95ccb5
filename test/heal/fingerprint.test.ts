import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../core/api.ts';
import { failureSet, fingerprintOf, normalise, progress } from '../../core/exec/failure-set.ts';
import { gateOf, result } from './rig.ts';

const found = (message: string, line: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
  source: 'ruff',
  code: 'F401',
  severity: 'error',
  message,
  file: 'a.py',
  line,
  ...more,
});

/** `lines` is the file as it was judged. */
const setOf = (lines: readonly string[], ...diagnostics: readonly Diagnostic[]) =>
  failureSet(gateOf('L1', 1, result('ruff', diagnostics.length === 0 ? 'pass' : 'fail', diagnostics)), async (_, line) => lines[line - 1] ?? null);

test('a failure that only moved is the same failure; another text on its line is not', async () => {
  const before = await setOf(['import os'], found('os is unused', 1));
  const moved = await setOf(['', '', '  import os'], found('os is unused', 3));
  const other = await setOf(['import os, sys'], found('os is unused', 1));
  assert.is(fingerprintOf(before), fingerprintOf(moved));
  assert.is.not(fingerprintOf(before), fingerprintOf(other));
});

test('order does not count, number does', async () => {
  const [a, b] = [found('a', 1), found('b', 2)];
  assert.is(fingerprintOf(await setOf(['x', 'y'], a, b)), fingerprintOf(await setOf(['x', 'y'], b, a)));
  assert.is.not(fingerprintOf(await setOf(['x', 'x'], a, found('a', 2))), fingerprintOf(await setOf(['x'], a)));
});

test('what differs from run to run is not part of a message', () => {
  for (const [one, two] of [
    ['at 0x7f3a', 'at 0x12'],
    ['took 1.2s', 'took 33 s'],
    ['a.py:12:3: no', 'a.py:99:1: no'],
    ['on line 4', 'on line 5'],
    ['at 2026-01-02T03:04:05Z', 'at 2027-11-12T13:14:15.678Z'],
    ['a  b', 'a b'],
  ] as const) {
    assert.is(normalise(one), normalise(two));
  }
  assert.is.not(normalise('expected 3'), normalise('expected 4'));
});

test('progress: fewer and nothing new is better; a failure reported at another line is not new', async () => {
  const lines = ['import os', 'import sys'];
  const both = await setOf(lines, found('unused', 1), found('unsorted', 1, { code: 'I001' }));
  assert.is(progress(both, await setOf(['import sys'], found('unsorted', 1, { code: 'I001' }))).verdict, 'better');
  assert.is(progress(both, both).verdict, 'worse');
  const traded = progress(both, await setOf(lines, found('new', 2, { file: 'b.py' })));
  assert.equal(traded, { verdict: 'worse', gainedIn: ['b.py'] });
  const fixable = found('new', 2, { fixes: [{ title: 't', edits: [] }] });
  assert.is(progress(both, await setOf(lines, fixable)).verdict, 'open');
  assert.is(progress(both, await setOf(lines, fixable, found('new too', 1))).verdict, 'worse');
});

test('a tool that crashes after the heal is something new', async () => {
  const before = await setOf(['x'], found('a', 1), found('b', 1));
  const after = await failureSet(gateOf('L1', 2, result('ruff', 'crash', [])), async () => null);
  assert.is(progress(before, after).verdict, 'worse');
});

test.run();
