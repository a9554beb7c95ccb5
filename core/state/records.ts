/** What a journal holds: the run's events, and between them the few facts that a resume needs and nobody watches. */
import type { Event } from '../events.ts';
import type { Intent } from '../intents.ts';

/** The first record: where and by whom. */
export interface Opening {
  readonly type: 'opening';
  readonly run: string;
  readonly root: string;
  readonly pid: number;
  readonly version: string;
  /** Commit that was checked out; null when none was. */
  readonly head: string | null;
  /** What was asked for, so that `ce resume` can ask it again. */
  readonly request: object | null;
  /** Where the process lived: in other namespaces its pid means something else. Empty where the system has none. */
  readonly namespaces: readonly string[];
  /** Inode of the folder of runs that it was written into: a journal that came with a clone or a copy is about another tree. */
  readonly place: number;
}

export type Note =
  | { readonly type: 'intent'; readonly intent: Intent }
  /** The intent with this commit, or this worktree id, was carried out or undone. */
  | { readonly type: 'settled'; readonly commit: string }
  | { readonly type: 'phase-start'; readonly prp: string; readonly phase: string }
  /** All paths that are the phase's own by now, from the repository root. */
  | { readonly type: 'phase-paths'; readonly prp: string; readonly phase: string; readonly paths: readonly string[] }
  /** What the implementer wrote into the phase's files: path → sha256 in hex, null for a file that it deleted. */
  | { readonly type: 'written'; readonly prp: string; readonly phase: string; readonly files: Readonly<Record<string, string | null>> }
  /** Untracked files that gates left behind. */
  | { readonly type: 'by-products'; readonly paths: readonly string[] }
  /** A later run ended what this one left. */
  | { readonly type: 'recovered' };

export type JournalRecord = Opening | Note | Event;

/** Events after which the disk must hold the journal: the decisions that a resume builds on. */
const DECISIONS: ReadonlySet<string> = new Set(['run.start', 'run.end', 'task.end', 'checkpoint', 'escalation']);
/** Events that a resume does not need and that would make the journal large. Their content is in the task's log. */
const LEFT_OUT: ReadonlySet<string> = new Set(['task.output', 'task.progress']);

export type Durability = 'durable' | 'lazy' | 'left-out';

export function durabilityOf(event: Event): Durability {
  if (LEFT_OUT.has(event.type)) return 'left-out';
  if (event.type === 'task.end' && event.kind === 'gate') return 'lazy';
  return DECISIONS.has(event.type) ? 'durable' : 'lazy';
}
