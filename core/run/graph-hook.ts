/** Lets plugins change the graph of a run; what they return is checked as our own is. */
import type { Result } from '../errors.ts';
import { ok } from '../errors.ts';
import { orderTasks } from '../graph/order.ts';
import type { PlannedTask } from '../model.ts';
import type { Session } from '../session.ts';
import { callPlugins } from './call-plugins.ts';
import type { Plan } from './plan.ts';

/** Tasks that a plugin adds are planned; those that it removes are gone. Errors: CE_GRAPH_CYCLE and unknown dependencies. */
export async function applyGraphHook(plan: Plan, session: Session): Promise<Result<Plan>> {
  if (!session.hooks.graph.isUsed()) return ok(plan);
  const ordered = orderTasks((await callPlugins('graph', () => session.hooks.graph.promise(plan.graph))).tasks);
  if (!ordered.ok) return ordered;
  const known = new Map(plan.tasks.map((entry) => [entry.task.id, entry]));
  const tasks = ordered.value.tasks.map((task): PlannedTask => {
    const before = known.get(task.id);
    return before === undefined ? { task, outcome: 'planned', reason: 'added by a plugin' } : { ...before, task };
  });
  return ok({ ...plan, graph: ordered.value, tasks });
}
