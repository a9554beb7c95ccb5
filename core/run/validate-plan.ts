/** What `ce validate` judges: targets, paths, levels, and what changed since a revision; and for each gate whether its verdict is known. */
import type { CheckCache, Lookup, Use } from '../cache/lookup.ts';
import { fail, ok, type Result } from '../errors.ts';
import { combineGate } from '../exec/gate.ts';
import { projectOf } from '../exec/projects.ts';
import { buildGraph, buildValidateGraph, projectOf as projectOfTask } from '../graph/build.ts';
import { selectTargets } from '../graph/select.ts';
import type { Check, GateResult, Level, PlannedTask, Prp, Task, ValidatorResult } from '../model.ts';
import { planGate, type GatePlan } from './checks.ts';
import type { Detection } from './detect.ts';
import { resolveTargets } from './plan.ts';
import type { CheckVersions } from '../cache/fingerprint.ts';
import type { Workspace } from './workspace.ts';

export interface ValidateSelection {
  readonly levels: readonly Level[];
  /** Ids, targets and paths as typed. */
  readonly targets: readonly string[];
  /** Changed paths that limit what is judged; null: everything. */
  readonly changed: readonly string[] | null;
}

export interface ValidateTask {
  readonly planned: PlannedTask;
  readonly gate: GatePlan;
  /** The verdict, when every check of the gate is known. */
  readonly known: GateResult | null;
}

export interface ValidatePlan {
  readonly tasks: readonly ValidateTask[];
  /** Why there is nothing to judge; null when there is. */
  readonly nothing: string | null;
  /** `none`: there is something to judge, and nothing of it changed since the revision that was asked about. */
  readonly affected: 'some' | 'none';
}

interface Candidate {
  readonly task: Task;
  readonly gate: GatePlan;
}

/** Errors: CE_SPEC_*, CE_USAGE_BAD_TARGET and CE_GRAPH_TARGET_NOT_FOUND of targets that name nothing. */
export async function planValidate(workspace: Workspace, selection: ValidateSelection, detection: Detection): Promise<Result<readonly Candidate[]>> {
  const { existsSync } = await import('node:fs');
  const { resolve, relative } = await import('node:path');
  const isPath = (word: string): boolean => !/\.md$/i.test(word) && existsSync(resolve(workspace.root, word));
  const paths = selection.targets.filter(isPath).map((word) => relative(workspace.root, resolve(workspace.root, word)).replaceAll('\\', '/'));
  const specs = selection.targets.filter((word) => !isPath(word));
  if (paths.some((path) => path.startsWith('..')))
    return fail({ code: 'CE_USAGE_BAD_TARGET', message: `${paths.find((path) => path.startsWith('..'))} is outside this repository` });
  const fromSpecs = specs.length > 0 ? await specCandidates(workspace, selection, specs, detection) : ok([]);
  if (!fromSpecs.ok) return fromSpecs;
  if (specs.length > 0 && paths.length === 0) return fromSpecs;
  return ok([...fromSpecs.value, ...projectCandidates(selection, paths, detection)]);
}

function projectCandidates(selection: ValidateSelection, paths: readonly string[], { projects, checks }: Detection): readonly Candidate[] {
  const limits = [...(paths.length > 0 ? [paths] : []), ...(selection.changed === null ? [] : [selection.changed])];
  const inside = (check: Check): boolean =>
    limits.every((limit) =>
      limit.some(
        (path) =>
          path === '' ||
          path === check.project ||
          path.startsWith(`${check.project}/`) ||
          check.project.startsWith(`${path}/`) ||
          projectOf(path, projects).dir === check.project,
      ),
    );
  const wanted = checks.filter((check) => limits.length === 0 || inside(check));
  const dirs = [...new Set(wanted.map((check) => check.project))].sort();
  const levels = selection.levels.filter((level) => wanted.some((check) => check.level === level) || dirs.length === 0);
  return buildValidateGraph(
    levels,
    dirs.map((dir) => ({ dir, kinds: [] })),
  ).tasks.flatMap((task): readonly Candidate[] => {
    const own = wanted.filter((check) => check.level === task.level && check.project === projectOfTask(task));
    return own.length === 0 ? [] : [{ task, gate: { level: task.level as Level, checks: own, unverified: [] } }];
  });
}

async function specCandidates(
  workspace: Workspace,
  selection: ValidateSelection,
  words: readonly string[],
  detection: Detection,
): Promise<Result<readonly Candidate[]>> {
  const requested = await resolveTargets(workspace, words);
  if (!requested.ok) return requested;
  const { prps, targets } = requested.value;
  const graph = buildGraph(prps);
  if (!graph.ok) return graph;
  const chosen = await selectTargets(graph.value, prps, targets);
  if (!chosen.ok) return chosen;
  const named = new Set(targets.flatMap((target) => (target.phase === null ? [] : [`${target.prp}:${target.phase}`])));
  return ok(
    chosen.value.tasks
      .filter((task) => task.kind === 'gate' && selection.levels.includes(task.level as Level) && (named.size === 0 || named.has(`${task.prp}:${task.phase}`)))
      .map((task): Candidate => {
        const prp = prps.find((candidate) => candidate.id === task.prp) as Prp;
        const phase = prp.phases.find((candidate) => candidate.id === task.phase) ?? null;
        return { task: { ...task, dependsOn: [] }, gate: planGate(task.level as Level, prp, phase, detection.checks, workspace.config.data) };
      }),
  );
}

/** Looks every check up at once, so that a tree where nothing changed costs one pass over its stats. */
export async function lookUp(
  candidates: readonly Candidate[],
  cache: CheckCache,
  versionsOf: (check: Check) => CheckVersions,
  use: Use,
): Promise<ValidatePlan> {
  const checks = candidates.flatMap(({ gate }) => gate.checks);
  const found = await cache.lookup(checks, versionsOf, use);
  const byCheck = new Map<Check, Lookup>(checks.map((check, index) => [check, found[index] as Lookup]));
  return {
    tasks: candidates.map(({ task, gate }) => {
      const lookups = gate.checks.map((check) => byCheck.get(check) as Lookup);
      const hits = lookups.flatMap((lookup): readonly ValidatorResult[] => ('hit' in lookup ? [lookup.hit] : []));
      const known = hits.length === lookups.length ? combineGate(gate.level, hits, gate.unverified, 1) : null;
      const missed = lookups.find((lookup) => !('hit' in lookup));
      const reason = known?.reason ?? (missed !== undefined && 'reason' in missed ? missed.reason : 'it has not run here');
      return { planned: { task, outcome: known === null ? 'planned' : known.outcome === 'cached' ? 'cached' : 'unverified', reason }, gate, known };
    }),
    nothing: candidates.length === 0 ? 'no validator was detected or configured at these levels' : null,
    affected: 'some',
  };
}
