/**
 * What a command writes. With a log, the command writes straight into two files, so output survives everything and costs no
 * memory; a follower reads along for whoever watches. Without one it is kept in memory up to a cap.
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

export type Stream = 'stdout' | 'stderr';
export type OnOutput = (stream: Stream, text: string) => void;

export interface Captured {
  readonly stdout: string;
  readonly stderr: string;
  /** True when the texts are only head and tail. */
  readonly truncated: boolean;
}

/** Bytes of each stream that are kept in memory when the whole is on disk. */
export const RING_BYTES = 64 * 1024;
/** Bytes of each stream that are kept in memory when nothing is on disk. */
export const MEMORY_BYTES = 64 * 1024 * 1024;
/** Beyond this many bytes `readOutput` gives head and tail: a JavaScript string ends at 512 MiB. */
const READ_BYTES = 384 * 1024 * 1024;
const CHUNK = 64 * 1024;
const FOLLOW_MS = 50;

/** Paths of the two files of a log: `<logFile>.out` and `<logFile>.err`. */
export function logPaths(logFile: string): Record<Stream, string> {
  return { stdout: `${logFile}.out`, stderr: `${logFile}.err` };
}

function openEmpty(path: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;
  try {
    return openSync(path, flags, 0o644);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, flags, 0o644);
  }
}

/** Empties or creates both files and opens them for appending. Throws the file system's error; nothing stays open then. */
export function openLogs(logFile: string): Record<Stream, number> {
  const paths = logPaths(logFile);
  const stdout = openEmpty(paths.stdout);
  try {
    return { stdout, stderr: openEmpty(paths.stderr) };
  } catch (thrown) {
    closeSync(stdout);
    throw thrown;
  }
}

export function closeLogs(logs: Record<Stream, number>): void {
  closeSync(logs.stdout);
  closeSync(logs.stderr);
}

/** Whether one of them was removed while a command wrote to it, as `git clean -fdx` does: what it said is lost. */
export function logsAreGone(logs: Record<Stream, number>): boolean {
  return fstatSync(logs.stdout).nlink === 0 || fstatSync(logs.stderr).nlink === 0;
}

function cut(bytes: number): string {
  return `\n[ce: ${bytes} bytes are left out here]\n`;
}

function readPart(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, from));
}

/** A file whole, or its head and tail when it has more than `limit` bytes. Invalid UTF-8 is replaced. Empty when it is not a readable file. */
function readBounded(path: string, limit: number): { text: string; truncated: boolean } {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return { text: '', truncated: false };
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size === 0) return { text: '', truncated: false };
    if (stat.size <= limit) return { text: readPart(fd, 0, stat.size).toString('utf8'), truncated: false };
    const half = Math.floor(limit / 2);
    const head = readPart(fd, 0, half).toString('utf8');
    return { text: head + cut(stat.size - 2 * half) + readPart(fd, stat.size - half, half).toString('utf8'), truncated: true };
  } finally {
    closeSync(fd);
  }
}

/** The whole text of an output file, for parsers. Nothing is stripped; invalid UTF-8 is replaced; empty when the file is not there. */
export function readOutput(file: string): string {
  return readBounded(file, READ_BYTES).text;
}

/** Head and tail of both files of a log. */
export function readEnds(logFile: string): Captured {
  const paths = logPaths(logFile);
  const stdout = readBounded(paths.stdout, RING_BYTES);
  const stderr = readBounded(paths.stderr, RING_BYTES);
  return { stdout: stdout.text, stderr: stderr.text, truncated: stdout.truncated || stderr.truncated };
}

export interface Follower {
  /** Hands on what is left and stops. */
  finish(): void;
}

/** Reads along while a command writes its log, and hands on each piece of text once; a character is never cut in two. */
export function follow(logFile: string, onOutput: OnOutput): Follower {
  const paths = logPaths(logFile);
  const state = { stdout: { at: 0, decoder: new StringDecoder('utf8') }, stderr: { at: 0, decoder: new StringDecoder('utf8') } };
  const read = (stream: Stream, most: number): void => {
    const one = state[stream];
    const size = statSync(paths[stream], { throwIfNoEntry: false });
    if (size === undefined || !size.isFile() || size.size <= one.at) return;
    const fd = openSync(paths[stream], 'r');
    try {
      for (let left = most; left > 0; left -= CHUNK) {
        const bytes = readPart(fd, one.at, CHUNK);
        if (bytes.length === 0) return;
        one.at += bytes.length;
        const text = one.decoder.write(bytes);
        if (text !== '') onOutput(stream, text);
      }
    } finally {
      closeSync(fd);
    }
  };
  const both = (most: number): void => {
    read('stdout', most);
    read('stderr', most);
  };
  // A few chunks a tick keep the event loop free however much is written.
  const timer = setInterval(both, FOLLOW_MS, 16 * CHUNK);
  return {
    finish() {
      clearInterval(timer);
      both(Number.POSITIVE_INFINITY);
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = state[stream].decoder.end();
        if (rest !== '') onOutput(stream, rest);
      }
    },
  };
}

const LONGEST_LINE = 64 * 1024;

/** Hands on whole lines, so that no word is seen in two halves; a line beyond 64 KiB is cut between two words where it has any. */
export function byLines(onOutput: OnOutput): { push: OnOutput; end(): void } {
  const held = { stdout: '', stderr: '' };
  const give = (stream: Stream, end: number): void => {
    const text = held[stream].slice(0, end);
    held[stream] = held[stream].slice(end);
    if (text !== '') onOutput(stream, text);
  };
  return {
    push(stream, text) {
      held[stream] += text;
      const line = held[stream].lastIndexOf('\n') + 1;
      if (line > 0 || held[stream].length <= LONGEST_LINE) return give(stream, line);
      const word = held[stream].search(/[^A-Za-z0-9_./+=-][A-Za-z0-9_./+=-]{0,4096}$/);
      give(stream, word === -1 ? held[stream].length : word + 1);
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) give(stream, held[stream].length);
    },
  };
}

export interface Ring {
  push(chunk: Buffer): void;
  bytes(): Buffer;
  text(): string;
  truncated(): boolean;
}

/** Keeps everything up to `limit` bytes, and beyond it the first and the last half of the limit. */
export function createRing(limit: number): Ring {
  const half = Math.floor(limit / 2);
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let dropped = 0;
  return {
    push(chunk) {
      const room = Math.max(0, half - headBytes);
      if (room > 0) head.push(chunk.subarray(0, room));
      headBytes += Math.min(room, chunk.length);
      if (chunk.length <= room) return;
      tail.push(chunk.subarray(room));
      tailBytes += chunk.length - room;
      for (let first = tail[0]; first !== undefined && tailBytes - first.length >= half; first = tail[0]) {
        tail.shift();
        tailBytes -= first.length;
        dropped += first.length;
      }
    },
    bytes: () => Buffer.concat([...head, ...tail]),
    text: () =>
      dropped === 0
        ? Buffer.concat([...head, ...tail]).toString('utf8')
        : Buffer.concat(head).toString('utf8') + cut(dropped) + Buffer.concat(tail).toString('utf8'),
    truncated: () => dropped > 0,
  };
}
