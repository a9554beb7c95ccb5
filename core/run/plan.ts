/** From a request to a plan: which PRPs, which tasks, and for each task whether it runs and why. Reads only. */
import { fail, ok, type Result } from '../errors.ts';
import { buildGraph } from '../graph/build.ts';
import { decidePhases, phaseSpecs, type PhaseDecision } from '../graph/freshness.ts';
import { matchesPrp, selectTargets } from '../graph/select.ts';
import type { PlannedTask, Prp, Target, Task, TaskGraph } from '../model.ts';
import { parseTarget } from '../spec/target.ts';
import { readEvidence, type Evidence } from '../vcs/evidence.ts';
import { readHead } from '../vcs/refs.ts';
import { wants, type RunRequest } from './request.ts';
import { missingDependencies } from './dependencies.ts';
import type { Workspace } from './workspace.ts';

export interface Plan {
  readonly prps: readonly Prp[];
  readonly graph: TaskGraph;
  readonly tasks: readonly PlannedTask[];
  readonly decisions: ReadonlyMap<string, readonly PhaseDecision[]>;
  readonly evidence: Evidence;
  /** Commit that was checked out when it was planned. */
  readonly head: string | null;
}

export async function planRun(workspace: Workspace, request: RunRequest): Promise<Result<Plan>> {
  const targets = await resolveTargets(workspace, request.targets);
  if (!targets.ok) return targets;
  const evidence = await readEvidence(workspace.repo, workspace.memo);
  const prps = await missingDependencies(workspace, targets.value.prps, evidence, wants(request, 'with-deps') ? 'include' : 'refuse');
  if (!prps.ok) return prps;
  for (const prp of prps.value) {
    const refused = prp.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    if (refused !== undefined)
      return fail({
        code: refused.code.startsWith('CE_') ? (refused.code as 'CE_SPEC_PATH') : 'CE_SPEC_PATH',
        message: refused.message,
        place: { file: prp.path, ...(refused.line === undefined ? {} : { line: refused.line }) },
        next: `ce show ${prp.path}`,
      });
    if (!prp.executable)
      return fail({
        code: 'CE_SPEC_NO_PHASES',
        message: `${prp.id} can't be run: ${prp.reason ?? 'it has no phases'}`,
        place: { file: prp.path },
        next: `ce show ${prp.path}`,
      });
  }
  const whole = buildGraph(prps.value);
  if (!whole.ok) return whole;
  const included = prps.value.filter((prp) => !targets.value.prps.includes(prp)).map((prp): Target => ({ prp: prp.id, phase: null, level: null }));
  const chosen = await selectTargets(whole.value, prps.value, [...targets.value.targets, ...included]);
  if (!chosen.ok) return chosen;
  const selected = inOneTree(chosen.value);
  const decisions = new Map<string, readonly PhaseDecision[]>();
  for (const prp of prps.value) {
    const decided = decide(prp, selected, evidence, request);
    if (!decided.ok) return decided;
    decisions.set(prp.id, decided.value);
  }
  const tasks = selected.tasks.flatMap((task) => planTask(task, decisions, request));
  const kept = new Set(tasks.map(({ task }) => task.id));
  return ok({
    prps: prps.value,
    graph: { tasks: selected.tasks.filter((task) => kept.has(task.id)).map((task) => ({ ...task, dependsOn: task.dependsOn.filter((id) => kept.has(id)) })) },
    tasks,
    decisions,
    evidence,
    head: readHead(workspace.repo)?.oid ?? null,
  });
}

/** One tree holds one change at a time: the first task of each PRP waits for the last of the PRP before it. */
function inOneTree(graph: TaskGraph): TaskGraph {
  const tasks: Task[] = [];
  for (const task of graph.tasks) {
    const previous = tasks.at(-1);
    const first = previous !== undefined && previous.prp !== task.prp;
    tasks.push(first && !task.dependsOn.includes(previous.id) ? { ...task, dependsOn: [...task.dependsOn, previous.id] } : task);
  }
  return { tasks };
}

interface Requested {
  readonly targets: readonly Target[];
  readonly prps: readonly Prp[];
}

