/** What is asked of a process, what came of it, and how a command becomes argv. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../errors.ts';
import type { Command } from '../model.ts';
import type { Captured, OnOutput } from './output.ts';
import { findProgram, type MissingCommand } from './program.ts';

export interface ProcessRequest {
  /** A list is argv; a script is run by `bash --noprofile --norc -eo pipefail -c`, or `sh -e -c` where bash is missing. */
  readonly command: Command;
  /** Absolute. */
  readonly cwd: string;
  /** Complete: nothing of ce's own environment is added; PWD, CE_RUN_ID and CE_PROCESS are set. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; then TERM to the group, 5 s, KILL. */
  readonly timeoutMs: number;
  /** Text or bytes for stdin, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  /** Absolute prefix of the two files that get the whole output, `<logFile>.out` and `<logFile>.err`; null keeps at most 64 MiB in memory. */
  readonly logFile: string | null;
  /** Sees the output while it is written, in order within a stream. */
  readonly onOutput?: OnOutput;
  /** Aborted: TERM to the group, 5 s, KILL, and the result says `cancelled`. */
  readonly signal?: AbortSignal;
}

/** With a log, `stdout` and `stderr` are head and tail of at most 64 KiB (`truncated`), and `readOutput` gives the whole. */
export interface ProcessResult extends Captured {
  /** Null when it did not start or a signal ended it. */
  readonly exit: number | null;
  /** `SIGKILL`; also when a shell reports it as 128 + n. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** The program itself is not there. */
  readonly notFound: boolean;
  /** On exit 127: the command that the script or tool called and that is not there. */
  readonly missingCommand: MissingCommand | null;
  /** It left processes behind, which were ended. */
  readonly leftBehind: boolean;
  /** bash is missing, so `sh -e` ran the script, without pipefail. */
  readonly usedSh: boolean;
  /** Why it could not be started; null when it was. */
  readonly failure: Failure | null;
  /** What is wrong with the log; the command ran all the same. */
  readonly logFailure: string | null;
  /** Raw bytes of stdout when there is no log; empty otherwise. */
  readonly stdoutBytes: Uint8Array;
  readonly durationMs: number;
}

/** How a started command ended. `failure` when its end could not be observed. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure?: Failure;
}

/** A running command, whichever way it was started. */
export interface Started {
  /** Leader of its group. */
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** After the end: what it wrote. */
  output(): Promise<Captured & { readonly stdoutBytes: Uint8Array }>;
}

export interface Argv {
  readonly argv: readonly string[];
  readonly usedSh: boolean;
  /** Removes what the command needed on disk. */
  dispose(): void;
}

/** One argument of a program may have at most 128 KiB on Linux; a longer script goes through a file. */
const LONGEST_ARGUMENT = 120_000;
const nothing = (): void => undefined;

function shellArgv(script: string, shell: 'bash' | 'sh'): Argv {
  const head = shell === 'bash' ? ['bash', '--noprofile', '--norc', '-eo', 'pipefail'] : ['sh', '-e'];
  const usedSh = shell === 'sh';
  if (Buffer.byteLength(script) <= LONGEST_ARGUMENT) return { argv: [...head, '-c', script], usedSh, dispose: nothing };
  const folder = mkdtempSync(join(tmpdir(), 'ce-script-'));
  const file = join(folder, 'script.sh');
  writeFileSync(file, script, { mode: 0o600 });
  return { argv: [...head, file], usedSh, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

function notThere(name: string): Failure {
  return {
    code: 'CE_TASK_NOT_FOUND',
    message: `\`${name}\` is not installed`,
    why: name.includes('/') ? 'There is no such file.' : 'It is in no folder of PATH.',
    next: `Install \`${name}\`, or correct the command. \`ce doctor\` lists what is there.`,
  };
}

/** The argv that runs a command, once the folder and the program are seen to be there. */
export function argvOf(request: ProcessRequest): Result<Argv> {
  const { command, cwd, env } = request;
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isDirectory()) {
    const message = stat === undefined ? 'the folder to run in does not exist' : 'the place to run in is not a folder';
    return fail({ code: 'CE_TASK_FOLDER', message, place: { file: cwd }, next: 'Create it, or correct the `cwd` of the command.' });
  }
  const words = 'script' in command ? [command.script] : command.argv;
  if (words.some((word) => word.includes('\0')))
    return fail({ code: 'CE_TASK_START', message: 'the command holds a NUL character', next: 'Remove it from the spec or config.' });
  if ('script' in command) {
    const bash = findProgram('bash', env['PATH'], cwd) === 'found';
    if (!bash && findProgram('sh', env['PATH'], cwd) !== 'found') return fail(notThere('sh'));
    return ok(shellArgv(command.script, bash ? 'bash' : 'sh'));
  }
  const [name = ''] = command.argv;
  switch (findProgram(name, env['PATH'], cwd)) {
    case 'found':
      return ok({ argv: command.argv, usedSh: false, dispose: nothing });
    case 'missing':
      return fail(notThere(name));
    case 'not-executable':
      return fail({ code: 'CE_TASK_START', message: `\`${name}\` is not executable`, next: `chmod +x ${name}` });
  }
}
