/** Made from schemas/result.schema.json by scripts/generate-types.mjs: change the schema, then run that script. */

/**
 * What a validator makes of its tool's exit code, report and counts together.
 */
export type Verdict = 'pass' | 'fail' | 'crash' | 'config' | 'empty' | 'timeout' | 'tool-missing';
export type Severity = 'error' | 'warning' | 'info';
export type DurationMs = number;
/**
 * L1 syntax and style · L2 unit tests · L3 integration · L4 pattern conformance.
 */
export type Level = 'L1' | 'L2' | 'L3' | 'L4';
/**
 * One of the codes of `docs/errors.md`.
 */
export type Code = string;
/**
 * Counts from 1.
 */
export type Position = number;
export type TaskKind = 'implement' | 'gate' | 'checkpoint' | 'review' | 'merge' | 'sync' | 'step' | 'command';

/**
 * What `--json` prints for `run`, `validate` and `batch`: one document.
 */
export interface RunResult {
  v: 1;
  /**
   * `run`, `validate`, `batch`.
   */
  command: string;
  success: boolean;
  /**
   * 0 done · 1 work failed · 2 the request, config, spec or tree is wrong · 3 a person is needed · 70 bug · 75 locked · 130/143 interrupted.
   */
  exit_code: number;
  run_id: string;
  /**
   * `null` when the run is about none or several.
   */
  prp_id: string | null;
  /**
   * Phases that are done: their checkpoint was made or stands.
   */
  phases_completed: number;
  /**
   * Phases of the plan.
   */
  phases_total: number;
  /**
   * Present when nothing was run.
   */
  dry_run?: true;
  /**
   * By phase: `Phase1`, `Final`; with several PRPs `PRP-5:Phase1`.
   */
  validation_results: {
    [k: string]: PhaseResult;
  };
  validation_levels?: LevelResults;
  level?: Level;
  /**
   * For `validate` with one level: its verdict in one word.
   */
  verdict?: 'pass' | 'fail' | 'crash' | 'config' | 'empty' | 'timeout' | 'tool-missing' | 'unverified' | 'not-applicable' | 'not-run';
  /**
   * Tags, or refs where tags are turned off.
   */
  checkpoints_created: string[];
  /**
   * `9/10`; `null` when the run has none.
   */
  confidence_score: string | null;
  confidence: number | null;
  confidence_reasons: string[];
  /**
   * `45m 23s`.
   */
  execution_time: string;
  duration_ms: DurationMs;
  heals: HealResult[];
  heals_attempted: number;
  /**
   * Heals that were applied and stayed.
   */
  heals_succeeded: number;
  escalations: OpenEscalation[];
  /**
   * What is open at the end.
   */
  diagnostics: OpenDiagnostic[];
  /**
   * Why the run stopped, when it did.
   */
  failure: Failure | null;
  /**
   * One entry a task; validators are inside their level.
   */
  tasks: TaskResult[];
}
export interface PhaseResult {
  success: boolean;
  validation_levels: LevelResults;
  /**
   * `L2: Fixed after 2 attempts`.
   */
  self_healed: string[];
}
/**
 * Levels that the plan does not hold are absent.
 */
export interface LevelResults {
  L1?: LevelResult;
  L2?: LevelResult;
  L3?: LevelResult;
  L4?: PatternResult;
}
export interface LevelResult {
  /**
   * True only with evidence.
   */
  passed: boolean;
  /**
   * `planned`: the run ended before it was judged.
   */
  outcome: 'executed' | 'fresh' | 'cached' | 'failed' | 'unverified' | 'not-applicable' | 'skipped' | 'blocked' | 'cancelled' | 'planned';
  /**
   * How often the gate was run.
   */
  attempts: number;
  flaky?: boolean;
  /**
   * One line each: what failed, in the last attempt or before a heal.
   */
  errors: string[];
  /**
   * What a person must judge.
   */
  unverified: string[];
  validators: ValidatorRun[];
}
export interface ValidatorRun {
  name: string;
  /**
   * Folder of the project, `.` for the root.
   */
  project: string;
  command: string;
  verdict: Verdict;
  /**
   * What happened and what to do, when the verdict is not `pass`.
   */
  message?: string;
  diagnostics: OpenDiagnostic[];
  tests?: TestCounts;
  cached: boolean;
  /**
   * Prefix of the whole output on disk: `<log>.out` and `<log>.err`.
   */
  log: string | null;
  duration_ms: DurationMs;
}
export interface OpenDiagnostic {
  source: string;
  code: string;
  severity: Severity;
  message: string;
  file: string | null;
  line: number | null;
  column: number | null;
}
export interface TestCounts {
  run: number;
  passed: number;
  failed: number;
  skipped: number;
}
export interface PatternResult {
  /**
   * True only with evidence.
   */
  passed: boolean;
  /**
   * `planned`: the run ended before it was judged.
   */
  outcome: 'executed' | 'fresh' | 'cached' | 'failed' | 'unverified' | 'not-applicable' | 'skipped' | 'blocked' | 'cancelled' | 'planned';
  /**
   * How often the gate was run.
   */
  attempts: number;
  flaky?: boolean;
  /**
   * One line each: what failed, in the last attempt or before a heal.
   */
  errors: string[];
  /**
   * What a person must judge.
   */
  unverified: string[];
  validators: ValidatorRun[];
  /**
   * Share of sites that break a convention, in percent; `null` when it was not measured.
   */
  drift_score: number | null;
}
export interface HealResult {
  healer: string;
  title: string;
  file: string;
  applied: boolean;
  reverted: boolean;
  edits: {
    /**
     * First line of the edit before it was made.
     */
    line: number;
    removed: string[];
    added: string[];
  }[];
}
export interface OpenEscalation {
  id: string;
  trigger: 'persistent' | 'ambiguous' | 'architectural' | 'dependency' | 'security' | 'policy';
  code: Code;
  task: string;
  message: string;
  evidence: string[];
  troubleshooting: string[];
  actions: string[];
}
export interface Failure {
  code: Code;
  message: string;
  place?: {
    file: string;
    line?: Position;
  };
  why?: string;
  next?: string;
}
export interface TaskResult {
  id: string;
  kind: TaskKind;
  outcome: 'executed' | 'fresh' | 'cached' | 'failed' | 'unverified' | 'not-applicable' | 'skipped' | 'blocked' | 'cancelled' | 'planned';
  reason: string;
  duration_ms: number | null;
}
