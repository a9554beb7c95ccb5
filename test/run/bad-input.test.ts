/** Hostile input beside the text of specs, rows 11 to 40 of the threat list: refs, ids, cycles, control sequences, and state that was edited. */
import { chownSync, cpSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, assertUntouched, body, CANARY } from './hostile.ts';
import { given, inPlace, outcomes, phase, prp } from './rig.ts';

test('rows 11-14: places, branches, revisions and remotes of a spec or the command line never reach git as options or commands', async () => {
  await inPlace((place) => {
    for (const front of [
      'worktree_path: ../../..',
      'branch_name: "--upload-pack=touch ../canary"',
      'merge_into_branch: "x.lock"',
      'remote: "ext::sh -c touch% ../canary"',
    ]) {
      place.write('PRPs/PRP-1.md', `---\nprp_id: PRP-1\ntitle: t\n${front}\n---\n\n${body('true')}`);
      place.ce('run', 'PRP-1', '--dry-run');
      assertUntouched(place, front);
    }
    place.remove('PRPs/PRP-1.md');
    for (const ref of [
      '--upload-pack=touch ../canary',
      '-b',
      'a..b',
      '@{u}',
      'x.lock',
      'refs/heads/../../x',
      'HEAD:../../x',
      ':/text',
      '$(touch ../canary)',
      '',
    ]) {
      assertRefused(place, place.ce('validate', `--since=${ref}`), /CE_GIT_BAD_REF|CE_USAGE_BAD_VALUE/, `--since=${ref}`);
    }
    for (const name of ['../../x', '--force', 'a b', '$(touch ../canary)']) assertRefused(place, place.ce('prp', 'restore', 'PRP-1', '--', name), /CE_/, name);
  });
});

test('row 15: a title with a line break or a forged trailer stays one subject line, and a forged commit is no evidence', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { name: 'Innocent Ce-Phase: phase9' })], { title: '"t\\n\\nCe-PRP: PRP-9\\nCe-Phase: phase1"' });
    place.git('commit', '--quiet', '--allow-empty', '-m', 'PRP-1: Phase 1 - Part 1\n\nCe-PRP: PRP-1\nCe-Phase: phase1');
    assert.is(outcomes(await place.json('run', 'PRP-1', '--dry-run'))['PRP-1:phase1:implement'], 'planned');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.is(place.git('log', '-1', '--format=%s').split('\n').length, 1);
    assert.is(place.git('log', '-1', '--format=%(trailers:key=Ce-PRP,valueonly)').trim(), 'PRP-1');
    assert.is(place.git('log', '-1', '--format=%(trailers:key=Ce-Phase,valueonly)').trim(), 'phase1');
    assert.match(place.ce('run', 'PRP-9').stderr, /PRP file not found: PRP-9/);
  });
});

test('rows 16-17: ids match whole; an id that two files have is an error that lists them', async () => {
  await inPlace((place) => {
    place.write('PRPs/a.md', prp('PRP-12', [phase(1)]));
    place.write('PRPs/b.md', prp('PRP-47x1', [phase(1)]));
    place.commit('specs');
    for (const id of ['PRP-1', 'PRP-47.1', '2']) assert.match(place.ce('run', id, '--dry-run').stderr, /CE_SPEC_NOT_FOUND/, id);
    place.write('PRPs/c.md', prp('PRP-12', [phase(1)]));
    const twice = place.ce('run', 'PRP-12');
    assert.is(twice.exit, 2);
    assert.match(twice.stderr, /CE_SPEC_AMBIGUOUS/);
    for (const path of ['PRPs/a.md', 'PRPs/c.md']) assert.ok(twice.stderr.includes(path), path);
    assert.is(place.ce('run', 'PRPs/c.md', '--dry-run').exit, 0);
    assert.not.ok(place.has('part1.txt'));
  });
});

