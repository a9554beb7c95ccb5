/** Does a run go on now, and who holds the lock? Takes nothing and writes nothing. */
import { existsSync } from 'node:fs';
import { openingOf } from '../state/journal.ts';
import { lockHolder } from '../state/lock.ts';
import type { StatePaths } from '../state/paths.ts';
import { readRun } from '../state/runs.ts';

/** Who holds the lock, as one line; null when nobody does, or nothing ever ran here. */
export async function holderOf(paths: StatePaths): Promise<string | null> {
  return existsSync(paths.ce) ? lockHolder(paths) : null;
}

/** Whether the process of this run still works. Where a lock does not say who holds it (macOS), a live pid of an unfinished run decides. */
export async function isRunning(paths: StatePaths, run: string): Promise<boolean> {
  const holder = await holderOf(paths);
  if (holder !== null) return holder.includes(run);
  if (process.platform !== 'darwin') return false;
  const state = readRun(paths, run);
  return state.ok && state.value.endedAt === null && !state.value.recovered && isAlive(openingOf(paths, run)?.pid ?? 0);
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
