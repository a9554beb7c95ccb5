/** Whether a program is there, and what a shell said about one that is not. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { constants as os } from 'node:os';

export type Lookup = 'found' | 'missing' | 'not-executable';

/** The last place where a program was found, by search path and name; looked at again each time. */
const places = new Map<string, string>();

function look(path: string): Lookup {
  try {
    if (!statSync(path).isFile()) return 'missing';
    accessSync(path, constants.X_OK);
    return 'found';
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EACCES' ? 'not-executable' : 'missing';
  }
}

/** Looks a program up as `execvp` does. On Windows, where names have many endings, the start itself answers: `found`. */
export function findProgram(name: string, path: string | undefined, cwd: string): Lookup {
  if (process.platform === 'win32') return 'found';
  if (name.includes('/')) return look(resolve(cwd, name));
  const search = path ?? '/usr/local/bin:/usr/bin:/bin';
  const key = `${search}\0${name}`;
  const known = places.get(key);
  if (known !== undefined && look(known) === 'found') return 'found';
  let worst: Lookup = 'missing';
  for (const folder of search.split(delimiter)) {
    const candidate = join(folder === '' ? cwd : resolve(cwd, folder), name);
    const answer = look(candidate);
    if (answer === 'found') {
      if (isAbsolute(folder)) places.set(key, candidate);
      return answer;
    }
    if (answer === 'not-executable') worst = answer;
  }
  return worst;
}

/** A command that a script or a tool called and that is not there. */
export interface MissingCommand {
  readonly name: string;
  /** Line of the script, when the shell says it. */
  readonly line: number | null;
}

const QUOTED = `['"‘“\`]?([^'"’”\`:\\s]+)['"’”\`]?`;
// bash: `bash: line 3: foo: command not found` (the words are translated, the shape is not); dash: `sh: 1: foo: not found`.
const SHELL_SAYS = new RegExp(`^(?:\\S*/)?(?:ba|da|z|k|a)?sh: (?:-c: )?(?:[^\\s:\\d]+ )?(\\d+): ${QUOTED}: \\S`, 'u');
const SCRIPT_SAYS = new RegExp(`^\\S+: (?:[^\\s:\\d]+ )?(\\d+): ${QUOTED}: (?:command )?not found`, 'u');
const ENV_SAYS = new RegExp(`^(?:\\S*/)?env: ${QUOTED}: \\S`, 'u');

/** The command named by the last such line of `stderr`; asked only when the exit code is 127, the shells' code for it. */
export function missingCommand(stderr: string): MissingCommand | null {
  for (const text of stderr.split('\n').reverse()) {
    const line = text.trim();
    const numbered = SHELL_SAYS.exec(line) ?? SCRIPT_SAYS.exec(line);
    if (numbered?.[2] !== undefined) return { name: numbered[2], line: Number(numbered[1]) };
    const plain = ENV_SAYS.exec(line);
    if (plain?.[1] !== undefined) return { name: plain[1], line: null };
  }
  return null;
}

const FATAL = [
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGSEGV',
  'SIGPIPE',
  'SIGTERM',
  'SIGXCPU',
  'SIGXFSZ',
] as const;

/**
 * Shells report a command that a signal ended as 128 + its number. The same is read from every command, however it was started.
 * SIGHUP is not among them: 129 is how git says "wrong usage".
 */
export function signalOfCode(code: number): NodeJS.Signals | null {
  return FATAL.find((name) => code === 128 + (os.signals[name] ?? 0)) ?? null;
}
