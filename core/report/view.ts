/** A run as reporters see it: what its events have told so far. Data only. */
import type { Failure } from '../errors.ts';
import type { ConfidenceScore, Escalation, HealRecord, PhaseBrief } from '../events.ts';
import type { Checkpoint, Diagnostic, GateResult, Level, Outcome, PlannedTask, TaskKind, ValidatorResult } from '../model.ts';

export interface TaskView {
  readonly id: string;
  readonly kind: TaskKind;
  readonly title: string;
  readonly prp: string | null;
  readonly phase: string | null;
  readonly level: Level | null;
  readonly planned: PlannedTask['outcome'] | null;
  /** Why the plan wants it to run, or not to. */
  readonly plannedReason: string;
  readonly status: 'waiting' | 'running' | Outcome;
  readonly reason: string;
  /** Milliseconds since the epoch, by the time of its event. */
  readonly startedAt: number | null;
  readonly usualMs: number | null;
  readonly durationMs: number | null;
  readonly progress: string | null;
  readonly brief: PhaseBrief | null;
  readonly attempt: number;
  /** Commands that run now. */
  readonly running: readonly { readonly validator: string; readonly command: string }[];
  /** What validators said in every attempt, oldest first. */
  readonly results: readonly { readonly attempt: number; readonly result: ValidatorResult }[];
  readonly tail: readonly string[];
  readonly gate: GateResult | null;
  readonly failure: Failure | null;
}

export interface RunView {
  readonly run: string;
  readonly command: string;
  readonly targets: readonly string[];
  readonly root: string;
  readonly dryRun: boolean;
  readonly startedAt: number;
  /** In the order of the plan. */
  readonly tasks: ReadonlyMap<string, TaskView>;
  readonly diagnostics: readonly { readonly task: string | null; readonly diagnostic: Diagnostic }[];
  readonly heals: readonly { readonly task: string; readonly attempt: number; readonly heal: HealRecord }[];
  readonly escalations: readonly Escalation[];
  readonly checkpoints: readonly Checkpoint[];
  readonly logs: readonly { readonly level: 'info' | 'warning' | 'error'; readonly message: string; readonly failure: Failure | null }[];
  readonly end: RunEnd | null;
}

export interface RunEnd {
  readonly exitCode: number;
  readonly success: boolean;
  readonly durationMs: number;
  readonly confidence: ConfidenceScore | null;
  readonly failure: Failure | null;
}
