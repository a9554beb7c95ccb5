/** The runs of a repository: their ids, which is the last, and which were never ended. */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../errors.ts';
import { openingOf, readJournal } from './journal.ts';
import type { StatePaths } from './paths.ts';
import { replay, type RunState } from './replay.ts';

export type { RunState } from './replay.ts';

const ID = /^[a-z0-9-]{8,40}$/;
const TAIL = 64 * 1024;

/** `20261120-093000-1f42a9`: sorts by time, for the first three digits of the last part are the milliseconds. */
export function newRunId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${now.getUTCMilliseconds().toString(16).padStart(3, '0')}${randomBytes(2).toString('hex').slice(1)}`;
}

export function isRunId(text: string): boolean {
  return ID.test(text);
}

/** Ids, oldest first. */
export function listRuns(paths: StatePaths): readonly string[] {
  try {
    return readdirSync(paths.runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isRunId(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** The newest run that worked in the checkout at `root`. */
export function lastRun(paths: StatePaths, root: string): string | null {
  return listRuns(paths).findLast((id) => openingOf(paths, id)?.root === root) ?? null;
}

/** The newest run of the checkout at `root`, when it left something to a later one: an older one's was seen to by the run after it. */
export function unfinishedLastRun(paths: StatePaths, root: string): string | null {
  const id = lastRun(paths, root);
  return id === null || (hasEnded(paths.journal(id)) && !hasOpenIntent(paths.journal(id))) ? null : id;
}

/** Runs of the checkout at `root` that neither ended nor were taken over, oldest first. */
export function unfinishedRuns(paths: StatePaths, root: string): readonly string[] {
  return listRuns(paths).filter((id) => !hasEnded(paths.journal(id)) && openingOf(paths, id)?.root === root);
}

/** What a run came to, as far as its journal says. Errors: CE_STATE_RUN_NOT_FOUND, CE_STATE_CORRUPT, CE_STATE_VERSION. */
export function readRun(paths: StatePaths, id: string): Result<RunState> {
  if (!isRunId(id)) return fail({ code: 'CE_STATE_RUN_NOT_FOUND', message: `"${id.slice(0, 60)}" is not the id of a run`, next: 'ce status' });
  const journal = readJournal(paths, id);
  return journal.ok ? ok(replay(journal.value.records)) : journal;
}

/** Whether the end of the file has an intent that nothing settled: a run may end by itself while something else holds the index. */
function hasOpenIntent(journal: string): boolean {
  const lines = tailOf(journal).split('\n');
  const last = (types: RegExp): number => lines.findLastIndex((line) => types.test(line));
  return last(/"record":\{"type":"intent"/) > last(/"record":\{"type":"(?:settled|recovered)"/);
}

/** Whether the last whole lines hold the end of the run or its recovery; looks at the end of the file only. */
function hasEnded(journal: string): boolean {
  const lines = tailOf(journal).split('\n').slice(-8);
  return lines.some((line) => /"record":\{(?:"v":1,"seq":\d+,"time":"[^"]*","run":"[^"]*",)?"type":"(?:run\.end|recovered)"/.test(line));
}

function tailOf(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL));
      readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString();
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
