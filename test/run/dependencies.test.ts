/** PRPs that stand on others: never started unasked, in order when asked, and each with its own commits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, phase, prp, subjects, type Place } from './rig.ts';

const part = (id: string, n: number, on: string): string => prp(id, [phase(n)], on === '' ? {} : { front: `dependencies: [${on}]\n` });

function chain(place: Place): void {
  place.write('PRPs/PRP-1.md', part('PRP-1', 1, ''));
  place.write('PRPs/PRP-2.md', part('PRP-2', 2, 'PRP-1'));
  place.write('PRPs/PRP-3.md', part('PRP-3', 3, 'PRP-2'));
  place.commit('specs');
}

test('an undone dependency stops the run with the tree of what is missing; --with-deps does it first', async () => {
  await inPlace(async (place) => {
    chain(place);
    const refused = await place.json('run', 'PRP-3');
    assert.is(refused.exit_code, 2);
    assert.is(refused.failure?.code, 'CE_GRAPH_DEPENDENCY_INCOMPLETE');
    assert.match(refused.failure?.why ?? '', /^PRP-3\n {2}PRP-2: not done [^\n]*\n {4}PRP-1: not done/);
    assert.match(refused.failure?.next ?? '', /ce run PRP-1 PRP-2|--with-deps/);
    assert.not.ok(place.has('part1.txt'));
    const all = await place.json('run', 'PRP-3', '--with-deps');
    assert.is(all.exit_code, 0, JSON.stringify(all.failure));
    assert.is(all.prp_id, null);
    assert.equal(Object.keys(all.validation_results), ['PRP-1:Phase1', 'PRP-2:Phase2', 'PRP-3:Phase3']);
    assert.equal(subjects(place).slice(2), ['PRP-1: Phase 1 - Part 1', 'PRP-2: Phase 2 - Part 2', 'PRP-3: Phase 3 - Part 3']);
    assert.equal(
      [2, 1, 0].map((back) => place.git('show', '--format=', '--name-only', `HEAD~${back}`)),
      ['part1.txt', 'part2.txt', 'part3.txt'],
    );
    assert.is(place.ce('run', 'PRP-3').exit, 0);
  });
});

test('a dependency that is done by its checkpoints or its status is enough; a soft one only orders', async () => {
  await inPlace(async (place) => {
    chain(place);
    assert.is(place.ce('run', 'PRP-1').exit, 0);
    assert.is((await place.json('run', 'PRP-2')).exit_code, 0);
    place.write('PRPs/PRP-8.md', prp('PRP-8', [phase(8)]).replace('status: planning', 'status: executed'));
    given(place, 'PRP-9', [phase(9)], { front: 'dependencies: [PRP-8, "PRP-7 (optional)"]\n' });
    assert.is((await place.json('run', 'PRP-9')).exit_code, 0);
    assert.not.ok(place.has('part8.txt'));
  });
});

test('`PRP-47.*` is every PRP below it and no other; a pattern without any says so', async () => {
  await inPlace(async (place) => {
    for (const [id, n] of [
      ['PRP-47', 1],
      ['PRP-47.1', 2],
      ['PRP-47.2', 3],
      ['PRP-470', 4],
    ] as const)
      place.write(`PRPs/${id}.md`, prp(id, [phase(n)]));
    place.commit('specs');
    const result = await place.json('run', 'PRP-47.*');
    assert.is(result.exit_code, 0, JSON.stringify(result.failure));
    assert.equal(subjects(place).slice(2), ['PRP-47.1: Phase 2 - Part 2', 'PRP-47.2: Phase 3 - Part 3']);
    const none = await place.json('run', 'PRP-5.*');
    assert.is(none.failure?.code, 'CE_SPEC_NOT_FOUND');
    assert.is(none.exit_code, 2);
  });
});

test('a failure in one PRP is told for that PRP, and the PRP that stands on it is not started', async () => {
  await inPlace(async (place) => {
    place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1, { command: "echo 'part1.txt:1: error: no'; exit 1" })]));
    place.write('PRPs/PRP-2.md', part('PRP-2', 2, 'PRP-1'));
    place.commit('specs');
    const result = await place.json('run', 'PRP-2', '--with-deps');
    assert.is(result.exit_code, 1);
    assert.not.ok(place.has('part2.txt'));
    assert.is(result.tasks.find(({ id }) => id === 'PRP-2:phase2:implement')?.outcome, 'blocked');
    assert.equal(subjects(place).slice(2), []);
  });
});

test.run();
