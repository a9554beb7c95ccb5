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

test.run();
