/**
 * One writer per repository. The kernel holds the lock and lets go of it when the process dies, however it dies: on Linux an abstract
 * socket, on macOS a lock on an open file, on Windows a named pipe. The text that says who holds it never decides anything.
 */
import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { fail, ok, type Failure, type Result } from '../errors.ts';
import { codeOf, writeFailure } from './files.ts';
import type { StatePaths } from './paths.ts';

export interface LockOwner {
  readonly run: string;
  /** As typed. */
  readonly command: string;
}

export interface Lock {
  release(): Promise<void>;
}

const ANSWER_MS = 150;
const TRIES = 4;
/** macOS: `O_EXLOCK`, which Node does not name. */
const EXCLUSIVE = 0x20;

/** Errors: CE_STATE_LOCKED with who holds it, within 200 ms; CE_STATE_WRITE. The lock never keeps the process alive. */
export async function acquireLock(paths: StatePaths, owner: LockOwner): Promise<Result<Lock>> {
  const text = JSON.stringify({ pid: process.pid, run: owner.run, command: owner.command, since: new Date().toISOString() });
  try {
    mkdirSync(paths.ce, { recursive: true });
    return process.platform === 'darwin' ? lockFile(paths, text) : await lockSocket(paths, text);
  } catch (thrown) {
    return fail(writeFailure(paths.lock, thrown));
  }
}

/** Who holds the lock now, as one line; null when nobody does. Takes nothing. */
export async function lockHolder(paths: StatePaths): Promise<string | null> {
  if (process.platform === 'darwin') return null;
  const answer = await ask(socketName(paths));
  return answer === 'nobody' ? null : describe(answer ?? readText(paths.lock));
}

/** The folder's own identity, so that two paths to one `.ce` are one lock and a copy of it is another. */
function socketName(paths: StatePaths): string {
  const { dev, ino } = statSync(paths.ce, { bigint: true });
  const name = `ce-${process.getuid?.() ?? 'user'}-${dev}-${ino}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`;
}

async function lockSocket(paths: StatePaths, text: string): Promise<Result<Lock>> {
  const name = socketName(paths);
  for (let count = 1; count <= TRIES; count += 1) {
    const server = await listen(name, text);
    if (server !== null) {
      // For the case that this process is too busy to answer.
      writeFileSync(paths.lock, text);
      return ok({ release: () => release(server, paths) });
    }
    const answer = await ask(name);
    if (answer !== 'nobody') return fail(locked(answer ?? readText(paths.lock)));
  }
  return fail(locked(readText(paths.lock)));
}

/** Null when the name is taken. */
function listen(name: string, text: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(text);
    });
    server.unref();
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen({ path: name, exclusive: true }, () => resolve(server));
  });
}

/** What the holder says; null when it does not answer in time; `nobody` when there is none. */
function ask(name: string): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection({ path: name });
    const end = (answer: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), ANSWER_MS);
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('end', () => end(text));
    socket.on('error', (error) => end(codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT' ? 'nobody' : null));
  });
}

function release(server: Server, paths: StatePaths): Promise<void> {
  rmSync(paths.lock, { force: true });
  return new Promise((resolve) => server.close(() => resolve()));
}

function lockFile(paths: StatePaths, text: string): Result<Lock> {
  let fd: number;
  try {
    fd = openSync(paths.lock, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | EXCLUSIVE, 0o644);
  } catch (thrown) {
    if (codeOf(thrown) === 'EAGAIN' || codeOf(thrown) === 'EWOULDBLOCK') return fail(locked(readText(paths.lock)));
    throw thrown;
  }
  writeFileSync(paths.lock, text);
  return ok({
    release: async () => closeSync(fd),
  });
}

function locked(answer: string | null): Failure {
  const who = describe(answer);
  return { code: 'CE_STATE_LOCKED', message: `another ce is running here: ${who}`, next: 'Wait for it to end, or watch it with: ce logs -f' };
}

function describe(answer: string | null): string {
  try {
    const { pid, run, command, since } = JSON.parse(answer ?? '') as Record<string, unknown>;
    return `\`${String(command)}\` (run ${String(run)}, pid ${String(pid)}, since ${String(since)})`;
  } catch {
    return 'it does not say which';
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
