/**
 * `ce validate`: gates on the tree as it is. It never asks what is done, takes no lock, makes no checkpoint. When every verdict is
 * known it opens no session and starts no process.
 */
import type { TaskResult } from '../contracts.ts';
import { exitCodeOf, ok, type Failure, type Result } from '../errors.ts';
import { combineGate, gateFailure } from '../exec/gate.ts';
import { healGate } from '../exec/heal.ts';
import { runGraph } from '../exec/scheduler.ts';
import type { GateResult, Task } from '../model.ts';
import { callPlugins } from './call-plugins.ts';
import { openJudge, type Judge } from './judge.ts';
import { createEndings } from './ending.ts';
import { healServices } from './heal-services.ts';
import type { GatePlan } from './checks.ts';
import type { RunHost } from './host.ts';
import type { ValidatePlan } from './validate-plan.ts';
import type { Workspace } from './workspace.ts';

export interface ValidateRequest {
  readonly targets: readonly string[];
  readonly heal: 'yes' | 'no';
  /** With `heal`: files that may be edited, from the root. */
  readonly editable: readonly string[];
  readonly use: 'read' | 'refresh';
  /** Null: from the config. */
  readonly jobs: number | null;
}

export async function executeValidate(workspace: Workspace, request: ValidateRequest, plan: ValidatePlan, host: RunHost): Promise<Result<number>> {
  const opened = await openJudge(workspace, request, host);
  if (!opened.ok) return opened;
  const judge = opened.value;
  const begin = performance.now();
  const { results, end } = createEndings(judge.bus);
  judge.bus.emit({
    type: 'run.start',
    command: 'validate',
    targets: request.targets,
    root: workspace.root,
    pid: process.pid,
    version: host.version,
    jobs: judge.jobs,
  });
  judge.bus.emit({ type: 'graph', plan: plan.tasks.map(({ planned }) => planned) });
  const planned = new Map(plan.tasks.map((entry) => [entry.planned.task.id, entry]));
  await runGraph({
    graph: { tasks: plan.tasks.map(({ planned }) => planned.task) },
    priority: new Map(),
    jobs: judge.jobs,
    maxImplementers: 1,
    failureMode: 'continue',
    signal: host.signal,
    async run(task, signal) {
      const entry = planned.get(task.id);
      if (entry === undefined) throw new Error(`${task.id} is not in the plan`);
      const started = performance.now();
      judge.bus.emit({ type: 'task.start', task: task.id, kind: task.kind, title: task.title, reason: entry.planned.reason, usualMs: null });
      return end(task, await judgeGate(task, entry.gate, judge, workspace, request, signal), performance.now() - started);
    },
    onSkip: (task, result) => void end(task, result, 0),
  });
  const failure = failureOf(results, plan, host.signal);
  const exitCode = failure === null ? 0 : host.signal.aborted ? (host.signal.reason === 'SIGTERM' ? 143 : 130) : exitCodeOf(failure.code);
  judge.bus.emit({ type: 'run.end', exitCode, success: exitCode === 0, durationMs: performance.now() - begin, confidence: null, failure });
  await judge.close();
  return ok(exitCode);
}

async function judgeGate(task: Task, plan: GatePlan, judge: Judge, workspace: Workspace, request: ValidateRequest, signal: AbortSignal): Promise<TaskResult> {
  const runGate = async (attempt: number): Promise<GateResult> =>
    combineGate(plan.level, await judge.run(task, plan.checks, attempt, signal), plan.unverified, attempt);
  const outcome = await healGate({
    task,
    files: request.heal === 'yes' ? request.editable : [],
    runGate,
    hooks: judge.hooks,
    limits: request.heal === 'yes' ? workspace.config.data.heal : { ...workspace.config.data.heal, attempts: 0 },
    services: healServices(workspace.root, judge.bus),
    signal,
  });
  const gate = await callPlugins('gate', () => judge.hooks.gate.promise(outcome.gate, task));
  if (signal.aborted) return { outcome: 'cancelled', reason: 'interrupted', gate };
  if (outcome.escalation !== null) {
    judge.bus.emit({ type: 'escalation', escalation: outcome.escalation });
    return { outcome: 'failed', reason: outcome.escalation.message, gate, failure: { code: outcome.escalation.code, message: outcome.escalation.message } };
  }
  if (gate.outcome === 'failed')
    return { outcome: 'failed', reason: gate.reason, gate, failure: gateFailure(task, gate) ?? { code: 'CE_GATE_FAILED', message: gate.reason } };
  return { outcome: gate.outcome, reason: gate.reason, gate };
}

function failureOf(results: ReadonlyMap<string, TaskResult>, plan: ValidatePlan, signal: AbortSignal): Failure | null {
  if (signal.aborted) return { code: 'CE_INTERRUPTED', message: 'the validation was interrupted' };
  const failures = [...results.values()].flatMap((result) => (result.outcome === 'failed' && result.failure !== undefined ? [result.failure] : []));
  const person = failures.find((failure) => exitCodeOf(failure.code) === 3);
  if (person !== undefined || failures[0] !== undefined) return person ?? failures[0] ?? null;
  if ([...results.values()].some((result) => result.gate?.passed === true)) return null;
  return {
    code: 'CE_GATE_UNVERIFIED',
    message: 'nothing could be verified',
    why: plan.nothing ?? 'no validator was detected or configured at these levels',
    next: 'ce doctor shows what was detected; add validators to the config.',
  };
}
