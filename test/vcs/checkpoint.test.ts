/** A checkpoint is one commit of the phase's own changes, a tag, a ref, and an index that follows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyCheckpoint, prepareCheckpoint } from '../../core/vcs/checkpoint.ts';
import { changedPaths } from '../../core/vcs/changes.ts';
import { codeOf, inRepository, value } from '../rig.ts';
import { phaseOf } from './phase.ts';

test('E11 a checkpoint is a commit on the branch, an annotated tag with a UTC time and a ref', async () => {
  await inRepository(async (rig, git) => {
    rig.write('src/login.ts', 'export {};\n');
    const parent = rig.git('rev-parse', 'HEAD');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['src/login.ts'])));
    assert.is(rig.git('rev-parse', 'HEAD'), parent, 'prepare moves nothing');
    assert.is(rig.git('for-each-ref', 'refs/ce', 'refs/tags'), '');
    value(await applyCheckpoint(git, intent));
    assert.is(rig.git('rev-parse', 'HEAD'), intent.commit);
    assert.is(rig.git('rev-parse', 'refs/ce/PRP-5/phase2'), intent.commit);
    assert.is(intent.tag?.name, 'checkpoint-PRP-5-phase2-20261120-093000');
    assert.is(rig.git('cat-file', '-t', 'checkpoint-PRP-5-phase2-20261120-093000'), 'tag');
    assert.is(rig.git('rev-parse', 'checkpoint-PRP-5-phase2-20261120-093000^{commit}'), intent.commit);
    assert.is(rig.git('log', '-1', '--format=%s'), 'PRP-5: Phase 2 - Add login');
    const trailers = rig.git('log', '-1', '--format=%(trailers:only,unfold)').trim().split('\n');
    assert.equal(trailers, [
      'Ce-Run: 20261120-093000-abc123',
      'Ce-PRP: PRP-5',
      'Ce-Phase: phase2',
      'Ce-Stage: none',
      `Ce-Spec: ${'a'.repeat(64)}`,
      'Ce-Gates: L1=pass L2=pass L3=unverified L4=n/a',
      'Ce-Tree: clean',
    ]);
    assert.is(rig.git('status', '--porcelain'), '');
    assert.is(rig.git('fsck', '--strict', '--no-dangling'), '');
  });
});

test('a second checkpoint in the same second gets the suffix -2', async () => {
  await inRepository(async (rig, git) => {
    for (const text of ['one', 'two']) {
      rig.write('a.txt', text);
      value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, ['a.txt'])))));
    }
    assert.is(rig.git('tag', '--list'), 'checkpoint-PRP-5-phase2-20261120-093000\ncheckpoint-PRP-5-phase2-20261120-093000-2');
    assert.is(rig.git('rev-parse', 'refs/ce/PRP-5/phase2'), rig.git('rev-parse', 'HEAD'));
  });
});

test('the final checkpoint is named Complete, and tags can be switched off', async () => {
  await inRepository(async (rig, git) => {
    const intent = value(await prepareCheckpoint(phaseOf(git, [], { phase: 'final', number: null, title: 'Login', tags: 'no' })));
    value(await applyCheckpoint(git, intent));
    assert.is(rig.git('log', '-1', '--format=%s'), 'PRP-5: Complete - Login');
    assert.is(rig.git('tag', '--list'), '');
    assert.is(rig.git('rev-parse', 'HEAD^{tree}'), rig.git('rev-parse', 'HEAD~1^{tree}'), 'a phase without changes keeps the tree');
  });
});

test("only the phase's own paths are committed; what the user staged or changed elsewhere stays as it was", async () => {
  await inRepository(async (rig, git) => {
    rig.write('theirs.txt', 'staged\n');
    rig.git('add', 'theirs.txt');
    rig.write('base.txt', 'changed by hand\n');
    rig.write('own.txt', 'own\n');
    value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, ['own.txt'])))));
    assert.is(rig.git('show', '--name-status', '--format=', 'HEAD'), 'A\town.txt');
    assert.is(rig.git('status', '--porcelain'), ' M base.txt\nA  theirs.txt');
  });
});

test('names with spaces, unicode, leading dashes and glob characters are plain paths', async () => {
  await inRepository(async (rig, git) => {
    const paths = ['-rf', '--output=x', 'with space.txt', 'Grüße/ünï\tcode.md', '*.txt', ':(top)x', 'a"b\\c', '[ab].txt'];
    rig.write('b.txt', 'matches [ab].txt and *.txt\n');
    for (const path of paths) rig.write(path, `${path}\n`);
    assert.equal(
      (await changedPaths(git)).map(({ path }) => path),
      [...paths, 'b.txt'].sort(),
    );
    const intent = value(await prepareCheckpoint(phaseOf(git, paths)));
    assert.equal(intent.paths, [...paths].sort());
    value(await applyCheckpoint(git, intent));
    assert.is(rig.git('status', '--porcelain'), '?? b.txt');
  }, 'a repo with spaces');
});

test('deletions, modes, links, and a folder in place of a file are committed as they are', async () => {
  await inRepository(async (rig, git) => {
    for (const path of ['gone.txt', 'run.sh', 'was-file', 'was-folder/inner.txt', 'target.txt']) rig.write(path, `${path}\n`);
    rig.commit('more');
    rig.remove('gone.txt');
    rig.executable('run.sh');
    rig.link('link', 'target.txt');
    rig.remove('was-file');
    rig.write('was-file/inner.txt', 'inner\n');
    rig.remove('was-folder');
    rig.write('was-folder', 'now a file\n');
    const paths = (await changedPaths(git)).map(({ path }) => path);
    value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, paths)))));
    assert.equal(
      rig
        .git('diff-tree', '-r', '--no-commit-id', '--no-renames', 'HEAD')
        .split('\n')
        .map((line) => line.replace(/[0-9a-f]{40} /g, '')),
      [
        ':100644 000000 D\tgone.txt',
        ':000000 120000 A\tlink',
        ':100644 100755 M\trun.sh',
        ':100644 000000 D\twas-file',
        ':000000 100644 A\twas-file/inner.txt',
        ':000000 100644 A\twas-folder',
        ':100644 000000 D\twas-folder/inner.txt',
      ],
    );
    assert.is(rig.git('status', '--porcelain'), '');
  });
});

test('a branch that someone moved is CE_GIT_MOVED, and ref and tag are taken back', async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    rig.git('commit', '--quiet', '--allow-empty', '-m', 'by the user');
    const theirs = rig.git('rev-parse', 'HEAD');
    assert.is(codeOf(await applyCheckpoint(git, intent)), 'CE_GIT_MOVED');
    assert.is(rig.git('rev-parse', 'HEAD'), theirs);
    assert.is(rig.git('for-each-ref', 'refs/ce', 'refs/tags'), '');
  });
});

test('an index that another git holds is waited for and then told; the next try brings it up to date', async () => {
  await inRepository(async (rig, git) => {
    rig.write('own.txt', 'own\n');
    const intent = value(await prepareCheckpoint(phaseOf(git, ['own.txt'])));
    rig.write('.git/index.lock', '');
    const applied = await applyCheckpoint(git, intent);
    assert.is(codeOf(applied), 'CE_GIT_FAILED');
    assert.ok(!applied.ok && applied.failure.place?.file.endsWith('index.lock'));
    assert.is(rig.read('.git/index.lock'), '', 'the lock of another process is not touched');
    rig.remove('.git/index.lock');
    value(await applyCheckpoint(git, intent));
    assert.is(rig.git('status', '--porcelain'), '');
  });
});

test('a repository inside this one is refused with its path', async () => {
  await inRepository(async (rig, git) => {
    rig.write('inner/a.txt', 'a\n');
    rig.gitAt(`${rig.root}/inner`, 'init', '--quiet');
    const [change] = await changedPaths(git);
    assert.is(change?.path, 'inner/');
    const prepared = await prepareCheckpoint(phaseOf(git, ['inner/']));
    assert.is(!prepared.ok && prepared.failure.place?.file, 'inner/');
  });
});

test('with hooks on, pre-commit may refuse but may not change what was validated', async () => {
  await inRepository(async (rig) => {
    const { openGit } = await import('../../core/vcs/git.ts');
    const { findRepository } = await import('../../core/vcs/repository.ts');
    const hooked = value(await openGit(value(findRepository(rig.root)), { hooks: 'on', environment: rig.environment }));
    rig.write('own.txt', 'own\n');
    rig.write('.git/hooks/pre-commit', '#!/bin/sh\necho not today >&2\nexit 1\n');
    rig.executable('.git/hooks/pre-commit');
    const refused = await prepareCheckpoint(phaseOf(hooked, ['own.txt']));
    assert.match(refused.ok ? '' : (refused.failure.why ?? ''), 'not today');
    rig.write('.git/hooks/pre-commit', '#!/bin/sh\necho formatted > own.txt\ngit add own.txt\n');
    const changed = await prepareCheckpoint(phaseOf(hooked, ['own.txt']));
    assert.match(changed.ok ? '' : changed.failure.message, 'changed what was validated');
    rig.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 0\n');
    rig.write('.git/hooks/commit-msg', '#!/bin/sh\nsed -i.bak "1s/$/ [ok]/" "$1"\n');
    rig.executable('.git/hooks/commit-msg');
    rig.write('own.txt', 'own\n');
    value(await applyCheckpoint(hooked, value(await prepareCheckpoint(phaseOf(hooked, ['own.txt'])))));
    assert.is(rig.git('log', '-1', '--format=%s'), 'PRP-5: Phase 2 - Add login [ok]');
  });
});

test('with hooks off, hooks and the file monitor of the repository never run', async () => {
  await inRepository(async (rig, git) => {
    const alarm = `${rig.around}/alarm`;
    for (const hook of ['pre-commit', 'post-commit', 'reference-transaction', 'post-checkout', 'post-index-change']) {
      rig.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> '${alarm}'\n`);
      rig.executable(`.git/hooks/${hook}`);
    }
    rig.write('monitor.sh', `#!/bin/sh\necho monitor >> '${alarm}'\n`);
    rig.executable('monitor.sh');
    rig.write('.git/config', `${rig.read('.git/config')}\n[core]\n\tfsmonitor = ${rig.root}/monitor.sh\n`);
    const paths = (await changedPaths(git)).map(({ path }) => path);
    value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, paths)))));
    const { existsSync } = await import('node:fs');
    assert.not.ok(existsSync(alarm));
    rig.git('status');
    assert.ok(existsSync(alarm), 'plain git does run them, so the test can fail');
  });
});

test('commit.gpgSign is honoured', async () => {
  await inRepository(async (rig, git) => {
    rig.write(
      'sign.sh',
      '#!/bin/sh\ncat > /dev/null\nprintf "[GNUPG:] SIG_CREATED \\n" >&2\nprintf -- "-----BEGIN PGP SIGNATURE-----\\nrig\\n-----END PGP SIGNATURE-----\\n"\n',
    );
    rig.executable('sign.sh');
    rig.git('config', 'commit.gpgSign', 'true');
    rig.git('config', 'gpg.program', `${rig.root}/sign.sh`);
    value(await applyCheckpoint(git, value(await prepareCheckpoint(phaseOf(git, ['sign.sh'])))));
    assert.match(rig.git('cat-file', 'commit', 'HEAD'), 'gpgsig -----BEGIN PGP SIGNATURE-----');
  });
});

test.run();
