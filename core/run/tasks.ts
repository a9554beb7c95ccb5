/** Runs the planned tasks of a run through the scheduler, and says of each how it ended and why. */
import type { TaskResult } from '../contracts.ts';
import { CeError, toFailure, type Failure } from '../errors.ts';
import type { PhaseBrief } from '../events.ts';
import { runGraph } from '../exec/scheduler.ts';
import { criticalPath } from '../graph/critical-path.ts';
import type { Phase, PlannedTask, Prp, Task } from '../model.ts';
import { usualDurations } from '../state/history.ts';
import { callPlugins } from './call-plugins.ts';
import { runCheckpointTask } from './checkpoint-task.ts';
import { phaseRecord, type RunContext } from './context.ts';
import { createEndings } from './ending.ts';
import { runGateTask } from './gate-task.ts';
import { runImplementTask } from './implement-task.ts';
import type { Plan } from './plan.ts';

export async function runTasks(plan: Plan, context: RunContext): Promise<ReadonlyMap<string, TaskResult>> {
  const usual = usualDurations(context.workspace.paths);
  const planned = new Map(plan.tasks.map((entry) => [entry.task.id, entry]));
  const { results, end } = createEndings(context.bus);
  await runGraph({
    graph: plan.graph,
    priority: criticalPath(plan.graph, usual),
    jobs: context.session.config.jobs,
    maxImplementers: 1,
    failureMode: 'no-new',
    signal: context.signal,
    async run(task, signal) {
      const entry = planned.get(task.id) as PlannedTask;
      if (entry.outcome !== 'planned') return end(task, { outcome: entry.outcome, reason: entry.reason }, 0);
      context.bus.emit({
        type: 'task.start',
        task: task.id,
        kind: task.kind,
        title: task.title,
        reason: whyNow(task, entry),
        usualMs: usual.get(task.id) ?? null,
        ...briefOf(task, context),
      });
      const begin = performance.now();
      try {
        return end(task, await runOne(task, { ...context, signal }), performance.now() - begin);
      } catch (thrown) {
        if (thrown instanceof CeError || thrown instanceof Error) {
          const failure = toFailure(thrown);
          return end(task, { outcome: 'failed', reason: failure.message, failure }, performance.now() - begin);
        }
        throw thrown;
      }
    },
    onSkip: (task, result) => void end(task, result, 0),
  });
  return results;
}

async function runOne(task: Task, context: RunContext): Promise<TaskResult> {
  const prp = context.prps.get(task.prp ?? '');
  if (prp === undefined) throw new Error(`no PRP for ${task.id}`);
  const phase = prp.phases.find((candidate) => candidate.id === task.phase) ?? null;
  switch (task.kind) {
    case 'implement':
      if (phase === null) throw new Error(`no phase for ${task.id}`);
      return runImplementTask(task, prp, phase, context);
    case 'gate':
      return (await byPlugin(task, prp, phase, context)) ?? runGateTask(task, prp, phase, context);
    case 'checkpoint':
      return (await byPlugin(task, prp, phase, context)) ?? runCheckpointTask(task, prp, phase, context);
    case 'review':
    case 'merge':
    case 'sync':
    case 'step':
    case 'command': {
      const failure: Failure = { code: 'CE_IMPLEMENT_FAILED', message: `no plugin executes ${task.kind} tasks` };
      return (await byPlugin(task, prp, phase, context)) ?? { outcome: 'failed', reason: failure.message, failure };
    }
  }
}

/** A plugin that executes tasks of this kind, elsewhere for example, answers first. Its gate counts as evidence like any other. */
async function byPlugin(task: Task, prp: Prp, phase: Phase | null, context: RunContext): Promise<TaskResult | undefined> {
  const hook = context.session.hooks.execute.get(task.kind);
  if (hook?.isUsed() !== true) return undefined;
  const answered = await callPlugins('execute', () => hook.promise(task, { prp, phase, checks: [], signal: context.signal }));
  if (answered?.gate !== undefined && task.level !== null) phaseRecord(context, prp.id, task.phase ?? '').gates.set(task.level, answered.gate);
  return answered;
}

/** Told once a phase, by its first task. What was planned because an earlier phase ran needs no reason by then: it reads as if that phase were undone. */
function whyNow(task: Task, { reason }: PlannedTask): string {
  return (task.kind === 'implement' || task.phase === 'final') && !reason.startsWith('after ') ? reason : '';
}

/** What reporters show of a phase when its implementation starts. */
function briefOf(task: Task, context: RunContext): { readonly detail?: PhaseBrief } {
  const phase = task.kind === 'implement' ? context.prps.get(task.prp ?? '')?.phases.find((candidate) => candidate.id === task.phase) : undefined;
  if (phase === undefined) return {};
  const files = phase.files.map(({ path, action, description }) => ({ path, action, description }));
  return { detail: { kind: phase.kind, number: phase.number, name: phase.name, goal: phase.goal, files, functions: phase.functions.map(({ name }) => name) } };
}
