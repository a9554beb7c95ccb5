/** `ce run`: takes the lock, recovers what a dead run left, and drives the plan to its end. The same request again continues it. */
import { exitCodeOf, ok, toFailure, type Code, type Failure, type Result } from '../errors.ts';
import type { TaskResult } from '../contracts.ts';
import type { RunHost } from './host.ts';
import { openRun } from './open.ts';
import type { Plan } from './plan.ts';
import type { RunRequest } from './request.ts';
import { scoreOf } from './scoring.ts';
import { tellSpecChanges } from './spec-changes.ts';
import { runTasks } from './tasks.ts';
import { upkeep } from './upkeep.ts';
import type { Workspace } from './workspace.ts';

/** Runs a plan that has something to do. Returns the exit code; every fact is in the events. */
export async function executeRun(workspace: Workspace, request: RunRequest, plan: Plan, host: RunHost): Promise<Result<number>> {
  const opened = await openRun(workspace, request, plan, host);
  if (!opened.ok) return opened;
  const run = opened.value;
  const begin = performance.now();
  let failure: Failure | null = null;
  let results: ReadonlyMap<string, TaskResult> = new Map();
  try {
    results = await runTasks(run.plan, run.context);
    failure = worst(results, host.signal) ?? unverified(results, run.plan);
    await tellSpecChanges(run.plan.prps, workspace, run.bus);
  } catch (thrown) {
    failure = toFailure(thrown);
  }
  const confidence = host.signal.aborted ? null : scoreOf(run.plan, run.context, failure === null ? 'passed' : 'failed');
  const exitCode = failure === null ? (skippedValidation(request) ? 3 : 0) : exitOf(failure, host.signal);
  run.bus.emit({ type: 'run.end', exitCode, success: exitCode === 0, durationMs: performance.now() - begin, confidence, failure });
  await run.close();
  upkeep(workspace, run.context.run);
  return ok(exitCode);
}

const skippedValidation = (request: RunRequest): boolean => request.options.includes('skip-validation');

/** The failure that decides the exit code: a person needed outranks failed work. */
function worst(results: ReadonlyMap<string, TaskResult>, signal: AbortSignal): Failure | null {
  if (signal.aborted) return { code: 'CE_INTERRUPTED', message: 'the run was interrupted', next: 'ce resume' };
  const failures = [...results.values()].flatMap((result) =>
    result.outcome === 'failed' ? [result.failure ?? { code: 'CE_GATE_FAILED' as Code, message: result.reason }] : [],
  );
  return failures.find((failure) => exitCodeOf(failure.code) === 3) ?? failures[0] ?? null;
}

/** Up to a gate there is no checkpoint that asks for evidence, so it is asked for here. */
function unverified(results: ReadonlyMap<string, TaskResult>, plan: Plan): Failure | null {
  const gates = [...results.values()].flatMap(({ gate }) => gate ?? []);
  const checkpoints = plan.tasks.some(({ task, outcome }) => task.kind === 'checkpoint' && outcome === 'planned');
  if (checkpoints || gates.length === 0 || gates.some(({ passed }) => passed)) return null;
  return {
    code: 'CE_GATE_UNVERIFIED',
    message: 'nothing could be verified',
    why: gates.map(({ level, reason }) => `${level}: ${reason}`).join('\n'),
    next: 'Add a validation command to the phase, or a validator to the config; `ce doctor` shows what was detected.',
  };
}

function exitOf(failure: Failure, signal: AbortSignal): number {
  if (signal.aborted) return signal.reason === 'SIGTERM' ? 143 : 130;
  return exitCodeOf(failure.code);
}
