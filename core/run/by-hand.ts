/**
 * `ce prp checkpoint`: a phase that a person did is a run of that phase with the implementer `by-hand`, so that gates, evidence and
 * checkpoint are those of every run. Phases before it must be done: their changes could not be told from this one's.
 */
import { fail, ok, type Result } from '../errors.ts';
import { formatTarget } from '../spec/target.ts';
import { planRun, resolveTargets } from './plan.ts';
import type { RunOption, RunRequest } from './request.ts';
import type { Workspace } from './workspace.ts';

/** Errors: CE_USAGE_BAD_TARGET unless the word names one phase or `final`, CE_GRAPH_DEPENDENCY_INCOMPLETE, and those of `planRun`. */
export async function requestByHand(workspace: Workspace, word: string, options: readonly RunOption[]): Promise<Result<RunRequest>> {
  const resolved = await resolveTargets(workspace, [word]);
  if (!resolved.ok) return resolved;
  const [target, second] = resolved.value.targets;
  const [prp] = resolved.value.prps;
  if (target === undefined || prp === undefined || second !== undefined || target.phase === null || target.level !== null) {
    return fail({
      code: 'CE_USAGE_BAD_TARGET',
      message: `"${word}" does not name one phase`,
      next: `ce prp checkpoint ${prp?.id ?? 'PRP-5'}:${prp?.phases[0]?.id ?? 'phase1'}`,
    });
  }
  const request: RunRequest = {
    command: 'run',
    targets: [formatTarget(target)],
    startPhase: null,
    endPhase: null,
    jobs: null,
    implementer: 'by-hand',
    options,
  };
  const plan = await planRun(workspace, request);
  if (!plan.ok) return plan;
  const open = [...plan.value.decisions].flatMap(([id, decided]) =>
    decided
      .filter(({ phase, decision }) => decision === 'planned' && !(id === prp.id && phase === target.phase))
      .map(({ phase, reason }) => ({ name: `${id}:${phase}`, reason })),
  );
  const [first] = open;
  if (first === undefined) return ok(request);
  return fail({
    code: 'CE_GRAPH_DEPENDENCY_INCOMPLETE',
    message: `${formatTarget(target)} stands on ${first.name}, which is not done`,
    why: open.map(({ name, reason }) => `${name}: ${reason}`).join('\n'),
    next: `ce prp checkpoint ${first.name}, or ce run ${first.name}`,
  });
}
