/** How tasks end: each end is one event, and is remembered for the exit code. */
import type { TaskResult } from '../contracts.ts';
import type { EventBus } from '../events.ts';
import type { Task } from '../model.ts';

export interface Endings {
  /** By task id. */
  readonly results: ReadonlyMap<string, TaskResult>;
  /** Tells and remembers the end; gives the result back. */
  end(task: Task, result: TaskResult, durationMs: number): TaskResult;
}

export function createEndings(bus: EventBus): Endings {
  const results = new Map<string, TaskResult>();
  return {
    results,
    end(task, result, durationMs) {
      results.set(task.id, result);
      const { outcome, reason, gate = null, failure = null } = result;
      bus.emit({ type: 'task.end', task: task.id, kind: task.kind, outcome, reason, durationMs, gate, failure });
      return result;
    },
  };
}
