/** What the tasks of one run share: services, and the little that changes while it goes on. */
import type { ImplementCache } from '../cache/implement-cache.ts';
import type { EventBus, HealRecord } from '../events.ts';
import type { Checkpoint, GateResult, Level, Prp } from '../model.ts';
import type { Session } from '../session.ts';
import type { Journal } from '../state/journal.ts';
import type { Git } from '../vcs/git.ts';
import type { ChecksRunner } from './checks-runner.ts';
import type { Detection } from './detect.ts';
import type { Ledger } from './ledger.ts';
import type { RunRequest } from './request.ts';
import type { Standing } from './standing.ts';
import type { Workspace } from './workspace.ts';

/** What is known of one phase so far. */
export interface PhaseRecord {
  readonly gates: Map<Level, GateResult>;
  /** The files that a level passed on, and a digest of their content then. */
  readonly judged: Map<Level, { readonly files: readonly string[]; readonly content: string }>;
  readonly heals: HealRecord[];
  attempts: number;
  /** Null until the phase is implemented in this run. */
  from: Standing | null;
}

export interface RunContext {
  readonly run: string;
  readonly workspace: Workspace;
  readonly request: RunRequest;
  readonly prps: ReadonlyMap<string, Prp>;
  readonly session: Session;
  readonly bus: EventBus;
  readonly journal: Journal;
  readonly git: Git;
  readonly implementCache: ImplementCache;
  readonly checks: ChecksRunner;
  readonly detection: () => Promise<Detection>;
  ask(prompt: string): Promise<boolean>;
  readonly ledger: Ledger;
  readonly phases: Map<string, PhaseRecord>;
  readonly checkpoints: Checkpoint[];
  /** Environment for implementers and gates. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export function phaseRecord(context: RunContext, prp: string, phase: string): PhaseRecord {
  const key = `${prp}:${phase}`;
  const known = context.phases.get(key);
  if (known !== undefined) return known;
  const fresh: PhaseRecord = { gates: new Map(), judged: new Map(), heals: [], attempts: 0, from: null };
  context.phases.set(key, fresh);
  return fresh;
}

/** How often each gate of the phase ran so far, as the session file tells it. */
export function attemptsOf(record: PhaseRecord): Readonly<Partial<Record<Level, number>>> {
  return Object.fromEntries([...record.gates].map(([level, gate]) => [level, gate.attempts]));
}
