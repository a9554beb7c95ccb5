/** What runs here now, or what the last run of this checkout came to, and what to type next. Reads only. */
import { ok, type Result } from '../errors.ts';
import { lastRun, listRuns, readRun, type RunState } from '../state/runs.ts';
import { holderOf, isRunning } from './running.ts';
import type { Workspace } from './workspace.ts';

/** `taken over`: it was interrupted, and a later run went on with what it left. */
export type RunCondition = 'running' | 'done' | 'failed' | 'needs a person' | 'interrupted' | 'taken over';

export interface RunStatus {
  /** Who holds the lock, as one line; null when it is free. */
  readonly holder: string | null;
  /** Null when nothing ran in this checkout yet. */
  readonly run: RunState | null;
  readonly condition: RunCondition | null;
  /** A command to type; null when nothing is open. */
  readonly next: string | null;
}

/** The run that holds the lock, whatever checkout it works in; else the newest of this one. Errors: those of `readRun`. */
export async function readRunStatus(workspace: Workspace): Promise<Result<RunStatus>> {
  const { paths, root } = workspace;
  const holder = await holderOf(paths);
  const active = holder === null ? undefined : listRuns(paths).findLast((id) => holder.includes(id));
  const id = active ?? lastRun(paths, root);
  if (id === null) return ok({ holder, run: null, condition: null, next: holder === null ? 'ce run' : null });
  const run = readRun(paths, id);
  if (!run.ok) return run;
  const condition = conditionOf(run.value, (await isRunning(paths, id)) ? 'alive' : 'over');
  return ok({ holder, run: run.value, condition, next: nextOf(condition) });
}

function conditionOf(run: RunState, process: 'alive' | 'over'): RunCondition {
  if (process === 'alive' && run.endedAt === null) return 'running';
  if (run.endedAt === null) return run.recovered ? 'taken over' : 'interrupted';
  switch (run.exitCode) {
    case 0:
      return 'done';
    case 3:
      return 'needs a person';
    case 130:
    case 143:
      return 'interrupted';
    default:
      return 'failed';
  }
}

function nextOf(condition: RunCondition): string | null {
  switch (condition) {
    case 'running':
      return 'ce logs -f';
    case 'failed':
    case 'needs a person':
    case 'interrupted':
    case 'taken over':
      return 'ce resume';
    case 'done':
      return null;
  }
}
