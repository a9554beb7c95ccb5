/** Who makes a phase's changes: the spec itself, a program, a person. What they say of themselves is never evidence. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validateAgainst } from '../../core/schema.ts';
import { given, inPlace, outcomes, phase, subjects, tags, type Place } from './rig.ts';

function program(place: Place, body: string): void {
  place.write('impl.sh', `#!/bin/bash\n${body}\n`);
  chmodSync(join(place.root, 'impl.sh'), 0o755);
  place.write('ce.config.json', JSON.stringify({ implementer: { command: ['./impl.sh'] } }));
}

const again = (place: Place): void => {
  place.git('reset', '--quiet', '--hard', 'main~1');
};

test('E5 blueprint: applied once and again it changes nothing; what it can not bind it reports and does not invent', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { files: { 'src/a.txt': 'one\n', 'src/b.txt': 'two\n' }, command: 'test -f src/a.txt' })]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    const forced = await place.json('run', 'PRP-1', '--force');
    assert.is(forced.exit_code, 0, JSON.stringify(forced.failure));
    assert.is(forced.tasks.find(({ id }) => id === 'PRP-1:phase1:implement')?.reason, 'nothing to change');
    assert.is(place.git('rev-parse', 'HEAD^{tree}'), place.git('rev-parse', 'HEAD~1^{tree}'));

    given(place, 'PRP-2', [phase(1, { files: {}, command: 'test -f src/c.txt', extra: '**Files to Create**:\n\n- `src/c.txt` - a file without content\n\n' })]);
    const open = await place.json('run', 'PRP-2');
    assert.is(open.exit_code, 3);
    assert.is(open.failure?.code, 'CE_IMPLEMENT_NOTHING');
    assert.not.ok(place.has('src/c.txt'));
  });
});

test('E5 a program reads the phase as JSON on stdin, changes the tree, and its report and status lines are shown', async () => {
  await inPlace(async (place) => {
    program(
      place,
      `cat > ../request.json\necho HEALTH:OK\necho STATUS:PHASE_COMPLETE:1/1\necho "part $CE_PHASE" > part1.txt\necho '{"prp_id":"PRP-1","status":"completed","summary":"wrote it all"}' > "$CE_REPORT"`,
    );
    given(place, 'PRP-1', [phase(1)]);
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 3, 'the gate wants "part 1" and got "part phase1"');
    assert.equal(tags(place), []);
    const request = JSON.parse(place.read('../request.json')) as { prp_id: string; phase: { number: string } };
    assert.equal(
      (await validateAgainst('implement-request', request)).map(({ message }) => message),
      [],
    );
    assert.is(request.prp_id, 'PRP-1');
    place.git('checkout', '--quiet', '--', '.');
    place.git('clean', '--quiet', '-fd');
    program(place, `echo 'part 1' > part1.txt\necho HEALTH:OK\necho '{"prp_id":"PRP-1","status":"completed","summary":"wrote it all"}' > "$CE_REPORT"`);
    place.git('add', 'impl.sh', 'ce.config.json');
    place.git('commit', '--quiet', '-m', 'program');
    const good = await place.json('run', 'PRP-1');
    assert.is(good.exit_code, 0, JSON.stringify(good.failure));
    assert.is(good.tasks.find(({ kind }) => kind === 'implement')?.reason, 'wrote it all');
  });
});

test('E5 a program that fails, says that it failed, hangs, is missing or does nothing makes no checkpoint', async () => {
  await inPlace(async (place) => {
    const cases: readonly (readonly [string, string, number])[] = [
      ['exit 9', 'CE_IMPLEMENT_FAILED', 1],
      ["echo 'part 1' > part1.txt; echo 'STATUS:FAILED:no idea'", 'CE_IMPLEMENT_FAILED', 1],
      [`echo 'part 1' > part1.txt; echo '{"status":"partial","error":"half"}' > "$CE_REPORT"`, 'CE_IMPLEMENT_FAILED', 1],
      ["echo 'part 1' > part1.txt; kill -9 $$", 'CE_IMPLEMENT_FAILED', 1],
    ];
    program(place, 'true');
    given(place, 'PRP-1', [phase(1)]);
    const head = place.git('rev-parse', 'HEAD');
    for (const [body, code, exit] of cases) {
      program(place, body);
      const result = await place.json('run', 'PRP-1', '--allow-dirty');
      assert.is(result.failure?.code, code, body);
      assert.is(result.exit_code, exit, body);
      assert.is(place.git('rev-parse', 'HEAD'), head, body);
      place.git('clean', '--quiet', '-fd');
    }
    program(place, 'sleep 300');
    place.write('ce.config.json', JSON.stringify({ implementer: { command: ['./impl.sh'], timeout: 500 } }));
    assert.is((await place.json('run', 'PRP-1', '--allow-dirty')).failure?.code, 'CE_TASK_TIMEOUT');
    place.write('ce.config.json', JSON.stringify({ implementer: { command: ['no-such-agent'] } }));
    const missing = await place.json('run', 'PRP-1', '--allow-dirty');
    assert.is(missing.failure?.code, 'CE_TASK_NOT_FOUND');
    assert.is(missing.exit_code, 3);
    program(place, "echo 'I am done'");
    const idle = await place.json('run', 'PRP-1', '--allow-dirty');
    assert.is.not(idle.exit_code, 0);
    assert.is(place.git('rev-parse', 'HEAD'), head);
    assert.equal(tags(place), []);
  });
});

test('manual: without a terminal a person is needed, exit 3; what the person then did is judged and is the phase', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1)]);
    const asked = await place.json('run', 'PRP-1', '--implementer', 'manual');
    assert.is(asked.exit_code, 3);
    assert.is(asked.failure?.code, 'CE_IMPLEMENT_NEEDS_PERSON');
    assert.match(asked.failure?.why ?? '', /create part1\.txt/);
    place.write('part1.txt', 'part 1, by a person\n');
    assert.is(place.ce('prp', 'checkpoint', 'PRP-1:phase1').exit, 0);
    assert.equal(subjects(place).slice(-1), ['PRP-1: Phase 1 - Part 1']);
    assert.is(outcomes(await place.json('run', 'PRP-1'))['PRP-1:phase1:implement'], 'fresh');
  });
});

test('a patch that was made before on the same tree is replayed for nothing, and the gates still run', async () => {
  await inPlace(async (place) => {
    program(place, "echo x >> ../calls; echo 'part 1' > part1.txt");
    given(place, 'PRP-1', [phase(1, { command: "echo y >> ../judged; grep -q 'part 1' part1.txt" })]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    const tree = place.git('rev-parse', 'HEAD^{tree}');
    again(place);
    const replayed = await place.json('run', 'PRP-1');
    assert.is(replayed.exit_code, 0, JSON.stringify(replayed.failure));
    assert.is(outcomes(replayed)['PRP-1:phase1:implement'], 'cached');
    assert.is(outcomes(replayed)['PRP-1:phase1:L2'], 'executed');
    assert.is(place.read('../calls'), 'x\n');
    assert.is(place.read('../judged'), 'y\ny\n');
    assert.is(place.git('rev-parse', 'HEAD^{tree}'), tree);
    again(place);
    assert.is(outcomes(await place.json('run', 'PRP-1', '--force'))['PRP-1:phase1:implement'], 'executed');
    assert.is(place.read('../calls'), 'x\nx\n');
  });
});

test('a patch with a link or bytes that are no text is not kept: the program runs again', async () => {
  await inPlace(async (place) => {
    program(place, "echo x >> ../calls; echo 'part 1' > part1.txt; ln -sf part1.txt link");
    given(place, 'PRP-1', [phase(1)]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    const tree = place.git('rev-parse', 'HEAD^{tree}');
    again(place);
    assert.is(outcomes(await place.json('run', 'PRP-1'))['PRP-1:phase1:implement'], 'executed');
    assert.is(place.read('../calls'), 'x\nx\n');
    assert.is(place.git('rev-parse', 'HEAD^{tree}'), tree);
  });
});

test('a program that commits by itself is told so: its commit was never judged', async () => {
  await inPlace(async (place) => {
    program(place, "echo 'part 1' > part1.txt; git add part1.txt; git commit -qm 'by the program' || true");
    given(place, 'PRP-1', [phase(1)]);
    const result = await place.json('run', 'PRP-1');
    assert.is(result.failure?.code, 'CE_GIT_MOVED');
    assert.is(result.exit_code, 1);
    assert.equal(tags(place), []);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.equal(subjects(place).slice(-2), ['by the program', 'PRP-1: Phase 1 - Part 1']);
  });
});

test.run();
