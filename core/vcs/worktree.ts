/**
 * Linked checkouts of ce, beside the repository and known by id. The caller journals the intent before one is made. A half-made one
 * is removed by its id with file operations: after a kill, git's own `worktree` commands may all refuse to work.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import type { WorktreeIntent } from '../intents.ts';
import type { Git } from './git.ts';
import { isRefName } from './ref-name.ts';
import type { Repository } from './repository.ts';
import { currentValue, updateRef } from './update-ref.ts';

/** `../<repo>.worktrees/<id>` beside the main checkout, never inside it. */
export function worktreePath(repository: Repository, id: string): string {
  return join(dirname(repository.mainRoot), `${basename(repository.mainRoot)}.worktrees`, id);
}

/** What is about to be made; nothing is made. Errors: CE_GIT_BAD_REF, CE_GIT_WORKTREE when something is in the way. */
export async function prepareWorktree(git: Git, id: string, branch: string): Promise<Result<WorktreeIntent>> {
  if (!isRefName(id) || id.includes('/'))
    return fail({ code: 'CE_GIT_BAD_REF', message: `"${id.slice(0, 80)}" is not a valid worktree id`, next: 'Use letters, digits, `.`, `_` and `-`.' });
  if (!isRefName(branch)) return fail({ code: 'CE_GIT_BAD_REF', message: `"${branch.slice(0, 80)}" is not a valid branch name`, next: 'Choose another name.' });
  const path = worktreePath(git.repository, id);
  const inTheWay = lstatSync(path, { throwIfNoEntry: false });
  if (inTheWay !== undefined)
    return fail({
      code: 'CE_GIT_WORKTREE',
      message: 'a file or folder is where the worktree should be',
      place: { file: path },
      next: `Move it away, or git worktree remove "${path}"`,
    });
  if ((await currentValue(git, `refs/heads/${branch}`)) !== null)
    return fail({ code: 'CE_GIT_WORKTREE', message: `the branch ${branch} exists already`, next: `Choose another name, or git branch -d ${branch}` });
  const base = await currentValue(git, 'HEAD');
  if (base === null) return fail({ code: 'CE_GIT_NO_COMMIT', message: 'the repository has no commit yet', next: 'git add -A && git commit -m "first commit"' });
  return ok({ kind: 'worktree', id, path, branch: `refs/heads/${branch}`, base });
}

/** Makes it with its branch at `base` and checks that it is whole. A failure leaves nothing behind. */
export async function addWorktree(git: Git, intent: WorktreeIntent): Promise<Result<string>> {
  crashPoint('vcs.worktree.add.before');
  const added = await git.inTurn(async () =>
    git.raw(['worktree', 'add', '--quiet', '-b', intent.branch.replace(/^refs\/heads\//, ''), '--', intent.path, intent.base]),
  );
  crashPoint('vcs.worktree.add.after');
  if (added.ok) return ok(realpathSync(intent.path));
  await recoverWorktree(git, intent);
  return fail({
    code: 'CE_GIT_WORKTREE',
    message: 'the worktree could not be made',
    place: { file: intent.path },
    ...(added.failure.why === undefined ? {} : { why: added.failure.why }),
    next: 'Correct what git says, then run the same command again.',
  });
}

/** Removes the checkout and git's record of it; the branch and its commits stay. */
export function removeWorktree(repository: Repository, path: string): void {
  crashPoint('vcs.worktree.remove.before');
  rmSync(path, { recursive: true, force: true });
  for (const folder of recordsOf(repository, path)) rmSync(folder, { recursive: true, force: true });
  crashPoint('vcs.worktree.remove.after');
}

/** Undoes an intent that was not settled: checkout, record, and the branch while it has no commit of its own. Checkpoints on it keep it. */
export async function recoverWorktree(git: Git, intent: WorktreeIntent): Promise<Result<'completed' | 'undone'>> {
  const { repository } = git;
  // What is removed with all that is in it must be the folder that ce makes for this id, whoever wrote the intent.
  if (!isRefName(intent.id) || intent.id.includes('/') || intent.path !== worktreePath(repository, intent.id)) return ok('undone');
  const tip = existsSync(join(intent.path, '.git')) ? await currentValue(git, intent.branch) : null;
  if (tip !== null && tip !== intent.base) return ok('completed');
  removeWorktree(repository, intent.path);
  const left = await updateRef(git, { ref: intent.branch, from: intent.base, to: null, why: `ce: undo worktree ${intent.id}` });
  return left.ok || left.failure.code === 'CE_GIT_MOVED' ? ok('undone') : left;
}

/** Git's records of checkouts at this path. One whose files were not written yet is known by its name. */
function recordsOf({ commonDir }: Repository, path: string): string[] {
  const parent = join(commonDir, 'worktrees');
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((folder) => {
      const target = readText(join(folder, 'gitdir'))?.trim() ?? '';
      if (target === '') return basename(folder) === basename(path);
      return dirname(resolve(folder, target)) === path || realOrSelf(dirname(resolve(folder, target))) === realOrSelf(path);
    });
}

function realOrSelf(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? join(realpathSync(parent), basename(path)) : path;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
