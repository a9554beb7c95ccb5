/** What is changed, one path at a time, and what is only a dropping of a tool. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedPaths, isArtefact, parseStatus } from '../../core/vcs/changes.ts';
import { markFiles, treeOfHead } from '../../core/vcs/tree.ts';
import { inRepository } from '../rig.ts';

test('an unstaged change of a.py is a.py, and is not staged', async () => {
  await inRepository(async (rig, git) => {
    rig.write('a.py', 'x = 1\n');
    rig.commit('a');
    rig.write('a.py', 'x = 2\n');
    assert.equal(await changedPaths(git), [{ path: 'a.py', status: 'modified', staged: false }]);
    rig.git('add', 'a.py');
    assert.equal(await changedPaths(git), [{ path: 'a.py', status: 'modified', staged: true }]);
  });
});

test('renames are a deletion and an addition, untracked files stand one by one, ignored ones do not count', async () => {
  await inRepository(async (rig, git) => {
    rig.write('.gitignore', '*.log\n');
    rig.commit('ignore');
    rig.git('mv', 'base.txt', 'renamed file.txt');
    rig.write('new/one.txt', '1');
    rig.write('new/two.txt', '2');
    rig.write('noise.log', 'x');
    assert.equal(
      (await changedPaths(git)).map(({ path, status }) => `${status} ${path}`),
      ['deleted base.txt', 'untracked new/one.txt', 'untracked new/two.txt', 'added renamed file.txt'],
    );
  });
});

test('a file that was taken out of the index and is still there is one entry', async () => {
  await inRepository(async (rig, git) => {
    rig.git('rm', '--quiet', '--cached', 'base.txt');
    assert.equal(await changedPaths(git), [{ path: 'base.txt', status: 'modified', staged: true }]);
  });
});

test('conflicts are told as unmerged', async () => {
  await inRepository(async (rig, git) => {
    rig.git('checkout', '--quiet', '-b', 'other');
    rig.write('base.txt', 'theirs\n');
    rig.commit('theirs');
    rig.git('checkout', '--quiet', 'main');
    rig.write('base.txt', 'ours\n');
    rig.commit('ours');
    try {
      rig.git('merge', 'other');
    } catch {
      assert.equal(await changedPaths(git), [{ path: 'base.txt', status: 'unmerged', staged: true }]);
      return;
    }
    assert.unreachable('the merge must conflict');
  });
});

test("ce's own files never count; a tracked document under .ce does", async () => {
  await inRepository(async (rig, git) => {
    rig.write('.ce/PRPs/one.md', 'one\n');
    rig.write('.ce/active_prp_session', '{}');
    rig.commit('a repository that tracks .ce');
    rig.write('.ce/PRPs/one.md', 'two\n');
    rig.write('.ce/active_prp_session', '{"prp_id":"PRP-1"}');
    rig.write('.ce/runs/x/journal.jsonl', 'x');
    assert.equal(
      (await changedPaths(git)).map(({ path }) => path),
      ['.ce/PRPs/one.md'],
    );
  });
});

test('droppings of tools are told apart from work', () => {
  for (const path of [
    'src/__pycache__/a.cpython-312.pyc',
    '.pytest_cache/v/x',
    '.ruff_cache/0.1/x',
    '.mypy_cache/a',
    'a.pyc',
    '.coverage',
    'pkg/.coverage.host.1',
    'node_modules/x/y.js',
    'packages/a/tsconfig.tsbuildinfo',
  ]) {
    assert.ok(isArtefact(path), path);
  }
  for (const path of ['src/coverage.ts', 'docs/node_modules.md', 'a.py', 'tsbuildinfo', 'x.coverage']) assert.not.ok(isArtefact(path), path);
});

test('a line of status with an unknown mark is left out, not misread', () => {
  assert.equal(parseStatus('# branch.oid x\0! ignored\0? -dash \0'), [{ path: '-dash ', status: 'untracked', staged: false }]);
});

test('marks of files change with content, mode and kind, and with nothing else', async () => {
  await inRepository(async (rig, git) => {
    const before = markFiles(rig.root, ['base.txt', 'none', 'a/b']);
    assert.is(before.get('none'), null);
    rig.write('base.txt', 'base\n');
    assert.equal(markFiles(rig.root, ['base.txt', 'none', 'a/b']), before);
    rig.executable('base.txt');
    assert.is.not(markFiles(rig.root, ['base.txt']).get('base.txt'), before.get('base.txt'));
    assert.is(await treeOfHead(git), rig.git('rev-parse', 'HEAD^{tree}'));
  });
});

test.run();
