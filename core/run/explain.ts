/** Why each task of a request would run or not: the decision of its phase with the evidence, and for each check of a gate what is known. */
import { ok, type Failure, type Result } from '../errors.ts';
import type { PhaseDecision } from '../graph/freshness.ts';
import type { Check, Level, Phase, Prp, Task } from '../model.ts';
import type { CheckpointEvidence } from '../vcs/evidence.ts';
import { readCheckStates, type CheckState } from './check-state.ts';
import { planGate } from './checks.ts';
import { detectChecks } from './detect-checks.ts';
import { planRun, type Plan } from './plan.ts';
import type { RunRequest } from './request.ts';
import type { Workspace } from './workspace.ts';

export interface GateExplanation {
  /** Id of the task. */
  readonly task: string;
  readonly level: Level;
  readonly checks: readonly CheckState[];
  /** What only a person can judge. */
  readonly unverified: readonly string[];
}

export interface PhaseExplanation {
  readonly prp: string;
  /** Phase id, or `final`. */
  readonly phase: string;
  readonly title: string;
  readonly decision: PhaseDecision['decision'];
  readonly reason: string;
  /** The newest checkpoint in the history of HEAD, whether it counts or not. */
  readonly evidence: CheckpointEvidence | null;
  /** Of a phase that would run. A phase that is done is fresh as one unit, and its checks are not asked. */
  readonly gates: readonly GateExplanation[];
}

export interface Explanation {
  readonly phases: readonly PhaseExplanation[];
  readonly warnings: readonly Failure[];
  /** True when tools were not asked for their versions, because this clone was not approved yet. */
  readonly unasked: boolean;
}

interface Gate {
  readonly task: Task;
  readonly level: Level;
  readonly checks: readonly Check[];
  readonly unverified: readonly string[];
}

/** Reads only. Errors: those that `ce run` with the same targets would be refused with. */
export async function explainTargets(workspace: Workspace, targets: readonly string[], environment: NodeJS.ProcessEnv): Promise<Result<Explanation>> {
  const request: RunRequest = { command: 'run', targets, startPhase: null, endPhase: null, jobs: null, implementer: null, options: [] };
  const plan = await planRun(workspace, request);
  if (!plan.ok) return plan;
  const detection = await detectChecks(workspace, environment);
  const gates = plan.value.tasks.flatMap(({ task, outcome }): readonly Gate[] => {
    const { level } = task;
    const prp = plan.value.prps.find((candidate) => candidate.id === task.prp);
    if (task.kind !== 'gate' || outcome !== 'planned' || level === null || prp === undefined) return [];
    const { checks, unverified } = planGate(level, prp, phaseOf(prp, task.phase), detection.checks, workspace.config.data);
    return [{ task, level, checks, unverified }];
  });
  const checks = gates.flatMap((gate) => gate.checks);
  const read = await readCheckStates(workspace, checks, detection, environment);
  // One check may stand in the gates of several phases, so states are dealt out in the order in which they were asked.
  const states = read.states.values();
  const explained = gates.map(({ task, level, checks: own, unverified }) => ({
    of: `${task.prp}:${task.phase}`,
    task: task.id,
    level,
    unverified,
    checks: own.flatMap(() => states.next().value ?? []),
  }));
  const phases = plan.value.prps.flatMap((prp) =>
    phasesOf(plan.value, prp).map((phase) => ({
      ...phase,
      gates: explained
        .filter(({ of }) => of === `${prp.id}:${phase.phase}`)
        .map(({ task, level, checks: own, unverified }) => ({ task, level, checks: own, unverified })),
    })),
  );
  return ok({ phases, warnings: read.warnings, unasked: !workspace.trusted && checks.some(({ version }) => version !== null) });
}

function phasesOf(plan: Plan, prp: Prp): readonly Omit<PhaseExplanation, 'gates'>[] {
  const named = new Set(plan.tasks.map(({ task }) => `${task.prp}:${task.phase}`));
  return (plan.decisions.get(prp.id) ?? [])
    .filter(({ phase }) => named.has(`${prp.id}:${phase}`))
    .map(({ phase, decision, reason }) => ({
      prp: prp.id,
      phase,
      decision,
      reason,
      title: phaseOf(prp, phase)?.name ?? prp.title,
      evidence: plan.evidence.get(prp.id)?.get(phase) ?? null,
    }));
}

function phaseOf(prp: Prp, phase: string | null): Phase | null {
  return prp.phases.find(({ id }) => id === phase) ?? null;
}
