/**
 * The record of a run: one line a record, `<checksum> <json>`, each naming the checksum before it, by one writer. A kill in the
 * middle of a write leaves a torn tail, which is cut off when the journal is opened; anything else that does not fit is damage.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { crashPoint } from '../crash.ts';
import { CeError, fail, ok, type Failure, type Result } from '../errors.ts';
import type { Event } from '../events.ts';
import { codeOf, disk, syncFolder, writeFailure, type Disk } from './files.ts';
import { namespaces } from './namespaces.ts';
import type { StatePaths } from './paths.ts';
import { durabilityOf, type JournalRecord, type Note, type Opening } from './records.ts';

export interface Journal {
  readonly file: string;
  /** Returns when the record is written, and with `durable` when the disk has it. Throws a CeError (CE_STATE_WRITE): what was not recorded may not be done. */
  append(record: Note, durability: 'durable' | 'lazy'): void;
  /** Takes an event of the bus; how durable it must be follows from its type. Throws as `append`. */
  record(event: Event): void;
  close(): void;
}

export interface ReadJournal {
  readonly records: readonly JournalRecord[];
  /** Bytes at the end that are no whole record; 0 when there are none. */
  readonly torn: number;
  /** Bytes of whole records. */
  readonly size: number;
  /** Of the last record. */
  readonly checksum: string;
}

const VERSION = 1;
const START = '0'.repeat(16);

/** Makes the folder of a run and its journal with the opening as first record, durably. Errors: CE_STATE_WRITE. */
export function createJournal(
  paths: StatePaths,
  run: string,
  opening: Omit<Opening, 'type' | 'run' | 'pid' | 'namespaces' | 'place'>,
  on: Disk = disk,
): Result<Journal> {
  const file = paths.journal(run);
  try {
    mkdirSync(dirname(file), { recursive: true });
    const journal = writer(on, file, on.open(file, 'ax'), { size: 0, checksum: START, seq: 0 });
    const first: Opening = { type: 'opening', run, pid: process.pid, namespaces: namespaces(), place: statSync(paths.runs).ino, ...opening };
    journal.write(first, 'durable');
    crashPoint('state.journal.create.sync');
    syncFolder(on, dirname(file));
    syncFolder(on, paths.runs);
    return ok(journal);
  } catch (thrown) {
    return fail(thrown instanceof CeError ? thrown.failure : writeFailure(file, thrown));
  }
}

/** Opens a journal to go on writing: a torn tail is cut off first. Errors: CE_STATE_CORRUPT, CE_STATE_WRITE, CE_STATE_RUN_NOT_FOUND. */
export function openJournal(paths: StatePaths, run: string, on: Disk = disk): Result<Journal> {
  const file = paths.journal(run);
  const read = readJournal(paths, run, on);
  if (!read.ok) return read;
  const { records, torn, size, checksum } = read.value;
  try {
    const fd = on.open(file, 'a');
    if (torn > 0) {
      crashPoint('state.journal.repair.before');
      on.truncate(fd, size);
      on.sync(fd);
      crashPoint('state.journal.repair.after');
    }
    return ok(writer(on, file, fd, { size, checksum, seq: records.length }));
  } catch (thrown) {
    return fail(writeFailure(file, thrown));
  }
}

/** Reads without changing anything. A torn tail is counted; a record that is damaged before whole ones is CE_STATE_CORRUPT. */
export function readJournal(paths: StatePaths, run: string, on: Disk = disk): Result<ReadJournal> {
  const file = paths.journal(run);
  let bytes: Buffer;
  try {
    bytes = on.read(file);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return fail({ code: 'CE_STATE_RUN_NOT_FOUND', message: `there is no run ${run}`, place: { file }, next: 'ce status' });
    return fail({
      code: 'CE_STATE_CORRUPT',
      message: 'a journal could not be read',
      place: { file },
      why: thrown instanceof Error ? thrown.message : String(thrown),
      next: `Move ${dirname(file)} away: checkpoints are in git and are kept.`,
    });
  }
  return parseJournal(bytes, file);
}