/** An argument that is a path names its PRP; the rest follows the target grammar. */
export async function resolveTargets(workspace: Workspace, words: readonly string[]): Promise<Result<Requested>> {
  const prps = new Map<string, Prp>();
  const targets: Target[] = [];
  for (const word of words) {
    if (/\.md$/i.test(word)) {
      const found = await workspace.specs.find(word);
      if (!found.ok) return found;
      prps.set(found.value.id, found.value);
      targets.push({ prp: found.value.id, phase: null, level: null });
      continue;
    }
    const target = parseTarget(word);
    if (!target.ok) return target;
    const matching = await matchPrps(workspace, target.value.prp);
    if (!matching.ok) return matching;
    for (const prp of matching.value) {
      prps.set(prp.id, prp);
      targets.push({ ...target.value, prp: prp.id });
    }
  }
  return ok({ targets, prps: [...prps.values()] });
}

/** One PRP by its id, or every PRP below a pattern such as `PRP-47.*`. */
async function matchPrps(workspace: Workspace, pattern: string): Promise<Result<readonly Prp[]>> {
  if (!pattern.includes('*')) {
    const one = await workspace.specs.find(pattern);
    return one.ok ? ok([one.value]) : one;
  }
  const found: Prp[] = [];
  for (const { id } of (await workspace.specs.entries()).filter((entry) => pattern === '*' || matchesPrp(pattern, entry.id))) {
    const one = await workspace.specs.find(id);
    if (!one.ok) return one;
    found.push(one.value);
  }
  if (found.length > 0) return ok(found);
  return fail({ code: 'CE_SPEC_NOT_FOUND', message: `PRP file not found: ${pattern}`, why: 'no PRP lies below this pattern', next: 'ce list' });
}

function phaseIndex(prp: Prp, flag: string, word: string | null): Result<number | null> {
  if (word === null) return ok(null);
  const literal = prp.phases.findIndex((phase) => phase.number === word || phase.id === word);
  const index = literal >= 0 ? literal : Number.isInteger(Number(word)) ? Number(word) - 1 : -1;
  if (index >= 0 && index < prp.phases.length) return ok(index);
  return fail({
    code: 'CE_GRAPH_TARGET_NOT_FOUND',
    message: `${prp.id} has no phase ${word} (${flag})`,
    why: `Its phases: ${prp.phases.map((phase) => phase.number).join(', ')}`,
    next: `ce show ${prp.id}`,
  });
}

function decide(prp: Prp, selected: TaskGraph, evidence: Evidence, request: RunRequest): Result<readonly PhaseDecision[]> {
  const start = phaseIndex(prp, '--start-phase', request.startPhase);
  if (!start.ok) return start;
  const end = phaseIndex(prp, '--end-phase', request.endPhase);
  if (!end.ok) return end;
  if (start.value !== null && end.value !== null && start.value > end.value)
    return fail({
      code: 'CE_USAGE_BAD_VALUE',
      message: `--start-phase ${request.startPhase} comes after --end-phase ${request.endPhase}`,
      next: `ce show ${prp.id}`,
    });
  const chosen = new Set(selected.tasks.filter((task) => task.prp === prp.id).map((task) => task.phase));
  const last = prp.phases.findLastIndex((phase) => chosen.has(phase.id));
  const own = evidence.get(prp.id);
  const specs = phaseSpecs(prp);
  const units = [...specs].filter(([phase]) => phase !== 'final' || chosen.has('final')).map(([phase, spec]) => ({ phase, spec }));
  return ok(
    decidePhases({
      phases: units.map((unit) => ({ ...unit, checkpoint: own?.get(unit.phase) ?? null })),
      force: wants(request, 'force') ? 'all' : 'none',
      startPhase: start.value,
      endPhase: end.value,
      targetPhase: chosen.has('final') ? null : last,
    }),
  );
}

function planTask(task: Task, decisions: Plan['decisions'], request: RunRequest): readonly PlannedTask[] {
  const decision = decisions.get(task.prp ?? '')?.find((candidate) => candidate.phase === task.phase);
  switch (decision?.decision) {
    case undefined:
    case 'not-selected':
      return [];
    case 'fresh':
      return [{ task, outcome: 'fresh', reason: decision.reason }];
    case 'skipped':
      return [{ task, outcome: 'skipped', reason: decision.reason }];
    case 'planned':
      return task.kind !== 'implement' && wants(request, 'skip-validation')
        ? [{ task, outcome: 'skipped', reason: '--skip-validation' }]
        : [{ task, outcome: 'planned', reason: decision.reason }];
  }
}
