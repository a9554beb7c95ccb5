/** The main story: three phases become three checkpoints; what is done stays done, and what changed is planned again, with the reason. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validateAgainst } from '../../core/schema.ts';
import { checkpointRefs, given, inPlace, outcomes, phase, prp, subjects, tags, tree, type Place } from './rig.ts';

const THREE = [phase(1), phase(2), phase(3)];

/** Everything of the tree and of `.ce` with its content, to see that nothing was written. */
function everything(place: Place): string {
  const files = [...tree(place.root, '.ce'), ...tree(place.root, '.git')].filter((path) => !/\.git\/index$/.test(path));
  return [place.git('status', '--porcelain'), place.git('rev-parse', 'HEAD'), ...files.map((path) => `${path} ${place.read(path).length}`)].join('\n');
}

test('E5 E11 E14 E22 three phases run in order; each is a commit with trailers, a tag and a ref, and the session is gone', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', THREE);
    const result = await place.json('run', 'PRP-1');
    assert.is(result.success, true);
    assert.is(result.phases_completed, 3);
    assert.equal(subjects(place), ['base', 'spec PRP-1', 'PRP-1: Phase 1 - Part 1', 'PRP-1: Phase 2 - Part 2', 'PRP-1: Phase 3 - Part 3']);
    assert.equal(checkpointRefs(place), ['refs/ce/PRP-1/phase1', 'refs/ce/PRP-1/phase2', 'refs/ce/PRP-1/phase3']);
    assert.equal(
      tags(place).map((tag) => tag.replace(/\d{8}-\d{6}$/, 'TIME')),
      ['checkpoint-PRP-1-phase1-TIME', 'checkpoint-PRP-1-phase2-TIME', 'checkpoint-PRP-1-phase3-TIME'],
    );
    assert.equal([...result.checkpoints_created].sort(), [...tags(place)].sort());
    for (const [back, n] of [
      [2, 1],
      [1, 2],
      [0, 3],
    ]) {
      const trailers = place.git('log', '-1', '--format=%(trailers:only)', `HEAD~${back}`);
      for (const line of [`Ce-Run: ${result.run_id}`, 'Ce-PRP: PRP-1', `Ce-Phase: phase${n}`, 'Ce-Tree: clean'])
        assert.ok(trailers.includes(line), `${line} in\n${trailers}`);
      assert.match(trailers, /^Ce-Spec: [0-9a-f]{64}$/m);
      assert.match(trailers, /^Ce-Gates: L1=\S+ L2=pass L3=unverified L4=pass$/m);
      assert.is(place.git('show', '--format=', '--name-only', `HEAD~${back}`), `part${n}.txt`);
    }
    assert.is(place.git('status', '--porcelain'), '');
    assert.not.ok(place.has('.ce/active_prp_session'));
    place.git('fsck', '--strict');

    const again = await place.json('run', 'PRP-1');
    assert.ok(
      again.tasks.every(({ outcome }) => outcome === 'fresh'),
      JSON.stringify(outcomes(again)),
    );
    assert.is(again.phases_completed, 3);
    assert.equal(again.checkpoints_created, []);
    assert.is(subjects(place).length, 5);
    assert.ok(again.tasks.every(({ reason }) => /^done at [0-9a-f]{7} \(ref\)$/.test(reason)));
    assert.match(place.ce('run', 'PRP-1').stdout, /Nothing to do: 18 tasks are fresh/);
  });
});

test('a spec that changed plans its phase and those after it, and says why; a ticked box changes nothing', async () => {
  await inPlace(async (place) => {
    const path = given(place, 'PRP-1', [phase(1), phase(2, { extra: '- [ ] look at it\n\n' }), phase(3)]);
    assert.is(place.ce('run', 'PRP-1').exit, 0);
    place.write(path, place.read(path).replace('- [ ] look', '- [x] look'));
    place.commit('tick');
    assert.ok((await place.json('run', 'PRP-1')).tasks.every(({ outcome }) => outcome === 'fresh'));
    place.write(path, place.read(path).replace('part 2\n', 'part 2, better\n'));
    place.commit('edit phase 2');
    const dry = await place.json('run', 'PRP-1', '--dry-run');
    const reasons = Object.fromEntries(dry.tasks.map(({ id, outcome, reason }) => [id, `${outcome}: ${reason}`]));
    assert.match(reasons['PRP-1:phase1:implement'] ?? '', /^fresh: done at/);
    assert.match(reasons['PRP-1:phase2:implement'] ?? '', /^planned: spec changed since [0-9a-f]{7}/);
    assert.match(reasons['PRP-1:phase3:implement'] ?? '', /^planned: after phase 2, whose spec changed/);
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 0);
    assert.is(place.read('part2.txt'), 'part 2, better\n');
    assert.equal(subjects(place).slice(-2), ['PRP-1: Phase 2 - Part 2', 'PRP-1: Phase 3 - Part 3']);
    assert.ok((await place.json('run', 'PRP-1')).tasks.every(({ outcome }) => outcome === 'fresh'));
  });
});

test('in a fresh clone, without .ce and refs, done is read from the trailers and said', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', THREE);
    assert.is(place.ce('run', 'PRP-1:phase2').exit, 0);
    place.gitAt(place.around, 'clone', '--quiet', '--no-tags', place.root, 'clone');
    const clone = join(place.around, 'clone');
    const { exit, stdout } = place.ceIn({ cwd: clone }, 'run', 'PRP-1', '--json');
    const result = JSON.parse(stdout) as { tasks: { id: string; outcome: string; reason: string }[] };
    assert.is(exit, 0, stdout);
    const first = result.tasks.find(({ id }) => id === 'PRP-1:phase2:checkpoint');
    assert.is(first?.outcome, 'fresh');
    assert.match(first?.reason ?? '', /\(trailer\)/);
    assert.is(place.gitAt(clone, 'rev-list', '--count', 'HEAD'), '5');
  });
});

