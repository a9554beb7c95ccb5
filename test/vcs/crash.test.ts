/** Killed at any named point, a checkpoint is completed or undone by the next run: never half, never twice, never lost. */
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CRASH_POINTS } from '../../core/crash.ts';
import type { CheckpointIntent } from '../../core/intents.ts';
import { applyCheckpoint, prepareCheckpoint, settleIntent } from '../../core/vcs/checkpoint.ts';
import { listCheckpoints } from '../../core/vcs/checkpoint-list.ts';
import { bundled } from '../bundle.ts';
import { inRepository, value, type Rig } from '../rig.ts';
import { phaseOf } from './phase.ts';

const CHILD = await bundled(join(import.meta.dirname, 'crash-child.ts'));

function child(rig: Rig, crashAt: string, ...args: string[]) {
  return spawnSync(process.execPath, [...CHILD, ...args], {
    env: { ...rig.environment, CE_CRASH_AT: crashAt },
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '../..'),
  });
}

const POINTS = CRASH_POINTS.filter((name) => name.startsWith('vcs.checkpoint.') || name.startsWith('vcs.index.'));

for (const point of POINTS) {
  test(`killed at ${point}, then killed again while it settles, then settled`, async () => {
    await inRepository(async (rig, git) => {
      rig.write('own.txt', 'own\n');
      rig.write('theirs.txt', 'staged by the user\n');
      rig.git('add', 'theirs.txt');
      const parent = rig.git('rev-parse', 'HEAD');
      const file = join(rig.around, 'intent.json');
      const first = child(rig, point, 'checkpoint', rig.root, file);
      assert.is(first.signal, 'SIGKILL', first.stderr);
      if (!existsSync(file)) {
        assert.is(rig.git('rev-parse', 'HEAD'), parent, 'nothing moves before the intent is known');
        return;
      }
      const intent = JSON.parse(readFileSync(file, 'utf8')) as CheckpointIntent;
      const second = child(rig, 'vcs.index.rename.before', 'settle', rig.root, file);
      assert.is(second.signal, 'SIGKILL', second.stderr);
      assert.is(value(await settleIntent(git, intent)), 'completed');
      assert.is(rig.git('rev-parse', 'HEAD'), intent.commit);
      assert.is(rig.git('rev-list', '--count', 'HEAD'), '2', 'applied once');
      assert.is(rig.git('for-each-ref', '--format=%(refname)', 'refs/ce', 'refs/tags'), `refs/ce/PRP-5/phase2\nrefs/tags/${intent.tag?.name ?? ''}`);
      assert.is(rig.git('status', '--porcelain'), 'A  theirs.txt');
      assert.is(rig.git('fsck', '--strict', '--no-dangling'), '');
      assert.equal(
        readdirSync(join(rig.root, '.git')).filter((name) => name.endsWith('.lock')),
        [],
      );
      assert.is((await listCheckpoints(git, 'PRP-5')).length, 1);
    });
  });
}

test('killed at every step of the recovery itself, the next one ends it', async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const file = join(rig.around, 'intent.json');
    assert.is(child(rig, 'vcs.checkpoint.ref.before', 'checkpoint', rig.root, file).signal, 'SIGKILL');
    for (const point of POINTS.filter((name) => !name.startsWith('vcs.index.write')))
      assert.is(child(rig, point, 'settle', rig.root, file).signal, 'SIGKILL', point);
    const intent = JSON.parse(readFileSync(file, 'utf8')) as CheckpointIntent;
    assert.is(value(await settleIntent(git, intent)), 'completed');
    assert.is(rig.git('rev-parse', 'HEAD'), intent.commit);
    assert.is(rig.git('status', '--porcelain'), '');
  });
});

test('an intent is undone when the branch moved elsewhere meanwhile', async () => {
  for (const point of ['vcs.checkpoint.ref.after', 'vcs.checkpoint.tag.after', 'vcs.checkpoint.branch.before']) {
    await inRepository(async (rig, git) => {
      rig.write('own.txt', 'own\n');
      const file = join(rig.around, 'intent.json');
      assert.is(child(rig, point, 'checkpoint', rig.root, file).signal, 'SIGKILL');
      rig.git('commit', '--quiet', '--allow-empty', '-m', 'by the user');
      const theirs = rig.git('rev-parse', 'HEAD');
      const intent = JSON.parse(readFileSync(file, 'utf8')) as CheckpointIntent;
      assert.is(child(rig, 'vcs.undo.after', 'settle', rig.root, file).signal, 'SIGKILL');
      assert.is(value(await settleIntent(git, intent)), 'undone');
      assert.is(rig.git('rev-parse', 'HEAD'), theirs);
      assert.is(rig.git('for-each-ref', 'refs/ce', 'refs/tags'), '');
      assert.is(rig.read('own.txt'), 'own\n', 'the work stays in the tree');
    });
  }
});

