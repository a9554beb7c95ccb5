/** Whose change is it? Foreign changes stop a run; a phase's own stay its own, also after a failure and after a person mended them. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, outcomes, phase, prp, subjects, tags, type Place } from './rig.ts';

const files = (place: Place, commit = 'HEAD'): readonly string[] => place.git('show', '--format=', '--name-only', commit).split('\n').sort();

/** A script of the repository, so that a gate can do what the test says. */
function tool(place: Place, name: string, body: string): void {
  place.write(name, `#!/bin/bash\nset -e\n${body}\n`);
  chmodSync(join(place.root, name), 0o755);
}

test('foreign changes stop the run with the list, before anything is done; --allow-dirty goes on and such a checkpoint is not done', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1)]);
    place.write('base.txt', 'changed by a person\n');
    place.write('notes.txt', 'new\n');
    const refused = await place.json('run', 'PRP-1');
    assert.is(refused.exit_code, 2);
    assert.is(refused.failure?.code, 'CE_GIT_DIRTY');
    for (const path of ['base.txt', 'notes.txt']) assert.match(refused.failure?.message ?? '', new RegExp(path.replace('.', '\\.')));
    assert.not.ok(place.has('part1.txt'));
    assert.equal(tags(place), []);

    const dirty = await place.json('run', 'PRP-1', '--allow-dirty');
    assert.is(dirty.exit_code, 0, JSON.stringify(dirty.failure));
    assert.match(place.git('log', '-1', '--format=%(trailers)'), /^Ce-Tree: dirty$/m);
    assert.equal(files(place), ['part1.txt']);
    assert.is(place.read('base.txt'), 'changed by a person\n');
    place.git('checkout', '--quiet', 'base.txt');
    place.remove('notes.txt');
    const next = await place.json('run', 'PRP-1', '--dry-run');
    assert.is(outcomes(next)['PRP-1:phase1:L2'], 'planned');
    assert.match(next.tasks[0]?.reason ?? '', /dirty tree/);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.match(place.git('log', '-1', '--format=%(trailers)'), /^Ce-Tree: clean$/m);
    assert.is(outcomes(await place.json('run', 'PRP-1'))['PRP-1:phase1:L2'], 'fresh');
  });
});

test('what a failed phase left is its own at the next run, also after a person mended it', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: "grep -q mended part1.txt || { echo 'part1.txt:1: error: not mended'; exit 1; }" }), phase(2)]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    assert.is(place.read('part1.txt'), 'part 1\n');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    place.write('part1.txt', 'mended by hand\n');
    const mended = await place.json('run', 'PRP-1');
    assert.is(mended.exit_code, 0, JSON.stringify(mended.failure));
    assert.is(place.read('part1.txt'), 'mended by hand\n');
    assert.equal(subjects(place).slice(2), ['PRP-1: Phase 1 - Part 1', 'PRP-1: Phase 2 - Part 2']);
    assert.equal(files(place, 'HEAD~1'), ['part1.txt']);
    assert.is(place.git('status', '--porcelain'), '');
  });
});

test('what a failed phase of one PRP left never goes into the checkpoint of another', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: "echo 'part1.txt:1: error: no'; exit 1" })]);
    given(place, 'PRP-2', [phase(2)]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    const other = await place.json('run', 'PRP-2');
    if (other.exit_code === 0) assert.equal(files(place), ['part2.txt']);
    else assert.is(other.failure?.code, 'CE_GIT_DIRTY');
    assert.is(place.read('part1.txt'), 'part 1\n');
    assert.not.match(place.git('log', '--name-only', '--format='), /part1\.txt/);
  });
});

test('droppings of tools and new files of gates are left alone and told; they are in no commit and stop nothing', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: 'mkdir -p __pycache__ && touch __pycache__/a.pyc report.xml && test -f part1.txt' }), phase(2)]);
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 0, stdout + stderr);
    assert.match(stdout + stderr, /left by a gate and not committed: report\.xml/);
    assert.equal(files(place, 'HEAD~1'), ['part1.txt']);
    assert.equal(files(place), ['part2.txt']);
    assert.is(place.git('status', '--porcelain'), '?? __pycache__/\n?? report.xml');
    assert.is((await place.json('run', 'PRP-1', '--force')).exit_code, 0);
    assert.is(place.git('status', '--porcelain'), '?? __pycache__/\n?? report.xml');
  });
});

test('a gate that changes a tracked file of nobody fails the phase: that tree was not the one judged', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: 'date +%N >> base.txt; test -f part1.txt' })]);
    const head = place.git('rev-parse', 'HEAD');
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 2);
    assert.is(result.failure?.code, 'CE_GIT_DIRTY');
    assert.match(result.failure?.message ?? '', /base\.txt/);
    assert.is(place.git('rev-parse', 'HEAD'), head);
  });
});

