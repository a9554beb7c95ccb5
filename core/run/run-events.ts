/** The events of a run from its journal: those that are there, and with `followEvents` those that still come. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '../errors.ts';
import type { Event } from '../events.ts';
import { readJournal } from '../state/journal.ts';
import type { StatePaths } from '../state/paths.ts';
import type { JournalRecord } from '../state/records.ts';
import { lastRun, listRuns } from '../state/runs.ts';
import { holderOf, isRunning } from './running.ts';
import type { Workspace } from './workspace.ts';

const POLL_MS = 200;

/** The run that a person means: an id, the unambiguous beginning of one, or without a word the active or last one. Errors: CE_STATE_RUN_NOT_FOUND. */
export async function chooseRun(workspace: Workspace, word: string | null): Promise<Result<string>> {
  const { paths, root } = workspace;
  const runs = listRuns(paths);
  if (word === null) {
    const holder = await holderOf(paths);
    const active = holder === null ? undefined : runs.findLast((id) => holder.includes(id));
    const chosen = active ?? lastRun(paths, root);
    return chosen === null ? fail({ code: 'CE_STATE_RUN_NOT_FOUND', message: 'nothing ran in this checkout yet', next: 'ce run' }) : ok(chosen);
  }
  const matching = runs.includes(word) ? [word] : runs.filter((id) => word !== '' && id.startsWith(word));
  const [only, second] = matching;
  if (only !== undefined && second === undefined) return ok(only);
  const recent = (second === undefined ? runs : matching).slice(-5).reverse().join('\n');
  return fail({
    code: 'CE_STATE_RUN_NOT_FOUND',
    message: second === undefined ? `there is no run "${word.slice(0, 60)}"` : `${matching.length} runs begin with "${word}"`,
    ...(recent === '' ? {} : { why: `The newest:\n${recent}` }),
    next: 'ce status',
  });
}

/** `gone`: its process is gone without an end. */
export type RunEnd = 'ended' | 'running' | 'gone';

/** Hands on every event that the journal holds. Errors: those of `readJournal`. */
export async function readEvents(paths: StatePaths, run: string, take: (event: Event) => void): Promise<Result<RunEnd>> {
  const alive = await isRunning(paths, run);
  const read = handOn(paths, run, 0, take);
  return read.ok ? ok(read.value.ended ? 'ended' : alive ? 'running' : 'gone') : read;
}

/** The same, and then what comes, until the run ends or its process is gone. */
export async function followEvents(paths: StatePaths, run: string, take: (event: Event) => void): Promise<Result<RunEnd>> {
  let size = -1;
  let seen = 0;
  for (;;) {
    // Asked before the journal is read: what the process wrote before it went is then in it.
    const alive = await isRunning(paths, run);
    const now = statSync(paths.journal(run), { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) {
      const read = handOn(paths, run, seen, take);
      if (!read.ok) return read;
      if (read.value.ended) return ok('ended');
      seen = read.value.count;
      size = now;
    }
    if (!alive) return ok('gone');
    await sleep(POLL_MS);
  }
}

/** Takes the events after the first `seen` records. */
function handOn(paths: StatePaths, run: string, seen: number, take: (event: Event) => void): Result<{ readonly count: number; readonly ended: boolean }> {
  const journal = readJournal(paths, run);
  if (!journal.ok) return journal;
  const { records } = journal.value;
  for (const event of records.slice(seen).filter(isEvent)) take(event);
  return ok({ count: records.length, ended: records.some(({ type }) => type === 'run.end') });
}

function isEvent(record: JournalRecord): record is Event {
  return 'seq' in record;
}
