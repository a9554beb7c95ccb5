/** What is kept of a passed check. Only a pass is ever an entry: `toEntry` makes none of anything else, and `fromEntry` takes none. */
import { readFileSync } from 'node:fs';
import type { Check, Json, TestCounts, ValidatorResult } from '../model.ts';
import type { Store } from './store.ts';

/** The verdict is not written: an entry is a pass. */
export interface CheckEntry {
  readonly name: string;
  readonly diagnostics: ValidatorResult['diagnostics'];
  readonly command: string;
  readonly durationMs: number;
  /** sha256 of a blob of the whole output, stdout first; null when nothing was printed. */
  readonly log: string | null;
  readonly tests?: TestCounts;
}

/** Output over this size (bytes) is not kept; the verdict is. */
const MAX_LOG = 4 << 20;

/** Null when the result is no pass. The log, if there is one, goes to the store. */
export async function toEntry(result: ValidatorResult, store: Store): Promise<CheckEntry | null> {
  if (result.verdict !== 'pass') return null;
  const log = readLog(result.log);
  const { name, diagnostics, command, durationMs } = result;
  const digest = log === null ? null : await store.writeBlob(log);
  return { name, diagnostics, command, durationMs, log: digest, ...(result.tests === undefined ? {} : { tests: result.tests }) };
}

/** The result of a hit. `durationMs` is what the run took that is spared; `log` is one file. */
export function fromEntry(entry: CheckEntry, check: Check, store: Store): ValidatorResult {
  return {
    verdict: 'pass',
    diagnostics: entry.diagnostics,
    name: entry.name,
    project: check.project,
    command: entry.command,
    durationMs: entry.durationMs,
    cached: true,
    log: entry.log === null ? null : store.blobPath(entry.log),
    ...(entry.tests === undefined ? {} : { tests: entry.tests }),
  };
}

/** What an action's value says, or null when it is not of this form or its log is gone. */
export function parseEntry(value: Json, store: Store): CheckEntry | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { name, diagnostics, command, durationMs, log, tests } = value as { readonly [key: string]: Json };
  if (typeof name !== 'string' || !Array.isArray(diagnostics) || typeof command !== 'string' || typeof durationMs !== 'number') return null;
  if (log !== null && (typeof log !== 'string' || store.readBlob(log) === null)) return null;
  const counts = tests === undefined ? {} : { tests: tests as unknown as TestCounts };
  return { name, diagnostics: diagnostics as unknown as CheckEntry['diagnostics'], command, durationMs, log, ...counts };
}

/** The output of a result: the file itself, or the two files of a run beside that name. */
function readLog(path: string | null): Buffer | null {
  if (path === null) return null;
  const whole = readIfThere(path) ?? Buffer.concat([readIfThere(`${path}.out`) ?? NOTHING, readIfThere(`${path}.err`) ?? NOTHING]);
  return whole.length === 0 || whole.length > MAX_LOG ? null : whole;
}

const NOTHING = Buffer.alloc(0);

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
