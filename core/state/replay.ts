/** A run's state from its records. Pure: the state of a journal is the fold of its records, and every prefix gives a valid one. */
import type { Escalation } from '../events.ts';
import type { Intent } from '../intents.ts';
import type { Checkpoint, Outcome, PlannedTask, TaskKind } from '../model.ts';
import type { JournalRecord } from './records.ts';

export interface TaskState {
  readonly kind: TaskKind;
  /** Null while it runs. */
  readonly outcome: Outcome | null;
  readonly reason: string;
  /** Null while it runs. */
  readonly durationMs: number | null;
}

export interface RunState {
  readonly run: string;
  readonly root: string;
  readonly pid: number;
  readonly namespaces: readonly string[];
  readonly request: object | null;
  readonly command: string;
  readonly targets: readonly string[];
  /** ISO 8601 in UTC; empty until the run started. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly exitCode: number | null;
  /** A later run took over what this one left. */
  readonly recovered: boolean;
  readonly plan: readonly PlannedTask[];
  readonly tasks: ReadonlyMap<string, TaskState>;
  readonly checkpoints: readonly Checkpoint[];
  readonly escalations: readonly Escalation[];
  /** Intents that were neither carried out nor undone. */
  readonly openIntents: readonly Intent[];
  /** `PRP-5:phase2` → its own paths, for phases that were started and not checkpointed. Null when it never said which. */
  readonly openPhases: ReadonlyMap<string, readonly string[] | null>;
  readonly byProducts: readonly string[];
  /** Path → sha256 of what an implementer last wrote there; null for a deletion. */
  readonly written: ReadonlyMap<string, string | null>;
}

/** The same, while it is being built. */
interface Draft extends Omit<{ -readonly [key in keyof RunState]: RunState[key] }, 'tasks' | 'openPhases' | 'written'> {
  readonly written: Map<string, string | null>;
  readonly tasks: Map<string, TaskState>;
  readonly openPhases: Map<string, readonly string[] | null>;
}

export function replay(records: readonly JournalRecord[]): RunState {
  const draft: Draft = {
    run: '',
    root: '',
    pid: 0,
    namespaces: [],
    request: null,
    command: '',
    targets: [],
    startedAt: '',
    endedAt: null,
    exitCode: null,
    recovered: false,
    plan: [],
    tasks: new Map(),
    checkpoints: [],
    escalations: [],
    openIntents: [],
    openPhases: new Map(),
    byProducts: [],
    written: new Map(),
  };
  for (const record of records) apply(draft, record);
  return draft;
}

function apply(state: Draft, record: JournalRecord): void {
  switch (record.type) {
    case 'opening':
      Object.assign(state, { run: record.run, root: record.root, pid: record.pid, namespaces: record.namespaces, request: record.request });
      return;
    case 'intent':
      state.openIntents = [...state.openIntents.filter((open) => keyOf(open) !== keyOf(record.intent)), record.intent];
      return;
    case 'settled':
      settle(state, record.commit);
      return;
    case 'phase-start':
      if (!state.openPhases.has(phaseKey(record))) state.openPhases.set(phaseKey(record), null);
      return;
    case 'phase-paths':
      state.openPhases.set(phaseKey(record), record.paths);
      return;
    case 'written':
      for (const [path, hash] of Object.entries(record.files)) state.written.set(path, hash);
      return;
    case 'by-products':
      state.byProducts = [...new Set([...state.byProducts, ...record.paths])];
      return;
    case 'recovered':
      Object.assign(state, { recovered: true, openIntents: [] });
      return;
    case 'run.start':
      Object.assign(state, { run: record.run, root: record.root, pid: record.pid, command: record.command, targets: record.targets, startedAt: record.time });
      return;
    case 'run.end':
      Object.assign(state, { endedAt: record.time, exitCode: record.exitCode });
      return;
    case 'graph':
      state.plan = record.plan;
      return;
    case 'task.start':
      state.tasks.set(record.task, { kind: record.kind, outcome: null, reason: record.reason, durationMs: null });
      return;
    case 'task.end':
      state.tasks.set(record.task, { kind: record.kind, outcome: record.outcome, reason: record.reason, durationMs: record.durationMs });
      return;
    case 'checkpoint':
      state.checkpoints = [...state.checkpoints, record.checkpoint];
      state.openPhases.delete(phaseKey(record.checkpoint));
      return;
    case 'escalation':
      state.escalations = [...state.escalations, record.escalation];
      return;
    default:
      return;
  }
}

function phaseKey({ prp, phase }: { readonly prp: string; readonly phase: string }): string {
  return `${prp}:${phase}`;
}

/** How `settled` names an intent. */
function keyOf(intent: Intent): string {
  return intent.kind === 'checkpoint' ? intent.commit : intent.id;
}

function settle(state: Draft, key: string): void {
  const settled = state.openIntents.find((intent) => keyOf(intent) === key);
  state.openIntents = state.openIntents.filter((intent) => intent !== settled);
  if (settled?.kind === 'checkpoint') state.openPhases.delete(phaseKey(settled));
}
