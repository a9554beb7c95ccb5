/** Where the repository is, read from files: checkouts, linked worktrees, submodules, and what is none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openGit } from '../../core/vcs/git.ts';
import { repositoryNotes, repositoryState } from '../../core/vcs/preconditions.ts';
import { readHead, readRefs } from '../../core/vcs/refs.ts';
import { findRepository } from '../../core/vcs/repository.ts';
import { codeOf, inRepository, makeRepository, value, type Rig } from '../rig.ts';

async function codes(rig: Rig, at = rig.root): Promise<string[]> {
  const repository = value(findRepository(at));
  const git = value(await openGit(repository, { hooks: 'off', environment: rig.environment }));
  return (await repositoryState(repository, git)).map(({ code, next }) => `${code}${next === undefined ? ' without next' : ''}`);
}

test('the repository is found from a folder inside it, as git finds it', async () => {
  await inRepository(async (rig) => {
    mkdirSync(join(rig.root, 'deep/er'), { recursive: true });
    const found = value(findRepository(join(rig.root, 'deep/er')));
    assert.equal(found, { root: rig.root, gitDir: join(rig.root, '.git'), commonDir: join(rig.root, '.git'), mainRoot: rig.root, linked: false });
  }, 'Ünï repo');
});

test("a linked worktree has its own root and shares the main checkout's state", async () => {
  await inRepository(async (rig) => {
    rig.git('worktree', 'add', '--quiet', '-b', 'other', '../linked');
    const found = value(findRepository(join(rig.around, 'linked')));
    assert.is(found.root, join(rig.around, 'linked'));
    assert.is(found.mainRoot, rig.root);
    assert.is(found.commonDir, join(rig.root, '.git'));
    assert.ok(found.linked);
    assert.equal(readHead(found), { branch: 'other', oid: rig.git('rev-parse', 'other') });
    assert.equal(await codes(rig, found.root), []);
  });
});

test('a worktree of a bare repository stands for itself; the bare repository is refused', async () => {
  await inRepository(async (rig) => {
    rig.git('clone', '--quiet', '--bare', '.', '../bare.git');
    rig.gitAt(join(rig.around, 'bare.git'), 'worktree', 'add', '--quiet', '../from-bare', 'main');
    const found = value(findRepository(join(rig.around, 'from-bare')));
    assert.is(found.mainRoot, found.root);
    assert.is(codeOf(findRepository(join(rig.around, 'bare.git'))), 'CE_GIT_NOT_A_REPOSITORY');
    assert.is(codeOf(findRepository(join(rig.around, 'home'))), 'CE_GIT_NOT_A_REPOSITORY');
    mkdirSync(join(rig.around, 'broken'));
    writeFileSync(join(rig.around, 'broken/.git'), 'gitdir: /nowhere/at/all\n');
    assert.is(codeOf(findRepository(join(rig.around, 'broken'))), 'CE_GIT_NOT_A_REPOSITORY');
  });
});

test('a submodule is a repository of its own, and its parent is noted to have one', async () => {
  await inRepository(async (rig) => {
    rig.git('clone', '--quiet', '.', '../library');
    rig.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../library', 'lib');
    rig.commit('with a submodule');
    const found = value(findRepository(join(rig.root, 'lib')));
    assert.is(found.root, join(rig.root, 'lib'));
    assert.is(found.mainRoot, join(rig.root, 'lib'));
    assert.not.ok(found.linked);
    assert.match(repositoryNotes(value(findRepository(rig.root))).join('\n'), 'submodules');
    rig.git('clone', '--quiet', '--depth', '1', `file://${rig.root}`, '../shallow');
    assert.match(repositoryNotes(value(findRepository(join(rig.around, 'shallow')))).join('\n'), 'shallow');
  });
});

test('refs are read loose before packed, and locks are not refs', async () => {
  await inRepository(async (rig) => {
    const first = rig.git('rev-parse', 'HEAD');
    for (const name of ['refs/ce/PRP-1/phase1', 'refs/ce/PRP-1/phase2', 'refs/tags/checkpoint-a']) rig.git('update-ref', name, first);
    rig.git('pack-refs', '--all');
    const second = rig.commit('second');
    rig.git('update-ref', 'refs/ce/PRP-1/phase2', second);
    rig.write('.git/refs/ce/PRP-1/phase3.lock', '');
    const repository = value(findRepository(rig.root));
    assert.equal(
      [...(readRefs(repository, 'refs/ce/') ?? [])],
      [
        ['refs/ce/PRP-1/phase1', first],
        ['refs/ce/PRP-1/phase2', second],
      ],
    );
    assert.equal([...(readRefs(repository, 'refs/tags/checkpoint-') ?? [])], [['refs/tags/checkpoint-a', first]]);
    assert.equal(readHead(repository), { branch: 'main', oid: second });
    rig.write('.git/config', `${rig.read('.git/config')}\n[extensions]\n\trefStorage = reftable\n`);
    assert.is(readHead(repository), null, 'refs that are not in files are left to git');
  });
});

test('no commit, no branch, no identity: each is a failure with the next command', async () => {
  const rig = makeRepository('repo', 'without-identity');
  assert.equal(await codes(rig), ['CE_GIT_NO_COMMIT', 'CE_GIT_IDENTITY']);
  rig.git('-c', 'user.name=R', '-c', 'user.email=r@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'first');
  rig.git('checkout', '--quiet', '--detach');
  assert.equal(await codes(rig), ['CE_GIT_DETACHED', 'CE_GIT_IDENTITY']);
  rig.close();
});

test('a merge, rebase, cherry-pick, revert or bisect under way is a failure that names it', async () => {
  const clash = (rig: Rig): void => {
    rig.git('checkout', '--quiet', '-b', 'other');
    rig.write('base.txt', 'theirs\n');
    rig.commit('theirs');
    rig.git('checkout', '--quiet', 'main');
    rig.write('base.txt', 'ours\n');
    rig.commit('ours');
  };
  const starts: readonly (readonly string[])[] = [
    ['merge', 'other'],
    ['rebase', 'other'],
    ['cherry-pick', 'other'],
    ['revert', '--no-edit', 'main~1'],
    ['bisect', 'start'],
  ];
  for (const start of starts) {
    await inRepository(async (rig) => {
      clash(rig);
      try {
        rig.git(...start);
      } catch {
        // It stops at the conflict, which is what is wanted.
      }
      assert.ok((await codes(rig)).includes('CE_GIT_BUSY'), start.join(' '));
    });
  }
});

test('git that is missing or too old is CE_GIT_MISSING', async () => {
  await inRepository(async (rig) => {
    const repository = value(findRepository(rig.root));
    assert.is(codeOf(await openGit(repository, { hooks: 'off', environment: { PATH: '/nowhere' } })), 'CE_GIT_MISSING');
    rig.write('old/git', '#!/bin/sh\necho git version 2.20.1\n');
    rig.executable('old/git');
    const old = await openGit(repository, { hooks: 'off', environment: { PATH: join(rig.root, 'old') } });
    assert.match(old.ok ? '' : old.failure.message, 'git 2.20 is too old');
  });
});

test('GIT_* variables of the caller do not lead git elsewhere', async () => {
  await inRepository(async (rig) => {
    const other = makeRepository();
    const environment = {
      ...rig.environment,
      GIT_DIR: join(other.root, '.git'),
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: '/nowhere/index',
      GIT_CEILING_DIRECTORIES: '/',
    };
    const git = value(await openGit(value(findRepository(rig.root)), { hooks: 'off', environment }));
    assert.is(value(await git.raw(['rev-parse', '--show-toplevel'])).trim(), rig.root);
    other.close();
  });
});

test.run();
