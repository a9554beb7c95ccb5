/** Which ready task should start first: the one with the longest way to the end behind it. */
import type { TaskGraph, TaskKind } from '../model.ts';

/** Milliseconds assumed for a task that has never run here. Only their order of size matters. */
const USUAL_MS = {
  implement: 60_000,
  review: 60_000,
  gate: 10_000,
  step: 10_000,
  command: 10_000,
  merge: 2_000,
  sync: 2_000,
  checkpoint: 500,
} as const satisfies Record<TaskKind, number>;

/**
 * Priority of every task: its own milliseconds and those of the longest chain of tasks that wait for it. Higher goes first.
 * `history` has milliseconds by task id; tasks that it lacks weigh what is usual for their kind.
 */
export function criticalPath(graph: TaskGraph, history: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const behind = new Map<string, number>();
  const priority = new Map<string, number>();
  for (const task of [...graph.tasks].reverse()) {
    const total = (history.get(task.id) ?? USUAL_MS[task.kind]) + (behind.get(task.id) ?? 0);
    priority.set(task.id, total);
    for (const id of task.dependsOn) behind.set(id, Math.max(behind.get(id) ?? 0, total));
  }
  return priority;
}
