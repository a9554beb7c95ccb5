/** A validation whose every verdict is known: told from the cache. Opens no session, starts no process, writes nothing. */
import { createBus } from '../events.ts';
import { exitCodeOf, type Failure } from '../errors.ts';
import type { RunHost } from './host.ts';
import type { ValidatePlan } from './validate-plan.ts';
import type { Workspace } from './workspace.ts';

/** Returns the exit code. With `dryRun` the plan is the result, whatever is known. */
export function showKnown(workspace: Workspace, targets: readonly string[], plan: ValidatePlan, host: RunHost, mode: 'result' | 'dry-run'): number {
  const begin = performance.now();
  const bus = createBus(
    'validate',
    () => new Date(),
    (body) => body,
  );
  for (const { name, subscriber } of host.subscribers) bus.subscribe(name, subscriber);
  bus.emit({
    type: 'run.start',
    command: 'validate',
    targets,
    root: workspace.root,
    pid: process.pid,
    version: host.version,
    jobs: 0,
    ...(mode === 'dry-run' ? { dryRun: true } : {}),
  });
  bus.emit({ type: 'graph', plan: plan.tasks.map(({ planned }) => planned) });
  let verified = false;
  if (mode === 'result') {
    for (const { planned, known } of plan.tasks) {
      if (known === null) continue;
      verified ||= known.passed;
      bus.emit({
        type: 'task.end',
        task: planned.task.id,
        kind: 'gate',
        outcome: known.outcome,
        reason: known.reason,
        durationMs: 0,
        gate: known,
        failure: null,
      });
    }
  }
  if (plan.affected === 'none')
    bus.emit({ type: 'log', level: 'info', failure: null, message: 'nothing to judge: no project has a file that changed since that revision' });
  const failure: Failure | null =
    verified || mode === 'dry-run' || plan.affected === 'none'
      ? null
      : {
          code: 'CE_GATE_UNVERIFIED',
          message: 'nothing could be verified',
          why: plan.nothing ?? 'no gate has anything to run',
          next: 'ce doctor shows what was detected; add validators to the config.',
        };
  const exitCode = failure === null ? 0 : exitCodeOf(failure.code);
  bus.emit({ type: 'run.end', exitCode, success: exitCode === 0, durationMs: performance.now() - begin, confidence: null, failure });
  return exitCode;
}
