/** A run that was killed or interrupted goes on with the same command: nothing is lost, nothing done twice, no process left. */
import { chmodSync, cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNoProcesses, given, inPlace, outcomes, phase, processesIn, subjects, tags, until, type Place } from './rig.ts';

/** Waits at its first time, until somebody removes the file or ends it. */
const HOLD = 'if [ ! -f ../held ]; then touch ../held; sleep 300; fi';
const DONE = ['PRP-1: Phase 1 - Part 1', 'PRP-1: Phase 2 - Part 2', 'PRP-1: Phase 3 - Part 3'];

const held = (place: Place): boolean => existsSync(join(place.around, 'held'));
const treeOf = (place: Place, folder: string): string => place.gitAt(folder, 'rev-parse', 'HEAD^{tree}');

/** What the repository comes to when nothing disturbs the run; made in a copy. */
function undisturbed(place: Place): string {
  const copy = join(place.around, 'other', 'repo');
  cpSync(place.root, copy, { recursive: true });
  writeFileSync(join(place.around, 'other', 'held'), '');
  assert.is(place.ceIn({ cwd: copy }, 'run', 'PRP-1').exit, 0);
  return treeOf(place, copy);
}

async function resumed(place: Place, expected: string): Promise<void> {
  const result = await place.json('run', 'PRP-1');
  assert.is(result.exit_code, 0, JSON.stringify(result.failure));
  await assertNoProcesses(place);
  assert.equal(subjects(place).slice(-3), DONE);
  assert.is(subjects(place).filter((subject) => subject.startsWith('PRP-1: Phase')).length, 3);
  assert.is(tags(place).length, 3);
  assert.is(treeOf(place, place.root), expected);
  assert.is(place.git('status', '--porcelain'), '');
  place.git('fsck', '--strict');
  assert.ok(Object.values(outcomes(await place.json('run', 'PRP-1'))).every((outcome) => outcome === 'fresh'));
}

test('kill -9 in the middle of a gate: the next run ends what was left, and no phase is done twice', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: `${HOLD}\ngrep -q 'part 2' part2.txt` }), phase(3)]);
    const expected = undisturbed(place);
    const run = place.start('run', 'PRP-1');
    await until(() => held(place), 'the gate of phase 2');
    run.kill('SIGKILL');
    assert.is((await run.ended).signal, 'SIGKILL');
    assert.is.not(processesIn(place.root)?.length, 0);
    assert.is(subjects(place).length, 3);
    assert.match(place.ce('status').stdout, /interrupted|unfinished|ce resume|ce run/);
    await resumed(place, expected);
  });
});

test("kill -9 in the middle of a program that implements: its half-made files are the phase's own", async () => {
  await inPlace(async (place) => {
    place.write(
      'impl.sh',
      `#!/bin/bash\necho half > "part\${CE_PHASE#phase}.txt"\nif [ "$CE_PHASE" = phase2 ]; then ${HOLD}; fi\necho "part \${CE_PHASE#phase}" > "part\${CE_PHASE#phase}.txt"\n`,
    );
    chmodSync(join(place.root, 'impl.sh'), 0o755);
    place.write('ce.config.json', JSON.stringify({ implementer: { command: ['./impl.sh'] } }));
    given(place, 'PRP-1', [phase(1), phase(2), phase(3)]);
    const expected = undisturbed(place);
    const run = place.start('run', 'PRP-1');
    await until(() => held(place), 'the program of phase 2');
    run.kill('SIGKILL');
    await run.ended;
    assert.is(place.read('part2.txt'), 'half\n');
    await resumed(place, expected);
  });
});

test('Ctrl-C once: exit 130, the journal is ended, no process is left, and `ce resume` goes on', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: `${HOLD}\ngrep -q 'part 2' part2.txt` }), phase(3)]);
    const expected = undisturbed(place);
    const run = place.start('run', 'PRP-1');
    await until(() => held(place), 'the gate of phase 2');
    run.kill('SIGINT');
    const { exit, stdout, stderr } = await run.ended;
    assert.is(exit, 130, stdout + stderr);
    await assertNoProcesses(place);
    assert.match(stdout + stderr, /interrupted/);
    const journal = place.ce('logs', '--json').stdout;
    assert.match(journal, /"run\.end"[^\n]*"exitCode":130|"exitCode":130[^\n]*"run\.end"/);
    assert.is(place.ce('resume').exit, 0);
    await resumed(place, expected);
  });
});

test('Ctrl-C twice does not wait for a tool that ignores TERM; SIGTERM is 143', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: `trap '' TERM INT\n${HOLD}\ngrep -q 'part 1' part1.txt` }), phase(2), phase(3)]);
    const expected = undisturbed(place);
    const run = place.start('run', 'PRP-1');
    await until(() => held(place), 'the gate');
    run.kill('SIGINT');
    await new Promise((next) => setTimeout(next, 300));
    run.kill('SIGINT');
    const { exit, signal } = await run.ended;
    assert.ok(exit === 130 || signal === 'SIGINT', `${exit} ${signal}`);
    await assertNoProcesses(place);
    place.remove('../held');
    const again = place.start('run', 'PRP-1');
    await until(() => held(place), 'the gate again');
    again.kill('SIGTERM');
    assert.is((await again.ended).exit, 143);
    await assertNoProcesses(place);
    await resumed(place, expected);
  });
});

test('two runs at once: the second is told who holds the lock, exit 75; commands that only read or judge go on', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: "touch ../held; while [ ! -f ../go ]; do sleep 0.05; done; grep -q 'part 1' part1.txt" })]);
    const run = place.start('run', 'PRP-1');
    await until(() => held(place), 'the gate');
    const second = await place.json('run', 'PRP-1');
    assert.is(second.exit_code, 75);
    assert.is(second.failure?.code, 'CE_STATE_LOCKED');
    if (process.platform === 'linux') assert.match(`${second.failure?.message} ${second.failure?.why}`, new RegExp(`\\b${run.pid}\\b`));
    for (const args of [['status'], ['show', 'PRP-1'], ['explain', 'PRP-1'], ['run', 'PRP-1', '--dry-run']])
      assert.is(place.ce(...args).exit, 0, args.join(' '));
    assert.is(place.ce('validate', '--level', '1').exit, 3);
    writeFileSync(join(place.around, 'go'), '');
    assert.is((await run.ended).exit, 0);
    assert.equal(subjects(place).slice(-1), ['PRP-1: Phase 1 - Part 1']);
  });
});

test.run();
