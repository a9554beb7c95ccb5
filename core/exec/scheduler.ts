/**
 * Runs a task graph: a ready queue ordered by critical path. This room (`exec/`) runs tasks; it may not decide what is in the
 * graph, move refs, or write to the terminal. The scheduler itself knows no clock, file or process.
 */
import type { TaskResult } from '../contracts.ts';
import { toFailure } from '../errors.ts';
import type { Outcome, Task, TaskGraph } from '../model.ts';
import { createQueue } from './queue.ts';

/**
 * What a failure does to tasks that do not depend on it. `no-new`: what runs finishes, nothing else starts. `continue`: they
 * run. `kill`: what runs is cancelled too.
 */
export type FailureMode = 'no-new' | 'continue' | 'kill';

export interface Schedule {
  readonly graph: TaskGraph;
  /** Length of the longest path from the task to an end, in any unit; missing counts as 0. */
  readonly priority: ReadonlyMap<string, number>;
  /** Tasks at one time, without those of kind `implement`. At least 1. */
  readonly jobs: number;
  /** Tasks of kind `implement` at one time. At least 1. */
  readonly maxImplementers: number;
  readonly failureMode: FailureMode;
  readonly signal: AbortSignal;
  /** Runs one task. What it throws is a failed task. Its signal aborts when the run is cancelled or killed. */
  run(task: Task, signal: AbortSignal): Promise<TaskResult>;
  /** Told of each task that ends without having run. */
  onSkip(task: Task, result: TaskResult): void;
}

/** True when tasks that depend on one with this outcome may start. */
export function endedWell(outcome: Outcome): boolean {
  switch (outcome) {
    case 'executed':
    case 'fresh':
    case 'cached':
    case 'unverified':
    case 'not-applicable':
    case 'skipped':
      return true;
    case 'failed':
    case 'blocked':
    case 'cancelled':
      return false;
  }
}

/** Resolves with one result a task, when every task has ended. Rejects only for a graph that is no graph. */
export async function runGraph(schedule: Schedule): Promise<ReadonlyMap<string, TaskResult>> {
  const { tasks } = schedule.graph;
  const { dependants, waiting } = edges(tasks);
  const priorities = tasks.map((task) => schedule.priority.get(task.id) ?? 0);
  const order = (index: number): number => priorities[index] ?? 0;
  const lanes = {
    implement: { ready: createQueue(order), running: 0, most: Math.max(1, schedule.maxImplementers) },
    other: { ready: createQueue(order), running: 0, most: Math.max(1, schedule.jobs) },
  };
  const laneOf = (task: Task): (typeof lanes)['other'] => (task.kind === 'implement' ? lanes.implement : lanes.other);
  const results = new Map<string, TaskResult>();
  const abort = new AbortController();
  /** Why nothing new starts; null while things start. */
  let halted: string | null = null;

  return new Promise((resolve) => {
    function enqueue(index: number): void {
      const task = tasks[index];
      if (task !== undefined) laneOf(task).ready.push(index);
    }

    /** Ends all that depends on this task and has not ended: `blocked` behind a failure, `cancelled` behind a cancellation. */
    function endDependants(index: number, result: TaskResult): void {
      const failed = result.outcome !== 'cancelled';
      const reason = failed ? `${tasks[index]?.id ?? ''} failed` : result.reason;
      const stack = [...(dependants[index] ?? [])].reverse();
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        const task = tasks[next];
        if (task === undefined || results.has(task.id)) continue;
        skip(task, { outcome: failed ? 'blocked' : 'cancelled', reason });
        stack.push(...[...(dependants[next] ?? [])].reverse());
      }
    }

    function skip(task: Task, result: TaskResult): void {
      results.set(task.id, result);
      schedule.onSkip(task, result);
    }

    function settle(index: number, task: Task, result: TaskResult): void {
      laneOf(task).running -= 1;
      results.set(task.id, result);
      if (endedWell(result.outcome)) {
        for (const next of dependants[index] ?? []) {
          const left = (waiting[next] ?? 0) - 1;
          waiting[next] = left;
          if (left === 0) enqueue(next);
        }
      } else {
        endDependants(index, result);
        if (result.outcome !== 'cancelled' && schedule.failureMode !== 'continue') halted ??= `not started: ${task.id} failed`;
        if (schedule.failureMode === 'kill' && halted !== null) abort.abort();
      }
      pump();
    }

    function start(index: number): void {
      const task = tasks[index];
      if (task === undefined || results.has(task.id)) return;
      laneOf(task).running += 1;
      // Called at once, so that a cancel in between is seen; within a promise, so that a throw is a failed task.
      void new Promise<TaskResult>((give) => give(schedule.run(task, abort.signal)))
        .catch((thrown: unknown): TaskResult => {
          const failure = toFailure(thrown);
          return { outcome: 'failed', reason: failure.message, failure };
        })
        .then((result) => settle(index, task, result));
    }

    function pump(): void {
      for (const lane of Object.values(lanes)) {
        while (halted === null && lane.running < lane.most && lane.ready.size > 0) start(lane.ready.pop() ?? -1);
      }
      if (lanes.implement.running + lanes.other.running > 0) return;
      if (halted !== null) {
        for (const task of tasks) if (!results.has(task.id)) skip(task, { outcome: 'cancelled', reason: halted });
      }
      schedule.signal.removeEventListener('abort', cancel);
      resolve(results);
    }

    function cancel(): void {
      halted ??= 'the run was cancelled';
      abort.abort();
    }

    schedule.signal.addEventListener('abort', cancel, { once: true });
    if (schedule.signal.aborted) cancel();
    waiting.forEach((count, index) => {
      if (count === 0) enqueue(index);
    });
    pump();
  });
}

/** For each task: the tasks behind it, and how many it waits for. Throws when an id is unknown or not before its dependant. */
function edges(tasks: readonly Task[]): { dependants: number[][]; waiting: number[] } {
  const places = new Map<string, number>();
  const dependants = tasks.map((): number[] => []);
  const waiting = tasks.map((task, index) => {
    if (places.has(task.id)) throw new Error(`task ${task.id} stands twice in the graph`);
    const before = new Set(task.dependsOn);
    for (const id of before) {
      const place = places.get(id);
      if (place === undefined) throw new Error(`task ${task.id} depends on ${id}, which does not stand before it`);
      dependants[place]?.push(index);
    }
    places.set(task.id, index);
    return before.size;
  });
  return { dependants, waiting };
}
