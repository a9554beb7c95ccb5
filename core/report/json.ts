/** `--json`: one document of `schemas/result.schema.json`, made from the events of the run alone. */
import type { Failure } from '../errors.ts';
import type { HealRecord } from '../events.ts';
import type {
  HealResult,
  LevelResult,
  LevelResults,
  OpenDiagnostic,
  PatternResult,
  PhaseResult,
  RunResult,
  TaskResult,
  ValidatorRun,
} from '../generated/result.ts';
import { LEVELS, type Diagnostic, type Level, type ValidatorResult } from '../model.ts';
import { duration } from './format.ts';
import { gatesOf, isComplete, openDiagnostics, passed, phasesOf, prpsOf, succeeded, type PhaseView } from './phases.ts';
import { createRunState } from './state.ts';
import type { RunView, TaskView } from './view.ts';

/** The document of a run that has ended. An interrupted one without an end has `success: false` and exit code 1. */
export function resultOf(view: RunView): RunResult {
  const phases = phasesOf(view);
  const numbered = phases.filter((phase) => phase.phase !== null && phase.phase !== 'final');
  const prps = prpsOf(view);
  const loose = phases.filter((phase) => phase.phase === null).flatMap(gatesOf);
  const applied = view.heals.filter(({ heal }) => heal.applied);
  const { end } = view;
  return {
    v: 1,
    command: view.command,
    success: end?.success ?? false,
    exit_code: end?.exitCode ?? 1,
    run_id: view.run,
    prp_id: prps.length === 1 ? (prps[0] ?? null) : null,
    phases_completed: numbered.filter(isComplete).length,
    phases_total: numbered.length,
    ...(view.dryRun ? { dry_run: true as const } : {}),
    validation_results: Object.fromEntries(
      phases.filter((phase) => phase.phase !== null).map((phase) => [keyOf(phase, prps.length > 1 ? 'several' : 'one'), phaseResult(view, phase)]),
    ),
    ...(view.command === 'validate' && loose.length > 0 ? { validation_levels: levelsOf(view, loose) } : {}),
    ...oneLevel(view),
    checkpoints_created: view.checkpoints.map((checkpoint) => checkpoint.tag ?? checkpoint.ref),
    confidence_score: end?.confidence == null ? null : `${end.confidence.score}/10`,
    confidence: end?.confidence?.score ?? null,
    confidence_reasons: [...(end?.confidence?.reasons ?? [])],
    execution_time: duration(end?.durationMs ?? 0),
    duration_ms: end?.durationMs ?? 0,
    heals: view.heals.map(({ heal }) => healResult(heal)),
    heals_attempted: applied.length,
    heals_succeeded: applied.filter(({ heal }) => !heal.reverted).length,
    escalations: view.escalations.map((escalation) => ({
      ...escalation,
      evidence: [...escalation.evidence],
      troubleshooting: [...escalation.troubleshooting],
      actions: [...escalation.actions],
    })),
    diagnostics: openDiagnostics(view).map(openDiagnostic),
    failure: end?.failure ?? null,
    tasks: [...view.tasks.values()].map((task) => taskResult(view, task)),
  };
}

/** The document of a request that failed before it became a run. */
export function resultWithoutRun(command: string, failure: Failure, exitCode: number): RunResult {
  const { view } = createRunState();
  return resultOf({ ...view, command, end: { exitCode, success: false, durationMs: 0, confidence: null, failure } });
}

