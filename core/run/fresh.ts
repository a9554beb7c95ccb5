/** A request with nothing to do: says so with the evidence. Takes no lock, opens no session, writes nothing. */
import { createBus } from '../events.ts';
import { gatesOfTrailer } from './scoring.ts';
import type { Plan } from './plan.ts';
import type { RunRequest } from './request.ts';
import type { RunHost } from './host.ts';
import type { Workspace } from './workspace.ts';

/** Returns the exit code. */
export async function showFresh(workspace: Workspace, request: RunRequest, plan: Plan, host: RunHost): Promise<number> {
  const begin = performance.now();
  const bus = createBus(
    'fresh',
    () => new Date(),
    (body) => body,
  );
  for (const { name, subscriber } of host.subscribers) bus.subscribe(name, subscriber);
  bus.emit({ type: 'run.start', command: request.command, targets: request.targets, root: workspace.root, pid: process.pid, version: host.version, jobs: 0 });
  bus.emit({ type: 'graph', plan: plan.tasks });
  for (const { task, outcome, reason } of plan.tasks) {
    if (outcome === 'planned') continue;
    const evidence = plan.evidence.get(task.prp ?? '')?.get(task.phase ?? '');
    const recorded = task.level === null ? undefined : gatesOfTrailer(evidence?.gates ?? '').find((gate) => gate.level === task.level);
    const gate = recorded === undefined || outcome !== 'fresh' ? null : { ...recorded, validators: [], reason };
    bus.emit({ type: 'task.end', task: task.id, kind: task.kind, outcome, reason, durationMs: 0, gate, failure: null });
  }
  bus.emit({ type: 'run.end', exitCode: 0, success: true, durationMs: performance.now() - begin, confidence: null, failure: null });
  return 0;
}
