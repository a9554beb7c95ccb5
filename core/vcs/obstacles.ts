/** What stands where the files of a commit should go, and is in no commit: untracked and ignored files, in folders or instead of them. */
import { existsSync, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';
import type { Git } from './git.ts';

/** Paths of files, from the root. Errors: CE_GIT_DIRTY for another repository in the way, whose files are not ours to keep; CE_GIT_FAILED. */
export async function findObstacles(git: Git, commit: string): Promise<Result<readonly string[]>> {
  const { root } = git.repository;
  const listed = await git.raw(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  const tracked = await git.raw(['ls-files', '-z', '--cached']);
  if (!listed.ok) return listed;
  if (!tracked.ok) return tracked;
  const known = new Set(tracked.value.split('\0'));
  const fresh = listed.value.split('\0').filter((path) => path !== '' && !known.has(path));
  const folders = new Set<string>();
  for (const path of fresh) for (let folder = dirname(path); folder !== '.' && !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  const repository = [...folders, ...fresh].find((folder) => existsSync(join(root, folder, '.git')) && !known.has(folder));
  if (repository !== undefined)
    return fail({
      code: 'CE_GIT_DIRTY',
      message: 'a repository inside this one is where the checkpoint has files',
      place: { file: repository },
      next: 'Move it away, then run the same command again.',
    });
  const instead = [...folders].filter((folder) => kindOf(join(root, folder)) === 'file' && !known.has(folder));
  const there = fresh.filter((path) => kindOf(join(root, path)) === 'file');
  const full = fresh.filter((path) => kindOf(join(root, path)) === 'folder');
  if (full.length === 0) return ok([...instead, ...there]);
  const inside = await git.raw(['ls-files', '-z', '--others', '--', ...full]);
  return inside.ok ? ok([...instead, ...there, ...inside.value.split('\0').filter((path) => path !== '')]) : inside;
}

function kindOf(path: string): 'file' | 'folder' | 'absent' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'absent';
  }
}
