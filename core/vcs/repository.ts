/**
 * The git room: the only one that runs git. It may not write under `.ce/`, may not decide whether work is good, and knows nothing
 * of tasks. This file finds the repository by reading files, because a run with nothing to do starts no process.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, ok, type Failure, type Result } from '../errors.ts';

/** All paths are absolute and real. */
export interface Repository {
  /** Top folder of this checkout. */
  readonly root: string;
  /** Holds HEAD and the index of this checkout. */
  readonly gitDir: string;
  /** Holds the refs and objects that all checkouts share. */
  readonly commonDir: string;
  /** Top folder of the main checkout: its `.ce` is shared by linked ones. Equal to `root` where there is no main checkout. */
  readonly mainRoot: string;
  /** True for a checkout made by `git worktree add`. */
  readonly linked: boolean;
}

/** The repository that holds a folder: the nearest one upwards, as git finds it, without GIT_DIR. */
export function findRepository(cwd: string): Result<Repository> {
  let folder: string;
  try {
    folder = realpathSync(resolve(cwd));
  } catch {
    return fail({
      code: 'CE_GIT_NOT_A_REPOSITORY',
      message: 'this folder does not exist',
      place: { file: cwd },
      next: 'Change to a folder of a git repository.',
    });
  }
  for (;;) {
    const dotGit = join(folder, '.git');
    const kind = kindOf(dotGit);
    if (kind === 'folder' && looksLikeGitDir(dotGit)) return describe(folder, dotGit);
    if (kind === 'file') {
      const target = /^gitdir: (.+?)\s*$/.exec(read(dotGit) ?? '')?.[1];
      if (target === undefined || kindOf(resolve(folder, target)) !== 'folder') return fail(broken(dotGit));
      return describe(folder, resolve(folder, target));
    }
    if (looksLikeGitDir(folder)) return fail(bare(folder));
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return fail({
    code: 'CE_GIT_NOT_A_REPOSITORY',
    message: 'this folder is not inside a git repository',
    place: { file: cwd },
    next: 'git init && git add -A && git commit -m "first commit"',
  });
}

function describe(root: string, dotGit: string): Result<Repository> {
  const gitDir = realpathSync(dotGit);
  const shared = read(join(gitDir, 'commondir'))?.trim();
  if (shared === undefined) {
    if (setting(gitDir, 'bare') === 'true') return fail(bare(root));
    return ok({ root, gitDir, commonDir: gitDir, mainRoot: root, linked: false });
  }
  const commonDir = resolve(gitDir, shared);
  if (shared === '' || !looksLikeGitDir(commonDir)) return fail(broken(join(gitDir, 'commondir')));
  const real = realpathSync(commonDir);
  return ok({ root, gitDir, commonDir: real, mainRoot: mainCheckout(real) ?? root, linked: true });
}

/** The checkout that belongs to a shared git folder; null when that is bare. */
function mainCheckout(commonDir: string): string | null {
  if (setting(commonDir, 'bare') === 'true') return null;
  const named = setting(commonDir, 'worktree');
  const folder = named === null ? dirname(commonDir) : resolve(commonDir, named);
  if (named === null && basename(commonDir) !== '.git') return null;
  return kindOf(folder) === 'folder' ? realpathSync(folder) : null;
}

/** A value of the `[core]` section of the repository's own config; null when it is not set. */
function setting(gitDir: string, name: string): string | null {
  let section = '';
  let found: string | null = null;
  for (const line of (read(join(gitDir, 'config')) ?? '').split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const pair = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*?))?\s*$/.exec(line);
    if (section === 'core' && pair?.[1]?.toLowerCase() === name) found = (pair[2] ?? 'true').replace(/^"(.*)"$/, '$1');
  }
  return found;
}

function looksLikeGitDir(folder: string): boolean {
  return (
    kindOf(join(folder, 'HEAD')) === 'file' &&
    (kindOf(join(folder, 'commondir')) === 'file' || (kindOf(join(folder, 'objects')) === 'folder' && kindOf(join(folder, 'refs')) === 'folder'))
  );
}

function kindOf(path: string): 'file' | 'folder' | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  return stat.isDirectory() ? 'folder' : 'file';
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function bare(folder: string): Failure {
  return {
    code: 'CE_GIT_NOT_A_REPOSITORY',
    message: 'this is a git folder without a checkout',
    place: { file: folder },
    why: 'ce changes and tests files, so it needs a work tree.',
    next: 'git worktree add ../checkout && cd ../checkout',
  };
}

function broken(file: string): Failure {
  return {
    code: 'CE_GIT_NOT_A_REPOSITORY',
    message: 'this checkout points to a git folder that is not there',
    place: { file },
    next: 'git worktree repair, or clone again',
  };
}
