/** `ce validate --since`: what nothing changed in is not judged, and that is no failure; a repository without any check still is one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inPlace } from '../run/rig.ts';

const REFUSE = JSON.stringify({ detect: false, validators: { apples: { level: 'L1', command: 'echo "apples.txt:1: error: rotten"; exit 1' } } });

test('with no changed file nothing is judged and the exit code is 0; with one the check runs; without checks it is still unverified', async () => {
  await inPlace(async (place) => {
    place.write('ce.config.json', REFUSE);
    place.commit('orchard');
    const clean = place.ce('validate', '--since', 'HEAD');
    assert.is(clean.exit, 0, clean.stderr);
    assert.match(clean.stdout, /nothing to judge: no project has a file that changed/);
    const document = await place.json('validate', '--since', 'HEAD');
    assert.is(document.exit_code, 0);
    assert.equal(document.tasks, []);

    place.write('apples.txt', 'red\n');
    const changed = await place.json('validate', '--since', 'HEAD');
    assert.is(changed.exit_code, 1);
    assert.is(changed.failure?.code, 'CE_GATE_FAILED');
    place.remove('apples.txt');

    place.write('ce.config.json', JSON.stringify({ detect: false }));
    place.commit('bare');
    const bare = await place.json('validate', '--since', 'HEAD');
    assert.is(bare.exit_code, 3);
    assert.is(bare.failure?.code, 'CE_GATE_UNVERIFIED');
  });
});

test.run();
