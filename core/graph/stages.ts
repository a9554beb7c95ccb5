/** Stages of a request: layers of PRPs with no path between them and no file in common. */
import { type Result, ok } from '../errors.ts';
import type { Prp } from '../model.ts';
import { findCycle, orderNodes } from './cycles.ts';
import { cycleFailure } from './order.ts';

/** `number` counts from 1; ids stand in natural order (PRP-2 before PRP-10). */
export interface Stage {
  readonly number: number;
  readonly prps: readonly string[];
}

/**
 * A PRP's stage is the first one after all its dependencies in which no PRP touches a file of its own. Of two that could share
 * a stage but for a file, the lower id goes first; dependants move with what they depend on. Only dependencies among the given
 * PRPs count; soft ones order where they do not close a circle. The order of the input does not matter.
 * Errors: `CE_GRAPH_CYCLE` for a circle of hard dependencies.
 */
export function computeStages(prps: readonly Prp[]): Result<readonly Stage[]> {
  const compare = prps.length > 1 ? new Intl.Collator('en', { numeric: true }).compare : () => 0;
  const sorted = [...new Map(prps.map((prp) => [prp.id, prp])).values()].sort((a, b) => compare(a.id, b.id) || (a.id < b.id ? -1 : 1));
  const ids = new Set(sorted.map((prp) => prp.id));
  const edgesOf = (prp: Prp, kinds: 'hard' | 'all') =>
    prp.dependencies
      .filter(({ id, soft }) => ids.has(id) && (kinds === 'all' || !soft))
      .map(({ id }) => id)
      .sort(compare);
  const hard = new Map(sorted.map((prp) => [prp.id, edgesOf(prp, 'hard')]));
  const cycle = findCycle(hard);
  if (cycle !== null) return cycleFailure('PRPs', cycle);
  const all = new Map(sorted.map((prp) => [prp.id, edgesOf(prp, 'all')]));
  const edges = findCycle(all) === null ? all : hard;

  const layer = layers(edges);
  const ordered = [...sorted].sort((a, b) => (layer.get(a.id) ?? 0) - (layer.get(b.id) ?? 0));
  const stage = new Map<string, number>();
  const taken = new Map<string, Set<number>>();
  for (const prp of ordered) {
    const files = touchedFiles(prp);
    let number = 1 + maximum((edges.get(prp.id) ?? []).map((id) => stage.get(id) ?? 0));
    while (files.some((file) => taken.get(file)?.has(number))) number++;
    stage.set(prp.id, number);
    for (const file of files) taken.set(file, (taken.get(file) ?? new Set()).add(number));
  }

  const stages = new Map<number, string[]>();
  for (const { id } of sorted) {
    const number = stage.get(id) ?? 1;
    stages.set(number, [...(stages.get(number) ?? []), id]);
  }
  return ok([...stages].sort(([a], [b]) => a - b).map(([, members], at) => ({ number: at + 1, prps: members })));
}

/** Every path that the PRP says it changes, moves included, once. */
function touchedFiles(prp: Prp): readonly string[] {
  const changes = [...prp.files, ...prp.phases.flatMap((phase) => phase.files)];
  return [...new Set(changes.flatMap((change) => (change.from === undefined ? [change.path] : [change.path, change.from])))];
}

/** Longest path to each node: 1 for one that depends on nothing. */
function layers(edges: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const ordering = orderNodes(edges.keys(), (id) => edges.get(id) ?? []);
  const layer = new Map<string, number>();
  if ('order' in ordering) for (const id of ordering.order) layer.set(id, 1 + maximum((edges.get(id) ?? []).map((dependency) => layer.get(dependency) ?? 0)));
  return layer;
}

function maximum(numbers: readonly number[]): number {
  return numbers.reduce((highest, number) => Math.max(highest, number), 0);
}