/** The first record of a run's journal without reading the rest; null when there is none, or the run was not of this folder of runs. */
export function openingOf(paths: StatePaths, run: string): Opening | null {
  try {
    const fd = openSync(paths.journal(run), 'r');
    try {
      const bytes = Buffer.alloc(64 * 1024);
      const text = bytes.subarray(0, readSync(fd, bytes)).toString();
      const record = parseLine(text.slice(0, text.indexOf('\n')))?.record;
      return record?.type === 'opening' && record.place === statSync(paths.runs).ino ? record : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** The bytes of a journal as records. Pure. */
function parseJournal(bytes: Buffer, file: string): Result<ReadJournal> {
  const records: JournalRecord[] = [];
  let checksum = START;
  let size = 0;
  let damaged: number | null = null;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end).toString();
    const number = records.length + 1;
    const parsed = end < 0 ? null : parseLine(line);
    if (parsed !== null && parsed.v > VERSION)
      return fail({
        code: 'CE_STATE_VERSION',
        message: 'this journal was written by a newer ce',
        place: { file, line: number },
        next: 'Update ce, or move .ce away: checkpoints are in git and are kept.',
      });
    // Whole records after a damaged one show that it is not the tail of a killed write.
    if (parsed !== null && (damaged !== null || parsed.seq !== number || parsed.prev !== checksum)) return fail(damage(file, damaged ?? number));
    if (parsed === null) damaged ??= number;
    else {
      records.push(parsed.record);
      checksum = parsed.checksum;
      size = end + 1;
    }
    start = end < 0 ? bytes.length : end + 1;
  }
  return ok({ records, torn: bytes.length - size, size, checksum });
}

function damage(file: string, line: number): Failure {
  return {
    code: 'CE_STATE_CORRUPT',
    message: `record ${line} of the journal was damaged or edited`,
    place: { file, line },
    why: 'Records after it are whole, so this is not the end of an interrupted write.',
    next: `Move ${dirname(file)} away: checkpoints are in git and are kept.`,
  };
}

interface Line {
  readonly checksum: string;
  readonly v: number;
  readonly seq: number;
  readonly prev: string;
  readonly record: JournalRecord;
}

function parseLine(line: string): Line | null {
  const checksum = line.slice(0, 16);
  const json = line.slice(17);
  if (line[16] !== ' ' || checksumOf(json) !== checksum) return null;
  const value = JSON.parse(json) as Omit<Line, 'checksum'>;
  return { ...value, checksum };
}

interface Position {
  size: number;
  checksum: string;
  seq: number;
}

function writer(on: Disk, file: string, fd: number, at: Position): Journal & { write(record: JournalRecord, durability: 'durable' | 'lazy'): void } {
  let broken: Failure | null = null;
  const write = (record: JournalRecord, durability: 'durable' | 'lazy'): void => {
    if (broken !== null) throw new CeError(broken);
    const json = JSON.stringify({ v: VERSION, seq: at.seq + 1, prev: at.checksum, record });
    const checksum = checksumOf(json);
    const bytes = Buffer.from(`${checksum} ${json}\n`);
    crashPoint('state.journal.append.write');
    try {
      // Near the end of the disk a write may be short without an error.
      if (on.write(fd, bytes) !== bytes.length) throw Object.assign(new Error('the disk took only a part of the record'), { code: 'ENOSPC' });
    } catch (thrown) {
      broken = takeBack(on, fd, at.size) ? null : writeFailure(file, thrown);
      throw new CeError(writeFailure(file, thrown), { cause: thrown });
    }
    at.size += bytes.length;
    at.seq += 1;
    at.checksum = checksum;
    if (durability === 'lazy') return;
    try {
      on.dataSync(fd);
    } catch (thrown) {
      // After a failed sync the kernel may have dropped the pages: asking again would lie.
      broken = writeFailure(file, thrown);
      throw new CeError(broken, { cause: thrown });
    }
  };
  return {
    file,
    write,
    append: write,
    record(event) {
      const durability = durabilityOf(event);
      if (durability !== 'left-out') write(event, durability);
    },
    close: () => on.close(fd),
  };
}

/** Cuts a half-written record off again; false when even that fails. */
function takeBack(on: Disk, fd: number, size: number): boolean {
  try {
    on.truncate(fd, size);
    return true;
  } catch {
    return false;
  }
}

function checksumOf(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, 16);
}
