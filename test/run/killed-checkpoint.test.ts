/** Killed at any point of making a checkpoint, the same command ends it and makes no second one, also when nothing else is left to do. */
// time limit: 240 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CRASH_POINTS } from '../../core/crash.ts';
import { given, inPlace, outcomes, phase, subjects, tags } from './rig.ts';

for (const point of CRASH_POINTS.filter((name) => /^vcs\.(?:checkpoint|index)\./.test(name))) {
  test(`killed at ${point}`, async () => {
    await inPlace(async (place) => {
      given(place, 'PRP-1', [phase(1)]);
      const dead = place.ceIn({ env: { CE_CRASH_AT: point } }, 'run', 'PRP-1');
      assert.is(dead.signal, 'SIGKILL', `${dead.stdout}${dead.stderr}`);
      const result = await place.json('run', 'PRP-1');
      assert.is(result.exit_code, 0, JSON.stringify(result.failure));
      assert.equal(subjects(place).slice(2), ['PRP-1: Phase 1 - Part 1']);
      assert.is(tags(place).length, 1);
      assert.is(place.git('status', '--porcelain'), '');
      assert.ok(Object.values(outcomes(await place.json('run', 'PRP-1'))).every((outcome) => outcome === 'fresh'));
    });
  });
}

test('an index that another git held is brought up to date by the same command again, also when nothing else is left to do', async () => {
  for (const again of ['PRP-1:phase1', 'PRP-1'])
    await inPlace(async (place) => {
      given(place, 'PRP-1', [phase(1), phase(2)]);
      place.write('.git/index.lock', '');
      const held = place.ce('run', 'PRP-1:phase1');
      assert.match(held.stdout + held.stderr, /the index is locked/);
      assert.is.not(place.git('status', '--porcelain'), '');
      place.remove('.git/index.lock');
      const result = await place.json('run', again);
      assert.is(result.exit_code, 0, JSON.stringify(result.failure));
      assert.is(place.git('status', '--porcelain'), '');
      assert.is(tags(place).length, again === 'PRP-1' ? 2 : 1);
    });
});

test.run();