test('E1 E2 targets: `--force`, both ends, a phase brings those before it, a gate makes no checkpoint', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', THREE);
    const gate = await place.json('run', 'PRP-1:phase1:L1');
    assert.is(gate.exit_code, 3, 'there is nothing to run at L1');
    assert.is(gate.failure?.code, 'CE_GATE_UNVERIFIED');
    assert.is((await place.json('run', 'PRP-1:phase1:L2')).exit_code, 0);
    assert.is((await place.json('run', 'PRP-1', '--start-phase', '3', '--end-phase', '2')).failure?.code, 'CE_USAGE_BAD_VALUE');
    assert.equal(tags(place), []);
    assert.ok(!gate.tasks.some(({ kind }) => kind === 'checkpoint'));
    assert.is(place.read('part1.txt'), 'part 1\n');

    assert.is((await place.json('run', 'PRP-1:phase2')).phases_completed, 2);
    assert.equal(subjects(place).slice(2), ['PRP-1: Phase 1 - Part 1', 'PRP-1: Phase 2 - Part 2']);
    const third = await place.json('execute', 'PRPs/PRP-1.md', '--start-phase', '3', '--end-phase', '3');
    assert.is(third.exit_code, 0);
    assert.is(outcomes(third)['PRP-1:phase1:implement'], 'skipped');
    assert.equal(subjects(place).slice(4), ['PRP-1: Phase 3 - Part 3']);
    const forced = await place.json('run', 'PRP-1', '--force');
    assert.is(forced.exit_code, 0);
    assert.is(forced.checkpoints_created.length, 3);
    assert.ok(
      forced.tasks.every(({ outcome }) => outcome !== 'fresh' && outcome !== 'cached'),
      JSON.stringify(outcomes(forced)),
    );
  });
});

test('E2 --dry-run says what would run and why, and writes nothing: tree, git and .ce are as they were', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', THREE);
    assert.is(place.ce('run', 'PRP-1:phase1').exit, 0);
    place.ce('run', 'PRP-1', '--dry-run');
    const before = everything(place);
    const { exit, stdout } = place.ce('run', 'PRP-1', '--dry-run');
    assert.is(exit, 0);
    assert.match(stdout, /PRP-1:phase2:L2 .*; runs grep -q 'part 2' part2\.txt/);
    assert.match(stdout, /\d+ tasks are fresh/);
    assert.is(everything(place), before);
    const dry = await place.json('run', 'PRP-1', '--dry-run');
    assert.is(dry.dry_run, true);
    assert.ok(dry.tasks.every(({ reason }) => reason !== ''));
    assert.is(everything(place), before);
  });
});

test('E2 --skip-validation implements, claims nothing and needs a person', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: 'touch canary' })]);
    const result = await place.json('run', 'PRP-1', '--skip-validation');
    assert.is(result.exit_code, 3);
    assert.is(result.phases_completed, 0);
    assert.is(place.read('part1.txt'), 'part 1\n');
    assert.equal(tags(place), []);
    assert.not.ok(place.has('canary'));
  });
});

test('E28 `--json` and `--events` follow their schemas, also when the work fails', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: 'echo "part2.txt:1: error: too short"; false' })]);
    const copy = join(place.around, 'copy');
    cpSync(place.root, copy, { recursive: true });
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 1);
    assert.is(result.prp_id, 'PRP-1');
    assert.is(result.phases_completed, 1);
    assert.is(result.validation_results['Phase1']?.success, true);
    assert.is(result.validation_results['Phase2']?.success, false);
    assert.is(result.validation_results['Phase2']?.validation_levels.L2?.passed, false);
    assert.equal(result.validation_results['Phase1']?.self_healed, []);
    assert.match(result.confidence_score ?? '', /^\d+\/10$/);
    assert.match(result.execution_time, /\d/);
    const { exit, stdout } = place.ceIn({ cwd: copy }, 'run', 'PRP-1', '--events');
    assert.is(exit, 1);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; seq: number });
    assert.equal(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
    );
    for (const event of events)
      assert.equal(
        (await validateAgainst('event', event)).map(({ message }) => message),
        [],
        JSON.stringify(event),
      );
    assert.is(events[0]?.type, 'run.start');
    assert.is(events.at(-1)?.type, 'run.end');
    assert.is(place.gitAt(copy, 'rev-list', '--count', 'HEAD'), '3');
  });
});

test('E10 E13 E15 E33 the plain lines hold the shapes of the seeds, and end with the score and how to read it', async () => {
  await inPlace((place) => {
    place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1)]));
    place.commit('spec');
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 0);
    const text = stdout + stderr;
    for (const line of [
      /={80}/,
      /Phase 1: Part 1/,
      /Goal: part 1 is there/,
      /📝 Create: part1\.txt - made by phase 1/,
      /🧪 Running validation/,
      /L2: Running grep/,
      /✅ L2 passed \(\d/,
      /✅ Phase 1 complete/,
      /Execution complete: \d+\/10 confidence/,
    ])
      assert.match(text, line);
    assert.match(text, /production-ready|test by hand|needs review|review/i);
  });
});

test.run();
