/** A list of tasks as a sound graph: ids once, dependencies there, no circle, every dependency before its dependants. */
import { type Result, fail, ok } from '../errors.ts';
import type { Task, TaskGraph } from '../model.ts';
import { orderNodes } from './cycles.ts';

/**
 * Checks and orders tasks. Tasks that are in order already keep their places.
 * Run it on what `hooks.graph` returns: plugins may add tasks in any place.
 * Errors: `CE_GRAPH_CYCLE` with the path, `CE_CONFIG_PLUGIN_INVALID` for a repeated id or an unknown dependency.
 */
export function orderTasks(tasks: readonly Task[]): Result<TaskGraph> {
  const byId = new Map<string, Task>();
  for (const task of tasks) {
    if (byId.has(task.id)) return invalid(`two tasks have the id \`${task.id}\``);
    byId.set(task.id, task);
  }
  for (const task of tasks) {
    const unknown = task.dependsOn.find((id) => !byId.has(id));
    if (unknown !== undefined) return invalid(`task \`${task.id}\` depends on \`${unknown}\`, which is not in the graph`);
  }
  const ordering = orderNodes(byId.keys(), (id) => byId.get(id)?.dependsOn ?? []);
  if ('cycle' in ordering) return cycleFailure('tasks', ordering.cycle);
  return ok({ tasks: ordering.order.flatMap((id) => byId.get(id) ?? []) });
}

/** `what` is the plural noun of the nodes: `tasks`, `PRPs`. */
export function cycleFailure(what: string, cycle: readonly string[]): Result<never> {
  return fail({
    code: 'CE_GRAPH_CYCLE',
    message: `${what} depend on each other in a circle: ${cycle.join(' → ')}`,
    why: 'each waits for the other, so none can start',
    next: `Take one of these dependencies out: ${cycle
      .slice(0, -1)
      .map((node, at) => `${node} → ${cycle[at + 1] ?? ''}`)
      .join(', ')}`,
  });
}

function invalid(message: string): Result<never> {
  return fail({ code: 'CE_CONFIG_PLUGIN_INVALID', message, why: 'a tap of the `graph` hook returned it', next: 'Correct the plugin that taps `hooks.graph`' });
}
