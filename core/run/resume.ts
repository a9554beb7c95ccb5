/** The request to go on with: that of the newest run of this checkout that did not end well and that no later run repeated to a good end. */
import { fail, ok, type Result } from '../errors.ts';
import { openingOf } from '../state/journal.ts';
import { listRuns, readRun } from '../state/runs.ts';
import type { RunOption, RunRequest } from './request.ts';
import { isRunning } from './running.ts';
import type { Workspace } from './workspace.ts';

export interface Resumable {
  readonly run: string;
  readonly request: RunRequest;
}

/** Errors: CE_STATE_RUN_NOT_FOUND when nothing is open, CE_STATE_LOCKED while it still runs, and those of `readRun`. */
export async function requestToResume(workspace: Workspace): Promise<Result<Resumable>> {
  const { paths, root } = workspace;
  const done = new Set<string>();
  for (const id of [...listRuns(paths)].reverse()) {
    const opening = openingOf(paths, id);
    if (opening === null || opening.root !== root) continue;
    const request = parseRequest(opening.request);
    if (request === null) continue;
    const state = readRun(paths, id);
    if (!state.ok) return state;
    if (state.value.exitCode === 0) done.add(keyOf(request));
    else if (!done.has(keyOf(request))) {
      if (await isRunning(paths, id)) return fail({ code: 'CE_STATE_LOCKED', message: `run ${id} is still going on`, next: 'ce logs -f' });
      return ok({ run: id, request });
    }
  }
  return fail({ code: 'CE_STATE_RUN_NOT_FOUND', message: 'there is nothing to resume: no run of this checkout is unfinished', next: 'ce list' });
}

/** Two requests of one key ask for the same work, however it is carried out. */
function keyOf({ targets, startPhase, endPhase }: RunRequest): string {
  return JSON.stringify([targets, startPhase, endPhase]);
}

const OPTIONS: readonly RunOption[] = ['force', 'allow-dirty', 'with-deps', 'skip-validation', 'worktree'];

/** A request as a journal holds it; null when it is none, or one of another command. */
function parseRequest(value: object | null): RunRequest | null {
  if (value === null || !('command' in value) || value.command !== 'run' || !('targets' in value) || !Array.isArray(value.targets)) return null;
  const has = value as Partial<Record<keyof RunRequest, unknown>>;
  const text = (field: unknown): string | null => (typeof field === 'string' ? field : null);
  return {
    command: 'run',
    targets: value.targets.map(String),
    startPhase: text(has.startPhase),
    endPhase: text(has.endPhase),
    jobs: typeof has.jobs === 'number' ? has.jobs : null,
    implementer: text(has.implementer),
    options: Array.isArray(has.options) ? OPTIONS.filter((option) => (has.options as readonly unknown[]).includes(option)) : [],
  };
}
