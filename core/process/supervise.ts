/** Stands over a running command: time limit, cancel, what it leaves behind; and keeps the list of all that run. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../errors.ts';
import { endGroup, endLeftovers, GRACE_MS, signalGroup } from './group.ts';
import { follow } from './output.ts';
import { missingCommand, signalOfCode } from './program.ts';
import type { ProcessRequest, ProcessResult, Started } from './request.ts';

interface Live {
  readonly done: Promise<unknown>;
  end(): void;
  kill(): void;
}

const live = new Map<number, Live>();

/** Leaders of the groups that run now. */
export function liveLeaders(): number[] {
  return [...live.keys()];
}

/** TERM to every group, 5 s, KILL. Resolves when each command's result is settled. */
export async function endAll(): Promise<void> {
  const all = [...live.values()];
  for (const one of all) one.end();
  await Promise.all(all.map((one) => one.done));
}

/** KILL to every group, now. */
export function killAll(): void {
  for (const one of live.values()) one.kill();
}

/** A result of a command that did not run. */
export function notRun(failure: Failure | null, cancelled: 'cancelled' | 'failed'): ProcessResult {
  return {
    exit: null,
    signal: null,
    timedOut: false,
    cancelled: cancelled === 'cancelled',
    notFound: failure?.code === 'CE_TASK_NOT_FOUND',
    missingCommand: null,
    leftBehind: false,
    usedSh: false,
    failure,
    logFailure: null,
    stdout: '',
    stderr: '',
    truncated: false,
    stdoutBytes: new Uint8Array(0),
    durationMs: 0,
  };
}

function fullDisk(logFile: string): string | null {
  try {
    const disk = statfsSync(dirname(logFile));
    return disk.bavail === 0 ? 'the disk that holds the log is full, so the output may be cut short' : null;
  } catch {
    return null;
  }
}

/** Waits for a started command and settles only when nothing of it is left. `begin` is on the clock of `performance.now`. */
export async function supervise(started: Started, request: ProcessRequest, mark: string, begin: number): Promise<ProcessResult> {
  const { pid } = started;
  const { signal, logFile, onOutput } = request;
  let why: 'timeout' | 'cancel' | null = null;
  let ending: Promise<void> | null = null;
  const end = (reason: 'timeout' | 'cancel'): void => {
    if (ending !== null) return;
    why = reason;
    ending = endGroup(pid, mark, GRACE_MS);
  };
  const cancel = (): void => end('cancel');
  const { promise, settle } = gate();
  live.set(pid, {
    done: promise,
    end: cancel,
    kill: () => {
      end('cancel');
      signalGroup(pid, mark, 'SIGKILL');
    },
  });
  const timer = setTimeout(end, Math.min(request.timeoutMs, 2 ** 31 - 1), 'timeout');
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  const follower = logFile === null || onOutput === undefined ? null : follow(logFile, onOutput);
  try {
    const exit = await started.exited;
    clearTimeout(timer);
    if (ending !== null) await ending;
    const leftBehind = ending === null && (await endLeftovers(pid, mark, GRACE_MS));
    const output = await started.output();
    follower?.finish();
    const name = exit.signal ?? (exit.code === null ? null : signalOfCode(exit.code));
    const missing = exit.code === 127 ? missingCommand(output.stderr) : null;
    return {
      ...output,
      exit: name === null ? exit.code : null,
      signal: name,
      timedOut: why === 'timeout',
      cancelled: why === 'cancel',
      notFound: false,
      missingCommand: missing,
      leftBehind,
      usedSh: false,
      failure: exit.failure ?? null,
      logFailure: exit.code === 0 || logFile === null ? null : fullDisk(logFile),
      durationMs: performance.now() - begin,
    };
  } finally {
    follower?.finish();
    signal?.removeEventListener('abort', cancel);
    live.delete(pid);
    settle();
  }
}

function gate(): { promise: Promise<void>; settle: () => void } {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((done) => (settle = done));
  return { promise, settle };
}
