/**
 * Long-lived shells that start commands: forking a small bash is several times cheaper than forking Node. Each command gets
 * its own process group, its own log files and an empty stdin; its exit code comes back on the shell's stdout. A shell runs
 * one command at a time. The way to start a shell is given by `process.ts`, which owns every start.
 */
import { Socket } from 'node:net';
import type { Child } from './direct.ts';

/** What a shell needs of a started process. */
export interface ShellProcess {
  readonly pid: number;
  write(text: string): void;
  onText(listener: (text: string) => void): void;
  onEnd(listener: () => void): void;
  /** Lets ce end while the shell idles, or not. */
  hold(): void;
  release(): void;
  /** Closes its stdin, upon which it ends. */
  close(): void;
}

export type StartShell = (env: Readonly<Record<string, string>>) => ShellProcess | null;

/** A started bash as the pool uses it; null when it could not be started. */
export function shellOf(child: Child): ShellProcess | null {
  const { pid, stdin, stdout } = child;
  if (pid === undefined || stdin === null || stdout === null) return null;
  // What would keep ce from ending: the child and its pipes, which are sockets.
  const holders = [child, ...[stdin, stdout].filter((stream) => stream instanceof Socket)];
  stdin.on('error', () => undefined);
  return {
    pid,
    write: (text) => stdin.write(text),
    onText: (listener) => stdout.setEncoding('utf8').on('data', listener),
    onEnd: (listener) => child.once('exit', listener),
    hold: () => holders.forEach((one) => one.ref()),
    release: () => holders.forEach((one) => one.unref()),
    close: () => stdin.end(),
  };
}

/** A command as a shell started it. Its exit code is null when the shell itself died. */
export interface ShellCommand {
  readonly pid: number;
  readonly exited: Promise<number | null>;
}

export interface ShellRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Prefix of the log files, `.out` and `.err`, which exist already. */
  readonly logFile: string;
  /** Variables of this command alone. */
  readonly extra: Readonly<Record<string, string>>;
}

// `set -m` gives the job its own group and default signals; it is off while waiting, for with it `wait` returns when the job stops.
const PROLOGUE = `unset OLDPWD
__ce() { local log=$1 dir=$2; shift 2; set -m
{ cd -- "$dir" && exec -- "$@"; exit 126; } </dev/null >>"$log.out" 2>>"$log.err" &
set +m; printf 'p %s\\n' "$!"; wait "$!"; printf 'e %s\\n' "$?"; }
`;
/** bash reads its stdin byte by byte, so a long request is started the other way. */
const LONGEST = 8 * 1024;
const MOST_IDLE = 8;
/** Names that bash gives a meaning of its own. */
const SPECIAL =
  /^(?:_|BASH.*|SHELLOPTS|SHLVL|PWD|OLDPWD|UID|EUID|PPID|GROUPS|RANDOM|SRANDOM|SECONDS|EPOCH.*|LINENO|IFS|OPT(?:IND|ARG|ERR)|POSIXLY_CORRECT|HIST.*|PROMPT_COMMAND|PS[0-4]|ENV|TMOUT|FUNCNAME|PIPESTATUS|DIRSTACK|HOSTTYPE|OSTYPE|MACHTYPE)$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

interface Shell {
  readonly key: string;
  readonly process: ShellProcess;
  dead: boolean;
  waiting: { started: (command: ShellCommand | null) => void; exited: ((code: number | null) => void) | null } | null;
}

export interface ShellPool {
  /** Null when a shell can't be had or can't give the command exactly this environment: start it directly. */
  run(env: Readonly<Record<string, string>>, request: ShellRequest): Promise<ShellCommand | null>;
  pids(): number[];
  /** Ends the idle shells; busy ones end with their command. */
  close(): void;
}

/** Makes a pool; `start` returns null when there is no bash. */
export function createShellPool(start: StartShell): ShellPool {
  const shells = new Set<Shell>();
  let idle: Shell[] = [];
  let closed = 0;

  function drop(shell: Shell): void {
    shell.dead = true;
    shells.delete(shell);
    idle = idle.filter((one) => one !== shell);
    const waiting = shell.waiting;
    shell.waiting = null;
    if (waiting === null) return;
    if (waiting.exited === null) waiting.started(null);
    else waiting.exited(null);
  }

  function rest(shell: Shell, epoch: number): void {
    shell.process.release();
    idle.push(shell);
    if (idle.length > MOST_IDLE || epoch !== closed) {
      idle = idle.filter((one) => one !== shell);
      shells.delete(shell);
      shell.process.close();
    }
  }

  function open(key: string, env: Readonly<Record<string, string>>): Shell | null {
    const process = start(env);
    if (process === null) return null;
    const shell: Shell = { key, process, dead: false, waiting: null };
    const epoch = closed;
    let text = '';
    process.onText((piece) => {
      text += piece;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const [kind, value] = [text[0], Number(text.slice(2, end))];
        text = text.slice(end + 1);
        const waiting = shell.waiting;
        if (waiting === null) continue;
        if (kind === 'p') {
          waiting.started({ pid: value, exited: new Promise((settle) => (waiting.exited = settle)) });
        } else {
          shell.waiting = null;
          rest(shell, epoch);
          waiting.exited?.(value);
        }
      }
    });
    process.onEnd(() => drop(shell));
    process.write(PROLOGUE);
    shells.add(shell);
    return shell;
  }

  return {
    async run(env, request) {
      const names = Object.keys(env);
      if (names.some((name) => !NAME.test(name) || SPECIAL.test(name))) return null;
      const line = `${Object.entries(request.extra)
        .map(([name, value]) => `${name}=${quote(value)} `)
        .join('')}__ce ${[request.logFile, request.cwd, ...request.argv].map(quote).join(' ')}\n`;
      if (line.length > LONGEST) return null;
      const key = names
        .sort()
        .map((name) => `${name}=${env[name]}`)
        .join('\0');
      const free = idle.findLast((one) => one.key === key);
      idle = idle.filter((one) => one !== free);
      const shell = free ?? open(key, env);
      if (shell === null) return null;
      shell.process.hold();
      return new Promise((started) => {
        shell.waiting = { started, exited: null };
        shell.process.write(line);
      });
    },
    pids: () => [...shells].map((shell) => shell.process.pid),
    close() {
      closed += 1;
      for (const shell of idle) {
        shells.delete(shell);
        shell.process.close();
      }
      idle = [];
    },
  };
}
