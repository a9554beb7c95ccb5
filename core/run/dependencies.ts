/** PRPs that must be done first: from checkpoints, or from a status that says so. Never started without --with-deps. */
import { fail, ok, type Result } from '../errors.ts';
import { findCycle } from '../graph/cycles.ts';
import { phaseSpecs } from '../graph/freshness.ts';
import { cycleFailure } from '../graph/order.ts';
import type { Prp } from '../model.ts';
import type { Evidence } from '../vcs/evidence.ts';
import type { Workspace } from './workspace.ts';

const DONE_STATUS = new Set(['completed', 'executed', 'done', 'validated']);

/** What shows that a PRP is done; null when nothing does. */
export function doneBy(prp: Prp, evidence: Evidence): string | null {
  const own = evidence.get(prp.id);
  const specs = phaseSpecs(prp);
  if (prp.phases.length > 0 && prp.phases.every(({ id }) => own?.get(id)?.spec === specs.get(id) && own?.get(id)?.tree === 'clean'))
    return 'checkpoints of every phase';
  if (prp.status !== null && DONE_STATUS.has(prp.status.toLowerCase())) return `status: ${prp.status}`;
  return null;
}

/** The requested PRPs, with those that they depend on before them when asked to include them. */
export async function missingDependencies(
  workspace: Workspace,
  requested: readonly Prp[],
  evidence: Evidence,
  policy: 'include' | 'refuse',
): Promise<Result<readonly Prp[]>> {
  const known = new Map(requested.map((prp) => [prp.id, prp]));
  const order: Prp[] = [];
  const visited = new Set<string>();
  const edges = new Map<string, readonly string[]>();
  const tree: string[] = [];
  const visit = async (prp: Prp, depth: number): Promise<Result<null>> => {
    if (visited.has(prp.id)) return ok(null);
    visited.add(prp.id);
    edges.set(
      prp.id,
      prp.dependencies.filter(({ soft }) => !soft).map(({ id }) => id),
    );
    for (const dependency of prp.dependencies) {
      if (dependency.soft || visited.has(dependency.id)) continue;
      const found = known.has(dependency.id) ? ok(known.get(dependency.id) as Prp) : await workspace.specs.find(dependency.id);
      if (!found.ok) {
        if (found.failure.code !== 'CE_SPEC_NOT_FOUND') return found;
        tree.push(`${'  '.repeat(depth + 1)}${dependency.id}: no such PRP here`);
        continue;
      }
      const evidenceOf = doneBy(found.value, evidence);
      tree.push(
        `${'  '.repeat(depth + 1)}${dependency.id}: ${evidenceOf === null ? `not done (status: ${found.value.status ?? 'none'}, checkpoints: ${evidence.get(found.value.id)?.size ?? 0} of ${found.value.phases.length})` : `done (${evidenceOf})`}`,
      );
      if (evidenceOf !== null && !known.has(dependency.id)) continue;
      const inner = await visit(found.value, depth + 1);
      if (!inner.ok) return inner;
    }
    order.push(prp);
    return ok(null);
  };
  for (const prp of requested) {
    tree.push(prp.id);
    const visitedOne = await visit(prp, 0);
    if (!visitedOne.ok) return visitedOne;
  }
  const cycle = findCycle(edges);
  if (cycle !== null) return cycleFailure('PRPs', cycle);
  const missing = order.filter((prp) => !known.has(prp.id));
  const unknown = tree.filter((line) => line.endsWith('no such PRP here'));
  if ((missing.length > 0 && policy === 'refuse') || unknown.length > 0) {
    return fail({
      code: 'CE_GRAPH_DEPENDENCY_INCOMPLETE',
      message: `${requested.map((prp) => prp.id).join(', ')} depends on PRPs that are not done`,
      why: tree.join('\n'),
      next:
        unknown.length > 0
          ? 'Correct the dependencies in the front matter.'
          : `ce run ${missing.map((prp) => prp.id).join(' ')}, or the same command with --with-deps`,
    });
  }
  return ok(order);
}