test('an intent whose commit is gone is undone', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareCheckpoint(phaseOf(git, [])));
    assert.is(value(await settleIntent(git, { ...intent, commit: 'b'.repeat(40) })), 'undone');
    assert.is(rig.git('for-each-ref', 'refs/ce', 'refs/tags'), '');
  });
});

test('a checkpoint that the user has built upon is done, not undone', async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    value(await applyCheckpoint(git, intent));
    rig.write('own.txt', 'later\n');
    const later = rig.commit('by the user');
    assert.is(value(await settleIntent(git, intent)), 'completed');
    assert.is(rig.git('rev-parse', 'HEAD'), later);
    assert.is(rig.git('status', '--porcelain'), '');
  });
});

test("stale locks of the intent's own refs are removed, every other lock is left", async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    const old = new Date(Date.now() - 5000);
    const lock = (path: string): void => {
      rig.write(`.git/${path}.lock`, '');
      utimesSync(join(rig.root, `.git/${path}.lock`), old, old);
    };
    for (const path of [intent.ref, intent.branch, `refs/tags/${intent.tag?.name ?? ''}`, 'HEAD', 'refs/heads/other', 'config']) lock(path);
    assert.is(value(await settleIntent(git, intent)), 'completed');
    assert.ok(existsSync(join(rig.root, '.git/refs/heads/other.lock')));
    assert.ok(existsSync(join(rig.root, '.git/config.lock')));
    assert.not.ok(existsSync(join(rig.root, '.git/HEAD.lock')));
  });
});

test('a lock that a live process holds open is never removed', async () => {
  const { openSync, closeSync } = await import('node:fs');
  const { clearStaleLocks } = await import('../../core/vcs/stale-locks.ts');
  await inRepository(async (rig, git) => {
    const file = join(rig.root, '.git/refs/heads/main.lock');
    const fd = openSync(file, 'w');
    const old = new Date(Date.now() - 5000);
    utimesSync(file, old, old);
    if (process.platform === 'linux') assert.equal(clearStaleLocks(git.repository, ['refs/heads/main']), []);
    closeSync(fd);
    assert.equal(clearStaleLocks(git.repository, ['refs/heads/main']), [file]);
  });
});

test("an index lock is ce's own only when it is the very file that ce prepared", async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    writeFileSync(join(rig.root, '.git/ce/refreshed-index'), 'half');
    linkSync(join(rig.root, '.git/ce/refreshed-index'), join(rig.root, '.git/index.lock'));
    value(await applyCheckpoint(git, intent));
    assert.is(rig.git('status', '--porcelain'), '');
  });
});

test('E25 a restore that was killed is ended by the same command, and nothing is lost', async () => {
  for (const point of CRASH_POINTS.filter((name) => name.startsWith('vcs.restore.'))) {
    await inRepository(async (rig, git) => {
      for (const phase of ['phase1', 'phase2']) {
        rig.write('own.txt', `${phase}\n`);
        value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, ['own.txt'], { phase, number: phase.slice(5) })))));
      }
      rig.write('own.txt', 'not committed\n');
      assert.is(child(rig, point, 'restore', rig.root, 'phase1').signal, 'SIGKILL');
      const again = child(rig, '', 'restore', rig.root, 'phase1');
      assert.is(again.status, 0, again.stderr);
      assert.is(rig.read('own.txt'), 'phase1\n');
      assert.is(rig.git('rev-parse', 'HEAD'), rig.git('rev-parse', 'refs/ce/PRP-5/phase1'));
      assert.is(rig.git('status', '--porcelain'), '');
      const saved = rig
        .git('for-each-ref', '--format=%(refname)', 'refs/ce/safety')
        .split('\n')
        .filter((ref) => ref.endsWith('/work'));
      assert.ok(
        saved.some((ref) => rig.git('show', `${ref}:own.txt`) === 'not committed'),
        point,
      );
    });
  }
});

test.run();
