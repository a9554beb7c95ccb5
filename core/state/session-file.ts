/** `.ce/active_prp_session`, for people and scripts: which PRP is being worked on in this checkout. A projection; nothing of ce decides by it. */
import { readFileSync, rmSync } from 'node:fs';
import { ok, type Result } from '../errors.ts';
import { LEVELS, type Level } from '../model.ts';
import { writeWhole } from './files.ts';
import type { StatePaths } from './paths.ts';

/** The seeds' fields, then ce's. */
export interface SessionFile {
  readonly prp_id: string;
  readonly prp_name: string;
  /** ISO 8601 in UTC. */
  readonly started_at: string;
  /** Phase id, or `planning`. */
  readonly phase: string;
  readonly last_checkpoint: string | null;
  readonly checkpoint_count: number;
  readonly validation_attempts: Readonly<Record<Level, number>>;
  readonly serena_memories: readonly string[];
  /** Null for a session that a person started with `ce prp start`. */
  readonly run_id: string | null;
  readonly pid: number | null;
}

export interface SessionChange {
  readonly prp: { readonly id: string; readonly title: string };
  readonly phase: string;
  readonly run: string | null;
  readonly attempts: Readonly<Partial<Record<string, number>>>;
  /** Name or commit of the newest checkpoint that was made in this session. */
  readonly checkpoint?: string;
}

/** Goes on with the session of the same PRP, or begins one. Errors: CE_STATE_WRITE. */
export function writeSession(paths: StatePaths, change: SessionChange): Result<SessionFile> {
  const { prp, phase, run, attempts, checkpoint } = change;
  const before = readSession(paths);
  const same = before?.prp_id === prp.id ? before : null;
  const session: SessionFile = {
    prp_id: prp.id,
    prp_name: prp.title,
    started_at: same?.started_at ?? new Date().toISOString(),
    phase,
    last_checkpoint: checkpoint ?? same?.last_checkpoint ?? null,
    checkpoint_count: (same?.checkpoint_count ?? 0) + (checkpoint === undefined ? 0 : 1),
    validation_attempts: { L1: attempts['L1'] ?? 0, L2: attempts['L2'] ?? 0, L3: attempts['L3'] ?? 0, L4: attempts['L4'] ?? 0 },
    serena_memories: same?.serena_memories ?? [],
    run_id: run,
    pid: run === null ? null : process.pid,
  };
  const written = writeWhole(paths.session, `${JSON.stringify(session, null, 2)}\n`);
  return written.ok ? ok(session) : written;
}

/** Null when there is none, or none that can be read. Fields that other tools left out have their defaults. */
export function readSession(paths: StatePaths): SessionFile | null {
  try {
    const value: unknown = JSON.parse(readFileSync(paths.session, 'utf8'));
    if (typeof value !== 'object' || value === null || !('prp_id' in value) || typeof value.prp_id !== 'string') return null;
    const has = value as Partial<SessionFile>;
    return {
      prp_id: value.prp_id,
      prp_name: has.prp_name ?? value.prp_id,
      started_at: has.started_at ?? '',
      phase: has.phase ?? 'planning',
      last_checkpoint: has.last_checkpoint ?? null,
      checkpoint_count: has.checkpoint_count ?? 0,
      validation_attempts: { ...Object.fromEntries(LEVELS.map((level) => [level, 0])), ...has.validation_attempts } as Record<Level, number>,
      serena_memories: has.serena_memories ?? [],
      run_id: has.run_id ?? null,
      pid: has.pid ?? null,
    };
  } catch {
    return null;
  }
}

export function removeSession(paths: StatePaths): void {
  rmSync(paths.session, { force: true });
}
