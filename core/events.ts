/** The only output channel: one closed union of events, and the bus that hands them to subscribers in order. */
import type { Failure } from './errors.ts';
import type { Check, Checkpoint, Diagnostic, FileChange, GateResult, Json, Level, Outcome, PlannedTask, TaskKind, ValidatorResult } from './model.ts';

/** A decision that a person is needed. */
export interface Escalation {
  readonly id: string;
  readonly trigger: 'persistent' | 'ambiguous' | 'architectural' | 'dependency' | 'security' | 'policy';
  readonly code: Failure['code'];
  readonly task: string;
  readonly message: string;
  /** At most 20 lines. */
  readonly evidence: readonly string[];
  /** What to look at, in order. */
  readonly troubleshooting: readonly string[];
  /** Commands to paste. */
  readonly actions: readonly string[];
}

/** One heal: what was proposed, and whether it stayed. */
export interface HealRecord {
  readonly healer: string;
  readonly title: string;
  readonly file: string;
  readonly applied: boolean;
  readonly reverted: boolean;
  /** Unified diff of the edit. */
  readonly diff: string;
}

export interface ConfidenceScore {
  /** 0 to 10. */
  readonly score: number;
  /** What it is made of, one line each. */
  readonly reasons: readonly string[];
  /** How to read it: production-ready, test by hand, needs review. */
  readonly reading: string;
}

/** What the spec says of a phase, for people who watch. */
export interface PhaseBrief {
  readonly number: string;
  readonly name: string;
  readonly kind: 'phase' | 'step';
  readonly goal: string | null;
  readonly files: readonly Pick<FileChange, 'path' | 'action' | 'description'>[];
  /** Names of the functions and classes that it adds. */
  readonly functions: readonly string[];
}

/** `dryRun`: nothing runs and the plan is the result. `detail` comes with tasks of kind `implement`. */
export type Body =
  | {
      readonly type: 'run.start';
      readonly command: string;
      readonly targets: readonly string[];
      readonly root: string;
      readonly pid: number;
      readonly version: string;
      readonly jobs: number;
      readonly dryRun?: boolean;
    }
  | {
      readonly type: 'run.end';
      readonly exitCode: number;
      readonly success: boolean;
      readonly durationMs: number;
      readonly confidence: ConfidenceScore | null;
      readonly failure: Failure | null;
    }
  | { readonly type: 'graph'; readonly plan: readonly PlannedTask[] }
  | {
      readonly type: 'task.start';
      readonly task: string;
      readonly kind: TaskKind;
      readonly title: string;
      readonly reason: string;
      readonly usualMs: number | null;
      readonly detail?: PhaseBrief | null;
    }
  | {
      readonly type: 'check.start';
      readonly task: string;
      readonly check: Check;
      readonly attempt: number /** Why its verdict is not known from the cache. */;
      readonly reason?: string;
    }
  | { readonly type: 'check.end'; readonly task: string; readonly level: Level; readonly result: ValidatorResult; readonly attempt: number }
  | { readonly type: 'task.output'; readonly task: string; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'task.progress'; readonly task: string; readonly message: string }
  | {
      readonly type: 'task.end';
      readonly task: string;
      readonly kind: TaskKind;
      readonly outcome: Outcome;
      readonly reason: string;
      readonly durationMs: number;
      readonly gate: GateResult | null;
      readonly failure: Failure | null;
    }
  | { readonly type: 'diagnostic'; readonly task: string | null; readonly diagnostic: Diagnostic }
  | { readonly type: 'heal'; readonly task: string; readonly attempt: number; readonly heal: HealRecord }
  | { readonly type: 'escalation'; readonly escalation: Escalation }
  | { readonly type: 'checkpoint'; readonly task: string; readonly checkpoint: Checkpoint }
  | { readonly type: 'input'; readonly task: string; readonly prompt: string; readonly detail: Json }
  | { readonly type: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly failure: Failure | null; readonly message: string };

/** `seq` counts from 1 and is total in a run; `time` is ISO 8601 in UTC; `run` is the run's id. */
export type Event = { readonly v: 1; readonly seq: number; readonly time: string; readonly run: string } & Body;

export type Subscriber = (event: Event) => void;

export interface EventBus {
  emit(body: Body): void;
  /** Returns the way to leave. A subscriber that throws is dropped after one log event; the run goes on. */
  subscribe(name: string, subscriber: Subscriber): () => void;
}

/** `clean` is applied to every text that ce did not write (redaction, control sequences) before anyone sees it. */
export function createBus(run: string, clock: () => Date, clean: (body: Body) => Body): EventBus {
  const subscribers = new Map<string, Subscriber>();
  let seq = 0;
  const emit = (body: Body): void => {
    const event: Event = { v: 1, seq: ++seq, time: clock().toISOString(), run, ...clean(body) };
    for (const [name, subscriber] of [...subscribers]) {
      try {
        subscriber(event);
      } catch (thrown) {
        subscribers.delete(name);
        emit({
          type: 'log',
          level: 'warning',
          failure: null,
          message: `the ${name} output stopped: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        });
      }
    }
  };
  return {
    emit,
    subscribe(name, subscriber) {
      subscribers.set(name, subscriber);
      return () => subscribers.delete(name);
    },
  };
}
