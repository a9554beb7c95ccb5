/** Makes the tree and the commit of a change in an index of its own: the checkout's index and HEAD are not touched. */
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import { runCommitHook } from './commit-hooks.ts';
import type { Git } from './git.ts';
import { removeWhenStale } from './stale-locks.ts';

export interface TreeChange {
  readonly git: Git;
  /** The commit that it starts from, and its parent. */
  readonly parent: string;
  /** As they are in the checkout now: changed, new or gone. From the repository root. */
  readonly paths: readonly string[];
  readonly message: string;
  /** Whether the repository's commit hooks may refuse it. */
  readonly hooks: 'on' | 'off';
}

export interface MadeCommit {
  readonly commit: string;
  /** Paths in which it differs from its parent, sorted. */
  readonly paths: readonly string[];
}

/** Errors: CE_GIT_FAILED when a path cannot be committed or a hook refuses. Unreachable objects are all that a failure leaves behind. */
export async function commitPaths({ git, parent, paths, message, hooks }: TreeChange): Promise<Result<MadeCommit>> {
  const refused = paths.find((path) => path.endsWith('/') || path.includes('\ufffd'));
  if (refused !== undefined) return fail(refusal(refused));
  const folder = join(git.repository.gitDir, 'ce');
  const index = join(folder, `index-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  removeWhenStale(`${index}.lock`);
  const own = git.withIndex(index);
  try {
    const tree = await writeTree(own, parent, paths, hooks);
    if (!tree.ok) return tree;
    const final = hooks === 'on' ? await runCommitHook(own, 'commit-msg', message, folder) : ok(message);
    if (!final.ok) return final;
    const signing = await git.ask(['config', '--type=bool', '--get', 'commit.gpgSign']);
    const sign = signing.stdout.trim() === 'true' ? ['-S'] : [];
    const commit = await own.withInput(['commit-tree', ...sign, '-p', parent, '-F', '-', tree.value], final.value);
    if (!commit.ok) return commit;
    const differing = await git.raw(['diff-tree', '-r', '-z', '--name-only', '--no-renames', parent, commit.value.trim()]);
    if (!differing.ok) return differing;
    return ok({
      commit: commit.value.trim(),
      paths: differing.value
        .split('\0')
        .filter((path) => path !== '')
        .sort(),
    });
  } finally {
    rmSync(index, { force: true });
  }
}

async function writeTree(own: Git, parent: string, paths: readonly string[], hooks: 'on' | 'off'): Promise<Result<string>> {
  crashPoint('vcs.index.write.before');
  const start = await own.raw(['read-tree', parent]);
  if (!start.ok) return start;
  if (paths.length > 0) {
    // A path that is gone comes first, so that a file may take the place of a folder.
    const there = new Set(paths.filter((path) => exists(join(own.repository.root, path))));
    const gone = paths.filter((path) => !there.has(path));
    const update = await own.withInput(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], `${[...gone, ...there].join('\0')}\0`);
    if (!update.ok) return update;
  }
  const tree = await own.raw(['write-tree']);
  crashPoint('vcs.index.write.after');
  if (!tree.ok || hooks === 'off') return tree.ok ? ok(tree.value.trim()) : tree;
  const hook = await runCommitHook(own, 'pre-commit', '', '');
  if (!hook.ok) return hook;
  const after = await own.raw(['write-tree']);
  if (!after.ok) return after;
  if (after.value === tree.value) return ok(tree.value.trim());
  return fail({
    code: 'CE_GIT_FAILED',
    message: 'the pre-commit hook changed what was validated',
    why: 'A checkpoint holds exactly the tree that the gates judged.',
    next: 'Make the hook only check, add what it does as a validator, or set checkpoint.hooks to false.',
  });
}

function exists(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A part of the path is a file by now.
    return false;
  }
}

function refusal(path: string): Parameters<typeof fail>[0] {
  if (path.endsWith('/'))
    return {
      code: 'CE_GIT_FAILED',
      message: 'a repository inside this one cannot be part of a checkpoint',
      place: { file: path },
      next: `Remove ${path}.git, add it as a submodule, or ignore it.`,
    };
  return {
    code: 'CE_GIT_FAILED',
    message: 'a file name is not valid UTF-8, so it cannot be part of a checkpoint',
    place: { file: path },
    next: 'Rename it, or ignore it.',
  };
}