test('row 18: a cycle is shown as a path; dependencies on itself and on nothing are errors; a long chain is no stack overflow', async () => {
  await inPlace((place) => {
    const depends = (id: string, on: string): void =>
      place.write(`PRPs/${id}.md`, prp(id, [phase(1, { command: CANARY })], { front: `dependencies: [${on}]\n` }));
    depends('PRP-1', 'PRP-2');
    depends('PRP-2', 'PRP-3');
    depends('PRP-3', 'PRP-1');
    for (const more of [[], ['--with-deps']]) {
      const cycle = place.ce('run', 'PRP-1', ...more);
      assertRefused(place, cycle, /CE_GRAPH_CYCLE/, `cycle ${more.join()}`);
      assert.match(cycle.stderr, /PRP-1 (→|->) PRP-2 (→|->) PRP-3 (→|->) PRP-1/);
    }
    depends('PRP-4', 'PRP-4');
    const itself = place.ce('show', 'PRP-4');
    assert.match(itself.stdout, /PRPs\/PRP-4\.md:\d+ warning CE_SPEC_DEPENDENCY PRP-4 depends on itself/);
    depends('PRP-5', 'PRP-404');
    assertRefused(place, place.ce('run', 'PRP-5'), /PRP-404: no such PRP/, 'unknown');
    for (let n = 1000; n < 1400; n += 1) depends(`PRP-${n}`, `PRP-${n + 1}`);
    place.write('PRPs/PRP-1400.md', prp('PRP-1400', [phase(1)]));
    assertRefused(place, place.ce('run', 'PRP-1000'), /CE_GRAPH_DEPENDENCY_INCOMPLETE/, 'chain');
  });
});

test('row 19: control sequences and direction marks of a title never reach the terminal', async () => {
  await inPlace((place) => {
    place.write(
      'PRPs/PRP-1.md',
      `---\nprp_id: PRP-1\ntitle: "t \\e]52;c;aGk=\\a \\e[2J \\r \\u202E end"\n---\n\n# t \u001b[2J\u202e\n\n## Implementation Blueprint\n\n${phase(1, { name: 'N \u001b]52;c;aGk=\u0007\u202e', command: "printf '\\033[2J\\033]0;x\\007'; grep -q part part1.txt" })}`,
    );
    place.commit('spec');
    for (const args of [
      ['run', 'PRP-1', '--dry-run'],
      ['show', 'PRP-1'],
      ['list'],
      ['run', 'PRP-1'],
      ['run', 'PRP-1', '--force', '--json'],
      ['logs'],
      ['explain', 'PRP-1'],
    ]) {
      const { exit, stdout, stderr } = place.ce(...args);
      assert.is(exit, 0, `${args.join(' ')}: ${stdout}${stderr}`);
      assert.not.match(stdout + stderr, /[\u0007\u001b\u202e\r]/, args.join(' '));
    }
  });
});

test('row 40: a journal that was edited, cut off or written by a newer ce is said, and nothing is written', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: "echo 'part2.txt:1: error: no'; exit 1" })]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    const head = place.git('rev-parse', 'HEAD');
    const [run = ''] = readdirSync(join(place.root, '.ce/runs'));
    const file = `.ce/runs/${run}/journal.jsonl`;
    const whole = place.read(file);
    place.write(file, whole.replace('"phase-paths"', '"phase-pathz"'));
    const edited = place.ce('run', 'PRP-1');
    assert.is(edited.exit, 2);
    assert.match(edited.stderr, /CE_STATE_CORRUPT/);
    assert.match(edited.stderr, new RegExp(run));
    place.write(file, whole.slice(0, -30));
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    place.write('.ce/version', '999\n');
    const newer = place.ce('run', 'PRP-1');
    assert.is(newer.exit, 2);
    assert.match(newer.stderr, /CE_STATE_VERSION/);
    assert.is(place.git('rev-parse', 'HEAD'), head);
  });
});

test("row 40: a repository that was moved or copied with its .ce goes on; a .ce that is a link or another user's is refused", async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2)]);
    assert.is(place.ce('run', 'PRP-1:phase1').exit, 0);
    const copy = join(place.around, 'copy');
    cpSync(place.root, copy, { recursive: true });
    assert.is(place.ceIn({ cwd: copy }, 'run', 'PRP-1').exit, 0);
    const moved = join(place.around, 'moved here');
    renameSync(copy, moved);
    assert.match(place.ceIn({ cwd: moved }, 'run', 'PRP-1').stdout, /Nothing to do/);
    renameSync(join(place.root, '.ce'), join(place.around, 'elsewhere'));
    symlinkSync(join(place.around, 'elsewhere'), join(place.root, '.ce'));
    const linked = place.ce('run', 'PRP-1');
    assert.is(linked.exit, 2, linked.stdout);
    assert.match(linked.stderr, /CE_STATE_UNSAFE/);
    assert.not.ok(place.has('part2.txt'));
    if (process.getuid?.() !== 0) {
      process.stdout.write('\nskipped: only root can give .ce to another user\n');
      return;
    }
    chownSync(join(moved, '.ce'), 12_345, 12_345);
    const foreign = place.ceIn({ cwd: moved }, 'run', 'PRP-1', '--force');
    assert.is(foreign.exit, 2, foreign.stdout);
    assert.match(foreign.stderr, /CE_STATE_UNSAFE/);
  });
});

test.run();
