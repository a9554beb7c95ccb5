/**
 * Brings some paths of the checkout's index to HEAD and leaves all else that is staged. The new index is made aside and takes
 * git's lock as a hard link of that file, so that a lock left by a kill is known to be ce's by its inode, and only then removed.
 */
import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import type { Git } from './git.ts';

const TRIES = 5;

/** Errors: CE_GIT_FAILED when another git keeps the index locked. Paths are from the repository root. */
export async function refreshIndex(git: Git, paths: readonly string[]): Promise<Result<null>> {
  if (paths.length === 0) return ok(null);
  const { gitDir } = git.repository;
  const index = join(gitDir, 'index');
  const lock = `${index}.lock`;
  const folder = join(gitDir, 'ce');
  const aside = join(folder, 'refreshed-index');
  return git.inTurn(async () => {
    mkdirSync(folder, { recursive: true });
    if (sameFile(lock, aside)) rmSync(lock);
    for (let count = 1; count <= TRIES; count += 1) {
      rmSync(aside, { force: true });
      const before = identity(index);
      if (before !== null) copyFileSync(index, aside);
      const reset = await git
        .withIndex(aside)
        .withInput(['reset', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul', 'HEAD'], `${paths.join('\0')}\0`);
      if (!reset.ok) return reset;
      if (takeLock(aside, lock)) {
        if (identity(index) === before) {
          crashPoint('vcs.index.rename.before');
          renameSync(lock, index);
          crashPoint('vcs.index.rename.after');
          rmSync(aside, { force: true });
          return ok(null);
        }
        rmSync(lock);
      }
      await sleep(count * 30 + Math.random() * 70);
    }
    return fail({
      code: 'CE_GIT_FAILED',
      message: 'the index is locked by another git process',
      place: { file: lock },
      next: 'Wait for it to end, then run the same command again. If no git runs here, remove that file.',
    });
  });
}

/** False when someone holds it. */
function takeLock(file: string, lock: string): boolean {
  try {
    linkSync(file, lock);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  }
}

function sameFile(a: string, b: string): boolean {
  const [one, other] = [statSync(a, { throwIfNoEntry: false }), statSync(b, { throwIfNoEntry: false })];
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function identity(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}
