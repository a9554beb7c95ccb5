/** From the whole graph to what was asked for: the targets and everything that they depend on. */
import { type Result, fail, ok } from '../errors.ts';
import type { Prp, Target, Task, TaskGraph } from '../model.ts';

/**
 * Keeps the tasks that the targets name and all that these depend on: `PRP-5:phase2` keeps phase 1, `PRP-5:phase2:L1` ends at
 * that gate and makes no checkpoint. A pattern (`PRP-47.*`) names every PRP below it and must name at least one task; a level
 * without a phase names that level of every phase. Selecting twice changes nothing.
 * Errors: `CE_GRAPH_TARGET_NOT_FOUND` with the nearest targets that do exist.
 */
export async function selectTargets(graph: TaskGraph, prps: readonly Prp[], targets: readonly Target[]): Promise<Result<TaskGraph>> {
  const wanted = new Set<string>();
  for (const target of targets) {
    const named = graph.tasks.filter((task) => names(target, task));
    if (named.length === 0) return notFound(graph, prps, target);
    for (const task of named) wanted.add(task.id);
  }
  for (const task of [...graph.tasks].reverse()) {
    if (wanted.has(task.id)) for (const id of task.dependsOn) wanted.add(id);
  }
  return ok({ tasks: graph.tasks.filter((task) => wanted.has(task.id)) });
}

/** True when `id` is the PRP that `pattern` names, or lies below it: `PRP-47.*` names `PRP-47.1` and `PRP-47.1.2`, not `PRP-47` and not `PRP-471`. */
export function matchesPrp(pattern: string, id: string): boolean {
  return pattern.endsWith('.*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

function names(target: Target, task: Task): boolean {
  if (task.prp === null || !matchesPrp(target.prp, task.prp)) return false;
  if (target.phase !== null && task.phase !== target.phase) return false;
  return target.level === null || task.level === target.level;
}

async function notFound(graph: TaskGraph, prps: readonly Prp[], target: Target): Promise<Result<TaskGraph>> {
  const typed = spell(target);
  const { nearMisses } = await import('../suggest.ts');
  const near = nearMisses(typed, targetsOf(graph));
  const known = prps.filter((prp) => matchesPrp(target.prp, prp.id));
  return fail({
    code: 'CE_GRAPH_TARGET_NOT_FOUND',
    message: `\`${typed}\` names nothing that exists`,
    ...(known[0] !== undefined && { place: { file: known[0].path } }),
    why: explain(target, known),
    next: near.length > 0 ? `Did you mean ${near.map((name) => `\`${name}\``).join(' or ')}?` : 'Type `ce list` to see what can run',
  });
}

function explain(target: Target, known: readonly Prp[]): string {
  const [prp] = known;
  if (prp === undefined) return `no PRP is called ${target.prp}`;
  if (prp.phases.length === 0 && prp.reason !== null) return `${prp.id} cannot be run: ${prp.reason}`;
  const phases = prp.phases.map((phase) => phase.id).join(', ');
  if (target.phase === 'final' && target.level === null) return `${prp.id} has no gates outside its phases (${phases})`;
  if (target.phase === 'final') return `${prp.id} has no ${target.level} gate outside its phases`;
  return `${prp.id} has ${phases}`;
}

/** Everything that could have been typed: each PRP, phase and gate. */
function targetsOf(graph: TaskGraph): Set<string> {
  const all = new Set<string>();
  for (const { prp, phase, level } of graph.tasks) {
    if (prp === null) continue;
    all.add(prp);
    if (phase !== null) all.add(`${prp}:${phase}`);
    if (phase !== null && level !== null) all.add(`${prp}:${phase}:${level}`);
  }
  return all;
}

function spell(target: Target): string {
  return [target.prp, target.phase, target.level].filter((part) => part !== null).join(':');
}
