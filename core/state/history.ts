/** How long each task took the last times, for "usually 42 s" and for the critical path. A projection of journals: lost, it fills again. */
import { readFileSync } from 'node:fs';
import type { Result } from '../errors.ts';
import { writeWhole } from './files.ts';
import type { StatePaths } from './paths.ts';
import type { RunState } from './replay.ts';

const KEPT = 5;
const TASKS = 20_000;
type History = Record<string, number[]>;

/** Task id → median of its last durations in milliseconds. */
export function usualDurations(paths: StatePaths): ReadonlyMap<string, number> {
  return new Map(Object.entries(read(paths)).map(([task, times]) => [task, times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0]));
}

/** Adds what a run's tasks took: those that worked and ended well. Errors: CE_STATE_WRITE. */
export function recordDurations(paths: StatePaths, state: Pick<RunState, 'tasks'>): Result<null> {
  const history = read(paths);
  for (const [task, { outcome, durationMs }] of state.tasks) {
    if (outcome !== 'executed' || durationMs === null) continue;
    const times = history[task] ?? [];
    // Deleted first, so that the newest stand last and the oldest are dropped.
    delete history[task];
    history[task] = [...times, Math.round(durationMs)].slice(-KEPT);
  }
  return writeWhole(paths.history, `${JSON.stringify(Object.fromEntries(Object.entries(history).slice(-TASKS)))}\n`);
}

function read(paths: StatePaths): History {
  try {
    const value: unknown = JSON.parse(readFileSync(paths.history, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(
        (entry): entry is [string, number[]] => Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every((time) => typeof time === 'number'),
      ),
    );
  } catch {
    return {};
  }
}
