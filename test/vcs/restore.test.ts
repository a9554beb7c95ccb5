/** Restoring moves the branch and the files to a checkpoint, keeps what was there, and says how to get it back. */
import { execSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyCheckpoint, prepareCheckpoint } from '../../core/vcs/checkpoint.ts';
import { listCheckpoints } from '../../core/vcs/checkpoint-list.ts';
import type { Git } from '../../core/vcs/git.ts';
import { restoreCheckpoint } from '../../core/vcs/restore.ts';
import { codeOf, inRepository, value, type Rig } from '../rig.ts';
import { NOW, phaseOf } from './phase.ts';

async function twoPhases(rig: Rig, git: Git): Promise<string[]> {
  const commits: string[] = [];
  for (const number of ['1', '2']) {
    rig.write('own.txt', `phase ${number}\n`);
    rig.write(`only-${number}.txt`, 'x\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt', `only-${number}.txt`], { phase: `phase${number}`, number })));
    value(await applyCheckpoint(git, intent));
    commits.push(intent.commit);
  }
  return commits;
}

test("E25 restore goes back to the phase's newest checkpoint on its branch, and undo brings everything back", async () => {
  await inRepository(async (rig, git) => {
    const [first, second] = await twoPhases(rig, git);
    rig.write('own.txt', 'edited by hand\n');
    rig.write('note.txt', 'untracked\n');
    rig.write('keep/ignored.log', 'ignored\n');
    rig.write('.git/info/exclude', '*.log\n');
    const restored = value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    assert.is(restored.checkpoint.commit, first);
    assert.is(rig.git('symbolic-ref', 'HEAD'), 'refs/heads/main');
    assert.is(rig.git('rev-parse', 'HEAD'), first);
    assert.is(rig.read('own.txt'), 'phase 1\n');
    assert.is(rig.read('note.txt'), 'untracked\n', 'nothing else is deleted');
    assert.is(rig.read('keep/ignored.log'), 'ignored\n');
    assert.is(rig.git('status', '--porcelain'), '?? note.txt');
    for (const command of restored.undo) execSync(command, { cwd: rig.root, env: rig.environment, stdio: 'pipe' });
    assert.is(rig.git('rev-parse', 'HEAD'), second);
    assert.is(rig.read('own.txt'), 'edited by hand\n');
    assert.is(rig.read('only-2.txt'), 'x\n');
  });
});

test('an untracked file in the way of a restored one is kept in the safety ref', async () => {
  await inRepository(async (rig, git) => {
    await twoPhases(rig, git);
    value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    rig.write('only-2.txt', 'mine\n');
    const restored = value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase2', now: NOW }));
    assert.is(rig.read('only-2.txt'), 'x\n');
    assert.is(rig.git('show', `${restored.safety[1]}:only-2.txt`), 'mine');
  });
});

test('ignored files in the way, also in folders and instead of them, come back with undo', async () => {
  await inRepository(async (rig, git) => {
    rig.write('sub/deep.txt', 'x\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['sub/deep.txt', 'own.txt'], { phase: 'phase1', number: '1' })));
    value(await applyCheckpoint(git, intent));
    rig.git('reset', '--quiet', '--hard', 'HEAD~1');
    rig.write('.git/info/exclude', '*.key\nsub\n');
    rig.remove('sub');
    for (const [path, text] of Object.entries({ sub: 'instead\n', 'own.txt': 'untracked\n' })) rig.write(path, text);
    const restored = value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    assert.is(rig.read('sub/deep.txt'), 'x\n');
    for (const command of restored.undo) execSync(command, { cwd: rig.root, env: rig.environment, stdio: 'pipe' });
    assert.is(rig.read('sub'), 'instead\n');
    rig.remove('sub');
    rig.write('sub/deep.txt/secret.key', 'in a folder\n');
    const again = value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    assert.is(rig.read('sub/deep.txt'), 'x\n');
    for (const command of again.undo) execSync(command, { cwd: rig.root, env: rig.environment, stdio: 'pipe' });
    assert.is(rig.read('sub/deep.txt/secret.key'), 'in a folder\n');
  });
});

test('what was staged and differs from the file is kept, and undo stages it again', async () => {
  await inRepository(async (rig, git) => {
    await twoPhases(rig, git);
    rig.write('own.txt', 'staged\n');
    rig.git('add', 'own.txt');
    rig.write('own.txt', 'in the file\n');
    const restored = value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    for (const command of restored.undo) execSync(command, { cwd: rig.root, env: rig.environment, stdio: 'pipe' });
    assert.is(rig.read('own.txt'), 'in the file\n');
    assert.is(rig.git('show', ':own.txt'), 'staged');
  });
});

test('a repository of its own where a file should go is refused and left alone', async () => {
  await inRepository(async (rig, git) => {
    rig.write('sub/deep.txt', 'x\n');
    value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, ['sub/deep.txt'], { phase: 'phase1', number: '1' })))));
    rig.git('reset', '--quiet', '--hard', 'HEAD~1');
    rig.git('init', '--quiet', 'sub');
    rig.write('sub/deep.txt', 'inner\n');
    assert.is(codeOf(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW })), 'CE_GIT_DIRTY');
    assert.is(rig.read('sub/deep.txt'), 'inner\n');
  });
});

test('E25 phase2 means its newest checkpoint, and no phase the newest of the PRP', async () => {
  await inRepository(async (rig, git) => {
    await twoPhases(rig, git);
    rig.write('own.txt', 'phase 2 again\n');
    const again = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    value(await applyCheckpoint(git, again));
    value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase1', now: NOW }));
    assert.is(value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase2', now: NOW })).checkpoint.commit, again.commit, 'though HEAD had left it');
    assert.is(rig.read('own.txt'), 'phase 2 again\n');
    assert.is(value(await restoreCheckpoint(git, { prp: 'PRP-5', phase: null, now: NOW })).checkpoint.commit, again.commit);
  });
});

test('a checkpoint that is not there is named, with those that are', async () => {
  await inRepository(async (rig, git) => {
    await twoPhases(rig, git);
    const missing = await restoreCheckpoint(git, { prp: 'PRP-5', phase: 'phase9', now: NOW });
    assert.is(codeOf(missing), 'CE_GIT_CHECKPOINT_MISSING');
    assert.match(missing.ok ? '' : (missing.failure.why ?? ''), 'phase2, phase1');
    assert.is(codeOf(await restoreCheckpoint(git, { prp: 'PRP-55', phase: null, now: NOW })), 'CE_GIT_CHECKPOINT_MISSING');
    rig.git('checkout', '--quiet', '--detach');
    assert.is(codeOf(await restoreCheckpoint(git, { prp: 'PRP-5', phase: null, now: NOW })), 'CE_GIT_DETACHED');
  });
});

test('the list has the commit, not the tag object, and survives odd titles', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareCheckpoint(phaseOf(git, [], { prp: 'DEDRIFT-20251017-133428', title: 'a | b - "c" $(d)' })));
    value(await applyCheckpoint(git, intent));
    const [one] = await listCheckpoints(git, 'DEDRIFT-20251017-133428');
    assert.is(one?.commit, rig.git('rev-parse', 'HEAD'));
    assert.is(one?.tag, intent.tag?.name);
    assert.is(one?.subject, 'DEDRIFT-20251017-133428: Phase 2 - a | b - "c" $(d)');
    assert.is(one?.reachable, true);
    assert.ok(!Number.isNaN(Date.parse(one?.date ?? '')));
  });
});

test.run();