export function toJsonText(result: RunResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** `phase1` → `Phase1`, as the seeds write it. */
function keyOf(phase: PhaseView, prps: 'one' | 'several'): string {
  const id = phase.phase ?? '';
  const key = id.charAt(0).toUpperCase() + id.slice(1);
  return prps === 'several' ? `${phase.prp ?? ''}:${key}` : key;
}

function phaseResult(view: RunView, phase: PhaseView): PhaseResult {
  const healed = gatesOf(phase).filter(
    (task) => passed(task) && (task.gate?.attempts ?? 0) > 1 && view.heals.some(({ task: id, heal }) => id === task.id && heal.applied && !heal.reverted),
  );
  return {
    success: succeeded(phase),
    validation_levels: levelsOf(view, gatesOf(phase)),
    self_healed: healed.map((task) => `${task.level ?? task.id}: Fixed after ${task.gate?.attempts ?? 0} attempts`),
  };
}

/** Several gates of one level (projects of a monorepo may have one each) are one entry: it passed when all did. */
function levelsOf(view: RunView, gates: readonly TaskView[]): LevelResults {
  const out: LevelResults = {};
  for (const level of LEVELS) {
    const own = gates.filter((task) => task.level === level);
    if (own.length === 0) continue;
    const result = levelResult(view, own);
    if (level === 'L4') out.L4 = { ...result, drift_score: null } satisfies PatternResult;
    else out[level] = result;
  }
  return out;
}

const WORST = ['failed', 'cancelled', 'blocked', 'planned', 'unverified', 'executed', 'cached', 'fresh', 'not-applicable', 'skipped'] as const;

function levelResult(view: RunView, gates: readonly TaskView[]): LevelResult {
  const outcomes = gates.map((task) => outcomeOf(view, task));
  return {
    passed: gates.every(passed),
    outcome: WORST.find((outcome) => outcomes.includes(outcome)) ?? 'planned',
    attempts: Math.max(...gates.map((task) => task.gate?.attempts ?? 0)),
    errors: [...new Set(gates.flatMap(errorsOf))],
    unverified: gates.flatMap((task) => task.gate?.unverified ?? []),
    validators: gates.flatMap((task) => task.gate?.validators ?? []).map(validatorRun),
  };
}

function outcomeOf(view: RunView, task: TaskView): LevelResult['outcome'] {
  if (view.dryRun) return task.planned ?? 'planned';
  return task.status === 'waiting' || task.status === 'running' ? 'planned' : task.status;
}

/** In the order in which they were seen, those that a heal removed included. */
function errorsOf(task: TaskView): readonly string[] {
  const results = [...task.results.map(({ result }) => result), ...(task.gate?.validators ?? [])];
  const found = results.flatMap((result) => (result.verdict === 'pass' ? [] : linesOf(result)));
  return found.length === 0 && task.failure !== null ? [task.failure.message] : found;
}

function linesOf(result: ValidatorResult): readonly string[] {
  const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').map((diagnostic) => diagnostic.message);
  return errors.length > 0 ? errors : [result.message ?? `${result.name}: ${result.verdict}`];
}

function validatorRun(result: ValidatorResult): ValidatorRun {
  return {
    name: result.name,
    project: result.project,
    command: result.command,
    verdict: result.verdict,
    ...(result.message === undefined ? {} : { message: result.message }),
    diagnostics: result.diagnostics.map(openDiagnostic),
    ...(result.tests === undefined ? {} : { tests: { ...result.tests } }),
    cached: result.cached,
    log: result.log,
    duration_ms: result.durationMs,
  };
}

function openDiagnostic({ source, code, severity, message, file, line, column }: Diagnostic): OpenDiagnostic {
  return { source, code, severity, message, file: file ?? null, line: line ?? null, column: column ?? null };
}

function taskResult(view: RunView, task: TaskView): TaskResult {
  const reason = view.dryRun || task.reason === '' ? task.plannedReason : task.reason;
  return { id: task.id, kind: task.kind, outcome: outcomeOf(view, task), reason, duration_ms: task.durationMs };
}

function oneLevel(view: RunView): Pick<RunResult, 'level' | 'verdict'> {
  const gates = [...view.tasks.values()].filter((task) => task.kind === 'gate');
  const levels = new Set<Level>(gates.flatMap((task) => task.level ?? []));
  const [level] = levels;
  if (view.command !== 'validate' || levels.size !== 1 || level === undefined) return {};
  return { level, verdict: verdictOf(view, gates) };
}

/** The first verdict that is no pass; without one, why there is none. */
function verdictOf(view: RunView, gates: readonly TaskView[]): NonNullable<RunResult['verdict']> {
  if (gates.every(passed)) return 'pass';
  const bad = gates.flatMap((task) => task.gate?.validators ?? []).find((result) => result.verdict !== 'pass');
  if (bad !== undefined) return bad.verdict;
  const outcomes = gates.filter((task) => !passed(task)).map((task) => outcomeOf(view, task));
  if (outcomes.includes('failed')) return 'fail';
  if (outcomes.includes('unverified')) return 'unverified';
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'not-applicable') ? 'not-applicable' : 'not-run';
}

/** Hunks of the unified diff, each with its first line and the lines that went and came. */
function healResult({ diff, ...heal }: HealRecord): HealResult {
  const edits: HealResult['edits'] = [];
  for (const line of diff.split('\n')) {
    const hunk = /^@@ -(\d+)/.exec(line);
    const edit = edits.at(-1);
    if (hunk !== null) edits.push({ line: Number(hunk[1]), removed: [], added: [] });
    else if (edit !== undefined && line.startsWith('-')) edit.removed.push(line.slice(1));
    else if (edit !== undefined && line.startsWith('+')) edit.added.push(line.slice(1));
  }
  return { ...heal, edits };
}
