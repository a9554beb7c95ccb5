/** Lock files that a killed git left behind. Only those of named refs are looked at, and only when no process has them open. */
import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository.ts';

/** A live git renames or removes its lock within milliseconds. */
const OLD_MS = 1000;

/** Removes the stale locks of refs, of HEAD (git locks it to write its log) and of packed-refs. Returns the files removed. */
export function clearStaleLocks({ gitDir, commonDir }: Repository, refs: readonly string[]): readonly string[] {
  const files = [...refs.map((ref) => join(commonDir, `${ref}.lock`)), join(gitDir, 'HEAD.lock'), join(commonDir, 'packed-refs.lock')];
  return files.filter(removeWhenStale);
}

/** Removes the lock of an index that only ce uses. */
export function removeWhenStale(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || Date.now() - stat.mtimeMs < OLD_MS || isOpen(file)) return false;
  rmSync(file, { force: true });
  return true;
}

/** Whether a process that this user may look at has the file open. Where /proc is missing, age alone decides. */
function isOpen(file: string): boolean {
  return entries('/proc').some((pid) => /^\d+$/.test(pid) && entries(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === file));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