test('a gate that formats a file of the phase runs again, and what it made is in the checkpoint; one that never settles fails', async () => {
  await inPlace(async (place) => {
    tool(place, 'format.sh', "sed -i 's/ *$//' part1.txt; echo run >> ../format-runs");
    tool(place, 'restless.sh', 'date +%N >> part2.txt');
    place.write('ce.config.json', JSON.stringify({ validators: { format: { level: 'L1', command: './format.sh' } } }));
    given(place, 'PRP-1', [phase(1, { files: { 'part1.txt': 'part 1   \n' } }), phase(2, { command: './restless.sh' })]);
    const result = await place.json('run', 'PRP-1');
    assert.is(place.git('show', 'HEAD:part1.txt'), 'part 1');
    assert.is(place.read('../format-runs').split('\n').length - 1 >= 2, true);
    assert.equal(subjects(place).slice(2), ['PRP-1: Phase 1 - Part 1']);
    assert.is(result.exit_code, 1);
    assert.is(result.failure?.code, 'CE_GATE_UNSTABLE');
    assert.is(result.phases_completed, 1);
  });
});

test('the PRP file: a change before the run is taken, one during the run is told and taken at the next run; it is never committed', async () => {
  await inPlace(async (place) => {
    const path = given(place, 'PRP-1', [
      phase(1),
      phase(2, { command: "sed -i 's/part 1 is there/part one is there/' PRPs/PRP-1.md; grep -q 'part 2' part2.txt" }),
    ]);
    place.write(path, place.read(path).replace('part 1\n```', 'part 1, edited\n```'));
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 0, stdout + stderr);
    assert.match(stdout + stderr, /CE_SPEC_CHANGED|changed while/);
    assert.is(place.git('show', 'HEAD:part1.txt'), 'part 1, edited');
    assert.not.match(place.git('log', '--name-only', '--format=', '-2'), /PRP-1\.md/);
    const next = await place.json('run', 'PRP-1', '--dry-run');
    assert.match(next.tasks.find(({ id }) => id === 'PRP-1:phase1:implement')?.reason ?? '', /spec changed/);
  });
});

test('a file that git ignores is written for the gates, told, and in no checkpoint', async () => {
  await inPlace((place) => {
    place.write('.gitignore', 'build/\n');
    given(place, 'PRP-1', [phase(1, { files: { 'build/out.txt': 'x\n', 'part1.txt': 'part 1\n' }, command: 'test -f build/out.txt' })]);
    const { exit, stdout } = place.ce('run', 'PRP-1');
    assert.is(exit, 0, stdout);
    assert.match(stdout, /ignored by git, so in no checkpoint: build\/out\.txt/);
    assert.equal(files(place), ['part1.txt']);
    place.git('reset', '--quiet', '--hard', 'HEAD~1');
    place.remove('build');
    assert.match(place.ce('run', 'PRP-1').stdout, /replayed/);
    assert.is(place.read('build/out.txt'), 'x\n');
  });
});

test('a commit or another branch under the run is CE_GIT_MOVED: nothing is checkpointed on a tree that was not judged', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [
      phase(1, { command: "if [ ! -f ../once ]; then touch ../once; echo theirs > base.txt; git commit -qam theirs; fi; grep -q 'part 1' part1.txt" }),
    ]);
    given(place, 'PRP-2', [phase(2, { command: "git checkout -q -B other; grep -q 'part 2' part2.txt" })]);
    const committed = await place.json('run', 'PRP-1');
    assert.is(committed.exit_code, 1);
    assert.is(committed.failure?.code, 'CE_GIT_MOVED');
    assert.is(subjects(place).at(-1), 'theirs');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.equal(files(place), ['part1.txt']);
    assert.is((await place.json('run', 'PRP-2')).failure?.code, 'CE_GIT_MOVED');
    assert.is(tags(place).length, 1);
  });
});

test('what a person staged stays staged, and out of the checkpoint', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1)]);
    place.write('base.txt', 'staged\n');
    place.git('add', 'base.txt');
    place.write('base.txt', 'staged, and more\n');
    assert.is((await place.json('run', 'PRP-1', '--allow-dirty')).exit_code, 0);
    assert.is(place.git('status', '--porcelain'), 'MM base.txt');
    assert.is(place.git('show', ':base.txt'), 'staged');
    assert.equal(files(place), ['part1.txt']);
  });
});

test('a fix by hand after a red gate is kept, and said; a file that only ce wrote follows the spec', () =>
  inPlace((place) => {
    const spec = (text: string): string => prp('PRP-1', [phase(1, { files: { 'one.txt': text }, command: 'grep -q right one.txt' })]);
    place.write('PRPs/PRP-1-x.md', spec('wrong\n'));
    place.commit('spec');
    assert.is.not(place.ce('run', 'PRP-1').exit, 0);
    place.write('PRPs/PRP-1-x.md', spec('still wrong\n'));
    assert.is.not(place.ce('run', 'PRP-1').exit, 0);
    assert.is(place.read('one.txt'), 'still wrong\n', 'nobody touched it, so the new text of the spec is applied');
    place.write('one.txt', 'right, by hand\n');
    const fixed = place.ce('run', 'PRP-1');
    assert.is(fixed.exit, 0, fixed.stdout);
    assert.is(place.read('one.txt'), 'right, by hand\n');
    assert.match(fixed.stdout, /one\.txt was changed since ce wrote it, and is kept/);
  }));

test.run();
