/** Worktrees of ce: made beside the repository, removed by id even when git can no longer work with them. */
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settleIntent } from '../../core/vcs/checkpoint.ts';
import { branchName, checkpointRef, isRefName, refPart } from '../../core/vcs/ref-name.ts';
import { addWorktree, prepareWorktree, removeWorktree, worktreePath } from '../../core/vcs/worktree.ts';
import { codeOf, inRepository, value } from '../rig.ts';

test('a worktree stands beside the repository, with its own branch', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareWorktree(git, 'ce-1', 'ce/PRP-5'));
    const path = value(await addWorktree(git, intent));
    assert.is(path, join(rig.around, 'repo.worktrees/ce-1'));
    assert.is(rig.gitAt(path, 'symbolic-ref', 'HEAD'), 'refs/heads/ce/PRP-5');
    assert.is(rig.git('status', '--porcelain'), '');
    removeWorktree(git.repository, path);
    assert.not.ok(existsSync(path));
    assert.is(
      rig
        .git('worktree', 'list', '--porcelain')
        .split('\n\n')
        .filter((entry) => entry !== '').length,
      1,
    );
    assert.is(rig.git('rev-parse', 'ce/PRP-5'), intent.base, 'the branch stays');
  });
});

test('a half-made worktree that breaks git itself is undone by its id', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareWorktree(git, 'ce-1', 'ce/PRP-5'));
    value(await addWorktree(git, intent));
    const other = value(await addWorktree(git, value(await prepareWorktree(git, 'ce-2', 'ce/PRP-6'))));
    truncateSync(join(rig.root, '.git/worktrees/ce-1/commondir'));
    assert.throws(() => rig.git('worktree', 'list'), /commondir/, 'git refuses to work now');
    assert.is(value(await settleIntent(git, intent)), 'undone');
    assert.match(rig.git('worktree', 'list'), other);
    assert.is(rig.git('branch', '--list', 'ce/PRP-5'), '');
    assert.is(value(await settleIntent(git, intent)), 'undone', 'again changes nothing');
  });
});

test('a worktree that git had begun to record, and no more, is undone by its id', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareWorktree(git, 'ce-1', 'ce/PRP-5'));
    value(await addWorktree(git, intent));
    for (const file of ['gitdir', 'commondir', 'HEAD']) truncateSync(join(rig.root, '.git/worktrees/ce-1', file));
    rig.remove('../repo.worktrees/ce-1/.git');
    assert.is(value(await settleIntent(git, intent)), 'undone');
    assert.not.ok(existsSync(join(rig.root, '.git/worktrees/ce-1')));
    assert.is(rig.git('branch', '--list', 'ce/PRP-5'), '');
  });
});

test('a worktree whose branch has commits of its own is kept', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareWorktree(git, 'ce-1', 'ce/PRP-5'));
    const path = value(await addWorktree(git, intent));
    rig.gitAt(path, 'commit', '--quiet', '--allow-empty', '-m', 'work');
    assert.is(value(await settleIntent(git, intent)), 'completed');
    assert.ok(existsSync(path));
  });
});

test('what is in the way is left untouched and named', async () => {
  await inRepository(async (rig, git) => {
    const path = worktreePath(git.repository, 'ce-1');
    rig.write('../repo.worktrees/ce-1/precious.txt', 'precious');
    const refused = await prepareWorktree(git, 'ce-1', 'ce/PRP-5');
    assert.is(codeOf(refused), 'CE_GIT_WORKTREE');
    assert.is(!refused.ok && refused.failure.place?.file, path);
    assert.is(rig.read('../repo.worktrees/ce-1/precious.txt'), 'precious');
    assert.is(codeOf(await prepareWorktree(git, '../../..', 'x')), 'CE_GIT_BAD_REF');
    assert.is(codeOf(await prepareWorktree(git, 'ce-3', 'main')), 'CE_GIT_WORKTREE');
  });
});

test('names that git or a shell would read otherwise are refused before git runs', () => {
  for (const name of [
    '--upload-pack=touch x',
    '-b',
    'a..b',
    'x.lock',
    '@{u}',
    'refs/heads/../../x',
    'a b',
    'a\nb',
    '',
    '/x',
    'x/',
    'a//b',
    '.hidden',
    'a/.b',
    'HEAD:../../x',
    ':/text',
    '$(id)',
    'ü',
    'a~1',
    'a^',
    'a:b',
    'HEAD',
    'x'.repeat(300),
  ]) {
    assert.is(codeOf(branchName(name)), 'CE_GIT_BAD_REF', name);
  }
  for (const name of ['main', 'ce/PRP-47.1.1', 'feature/a_b-c.d']) assert.ok(isRefName(name), name);
});

test('ids become parts of refs, different ids different parts', () => {
  assert.is(checkpointRef('PRP-47.1.1', 'phase10.1'), 'refs/ce/PRP-47.1.1/phase10.1');
  const odd = ['a b', 'a/b', 'a_b', 'ü', 'ö', '-x', 'x.lock', 'a..b', '.x', 'safety', '', 'x'.repeat(100), `${'x'.repeat(100)}y`];
  const parts = odd.map(refPart);
  assert.is(new Set(parts).size, odd.length);
  for (const part of parts) assert.ok(isRefName(part) && !part.includes('/'), part);
});

test.run();
