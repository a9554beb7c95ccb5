/** `--dry-run`: the plan with the commands that each gate would run, and why. Writes nothing, runs nothing. */
import { createBus } from '../events.ts';
import { ok, type Result } from '../errors.ts';
import type { Check, Level, PlannedTask } from '../model.ts';
import { planGate } from './checks.ts';
import { describeCheck } from './describe.ts';
import { detectChecks } from './detect-checks.ts';
import type { Plan } from './plan.ts';
import type { RunRequest } from './request.ts';
import type { RunHost } from './host.ts';
import type { Workspace } from './workspace.ts';

export async function showDryRun(workspace: Workspace, request: RunRequest, plan: Plan, host: RunHost): Promise<Result<number>> {
  const bus = createBus(
    'dry-run',
    () => new Date(),
    (body) => body,
  );
  for (const { name, subscriber } of host.subscribers) bus.subscribe(name, subscriber);
  bus.emit({
    type: 'run.start',
    command: request.command,
    targets: request.targets,
    root: workspace.root,
    pid: process.pid,
    version: host.version,
    jobs: 0,
    dryRun: true,
  });
  const { checks } = await detectChecks(workspace, host.environment);
  bus.emit({ type: 'graph', plan: plan.tasks.map((entry) => withCommands(entry, plan, checks, workspace)) });
  bus.emit({ type: 'run.end', exitCode: 0, success: true, durationMs: 0, confidence: null, failure: null });
  return ok(0);
}

function withCommands(entry: PlannedTask, plan: Plan, detected: readonly Check[], workspace: Workspace): PlannedTask {
  const { task } = entry;
  if (task.kind !== 'gate' || entry.outcome !== 'planned') return entry;
  const prp = plan.prps.find((candidate) => candidate.id === task.prp);
  if (prp === undefined) return entry;
  const phase = prp.phases.find((candidate) => candidate.id === task.phase) ?? null;
  const { checks, unverified } = planGate(task.level as Level, prp, phase, detected, workspace.config.data);
  const what = [...checks.map(describeCheck), ...unverified.map((sentence) => `by hand: ${sentence}`)];
  return what.length === 0
    ? { ...entry, outcome: 'unverified', reason: 'nothing to run at this level' }
    : { ...entry, reason: `${entry.reason}; runs ${what.join(' · ')}` };
}
