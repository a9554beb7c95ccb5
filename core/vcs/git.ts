/**
 * Git, behind one door: the only importer of simple-git. Every command gets the same prefix (hooks and file monitor of the
 * repository off, no maintenance, no prompts), a chosen environment without GIT_* of the caller, and pathspecs taken literally.
 * Callers pass ids and checked names, or end the options with `--`.
 */
import type { SimpleGit, SimpleGitOptions } from 'simple-git';
import { CeError, fail, ok, type Failure, type Result } from '../errors.ts';
import type { Repository } from './repository.ts';

/** What a git command said; `exit` is for commands whose exit code is an answer. */
export interface GitAnswer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  /** `on` lets the repository's own commit hooks run for checkpoints. */
  readonly hooks: 'on' | 'off';
  /** Default: the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface Git {
  readonly repository: Repository;
  readonly hooks: 'on' | 'off';
  /** Stdout as it is. A non-zero exit is a CE_GIT_FAILED. */
  raw(args: readonly string[]): Promise<Result<string>>;
  /** The same with text on stdin, which must not be empty: simple-git leaves an empty stdin open. */
  withInput(args: readonly string[], stdin: string): Promise<Result<string>>;
  /** Any exit code is an answer. */
  ask(args: readonly string[]): Promise<GitAnswer>;
  /** The same git with another index file. */
  withIndex(file: string): Git;
  /** Runs changes of refs, index and worktrees one after another. */
  inTurn<T>(change: () => Promise<T>): Promise<T>;
}

const OLDEST = [2, 34] as const;
const PREFIX = [
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'user.useConfigOnly=true',
  'core.fsync=committed',
  'core.fsyncMethod=batch',
  'advice.detachedHead=false',
  'submodule.recurse=false',
  'core.quotePath=false',
  'trailer.separators=:',
];
/** Of the caller's environment: where programs, homes and keys are, and who commits. */
const KEPT =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|TEMP|TMP|TZ|EMAIL|GNUPGHOME|GPG_TTY|GPG_AGENT_INFO|SSH_AUTH_SOCK|XDG_.*|SystemRoot|APPDATA|LOCALAPPDATA|USERPROFILE|ProgramData|PATHEXT|COMSPEC)$/i;
const KEPT_OF_GIT = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
];
const FIXED = { GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_LITERAL_PATHSPECS: '1', GIT_PAGER: 'cat', GIT_MERGE_AUTOEDIT: 'no', LC_ALL: 'C' };

type Connect = (options: Partial<SimpleGitOptions>) => SimpleGit;

/** Loads simple-git and checks the version of git. Errors: CE_GIT_MISSING. */
export async function openGit(repository: Repository, { hooks, environment = process.env }: GitOptions): Promise<Result<Git>> {
  const { simpleGit } = await import('simple-git');
  const tails = new Map<'change', Promise<unknown>>();
  const git = connect(simpleGit, { repository, hooks, tails, env: chosenEnvironment(environment) });
  const said = await git.ask(['version']);
  const numbers = /(\d+)\.(\d+)/.exec(said.stdout)?.slice(1).map(Number) ?? [];
  const [major = 0, minor = 0] = numbers;
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return ok(git);
  const message = numbers.length === 0 ? 'git is not installed' : `git ${major}.${minor} is too old`;
  return fail({ code: 'CE_GIT_MISSING', message, why: `ce needs git ${OLDEST.join('.')} or newer.`, next: 'Install git: https://git-scm.com/downloads' });
}

interface Connection {
  readonly repository: Repository;
  readonly hooks: 'on' | 'off';
  readonly env: Readonly<Record<string, string>>;
  readonly tails: Map<'change', Promise<unknown>>;
}

function connect(simpleGit: Connect, connection: Connection): Git {
  const { repository, hooks, env, tails } = connection;
  const run = async (args: readonly string[], stdin: string): Promise<GitAnswer> => {
    let exit: number | null = null;
    let stderr = '';
    const git = simpleGit({
      baseDir: repository.root,
      config: [...PREFIX, ...(hooks === 'on' ? [] : ['core.hooksPath=/dev/null'])],
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeConfigPaths: true, allowUnsafePager: true },
      allowEnvironment: Object.keys(env),
      completion: { onClose: true, onExit: false },
      ...(stdin === '' ? {} : { input: () => Buffer.from(stdin) }),
      errors(_error, result) {
        exit = result.exitCode;
        stderr = Buffer.concat(result.stdErr).toString();
        return undefined;
      },
    }).env(env);
    // simple-git waits 50 ms longer for a command that printed nothing; an empty chunk counts as output.
    git.outputHandler((_command, stdout) => void stdout.once('end', () => stdout.emit('data', Buffer.alloc(0))));
    try {
      const stdout = await git.raw([...args]);
      return { exit: exit ?? 0, stdout, stderr };
    } catch (thrown) {
      return { exit: exit ?? 127, stdout: '', stderr: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
  const checked = async (args: readonly string[], stdin: string): Promise<Result<string>> => {
    const answer = await run(args, stdin);
    return answer.exit === 0 ? ok(answer.stdout) : fail(failureOf(args, answer));
  };
  return {
    repository,
    hooks,
    raw: (args) => checked(args, ''),
    withInput: (args, stdin) => {
      if (stdin === '') throw new Error(`git ${args[0] ?? ''} was given an empty stdin`);
      return checked(args, stdin);
    },
    ask: (args) => run(args, ''),
    withIndex: (file) => connect(simpleGit, { ...connection, env: { ...env, GIT_INDEX_FILE: file } }),
    inTurn<T>(change: () => Promise<T>): Promise<T> {
      const turn = (tails.get('change') ?? Promise.resolve()).then(change);
      tails.set(
        'change',
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}

function chosenEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (KEPT.test(entry[0]) || KEPT_OF_GIT.includes(entry[0])),
  );
  return { ...Object.fromEntries(kept), ...FIXED };
}

function failureOf(args: readonly string[], { exit, stderr }: GitAnswer): Failure {
  const said = stderr.trim().split('\n').slice(0, 12).join('\n');
  const command = `git ${args.slice(0, 2).join(' ')}`;
  if (/dubious ownership/.test(said)) {
    return {
      code: 'CE_GIT_FAILED',
      message: 'git refuses this repository because it belongs to someone else',
      why: said,
      next: 'Use a clone of your own, or git config --global --add safe.directory <folder>',
    };
  }
  return {
    code: 'CE_GIT_FAILED',
    message: `\`${command}\` failed with exit code ${exit}`,
    ...(said === '' ? {} : { why: said }),
    next: 'Correct what git says, then run the same command again.',
  };
}

/** The value of a result where a failure cannot be handled on the spot. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new CeError(result.failure);
}
