/** Does a run go on now, and who holds the lock? Takes nothing and writes nothing. */
import { existsSync } from 'node:fs';
import { openingOf } from '../state/journal.ts';
import { lockHolder } from '../state/lock.ts';
import type { StatePaths } from '../state/paths.ts';
import { readRun, unfinishedLastRun } from '../state/runs.ts';

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

/** Whether the last run of this checkout was killed: what it left half-done in git is settled by the next run, also by one with nothing else to do. */
export async function wasKilled(paths: StatePaths, root: string): Promise<boolean> {
  const run = unfinishedLastRun(paths, root);
  return run !== null && !(await isRunning(paths, run));
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
