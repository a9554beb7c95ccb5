/** A clone that nobody approved: its config is not run, what reads it says so, and an approval takes it whole. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, phase } from '../run/rig.ts';

const CONFIG = `import { writeFileSync } from 'node:fs';
writeFileSync('canary', 'the config ran');
export default { detect: false, validators: { texts: { level: 'L1', command: 'test -f base.txt', inputs: ['*.txt'] } } };
`;

test('nothing of a clone runs before it is approved, and what was read before does not stand in the way after', () =>
  inPlace((place) => {
    given(place, 'PRP-1', [phase(1)]);
    place.write('ce.config.ts', CONFIG);
    place.write('.gitignore', 'canary\n');
    place.commit('config');
    const nobody = { env: { CE_TRUST: undefined } };
    for (const args of [
      ['list'],
      ['show', 'PRP-1'],
      ['run', 'PRP-1', '--dry-run'],
      ['explain', 'PRP-1'],
      ['doctor'],
      ['graph'],
      ['validate', '--dry-run'],
      ['status'],
    ]) {
      place.ceIn(nobody, ...args);
      assert.not.ok(existsSync(join(place.root, 'canary')), args.join(' '));
    }
    const refused = place.ceIn(nobody, 'validate');
    assert.is(refused.exit, 3);
    assert.match(refused.stderr, /CE_STATE_NOT_TRUSTED/);
    assert.is(place.ceIn(nobody, 'run', 'PRP-1').exit, 3);
    assert.not.ok(existsSync(join(place.root, 'canary')));
    const approved = place.ceIn(nobody, 'validate', '--yes');
    assert.is(approved.exit, 0, approved.stdout + approved.stderr);
    assert.is(place.ceIn(nobody, 'validate').exit, 0, 'the approval is remembered');
    assert.ok(existsSync(join(place.root, 'canary')));
  }));

test.run();
