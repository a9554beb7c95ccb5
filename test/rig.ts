/** Makes a real git repository in a temporary folder, with an identity and settings of its own: nothing of the machine's git config is seen. */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '../core/errors.ts';
import { openGit, type Git } from '../core/vcs/git.ts';
import { findRepository } from '../core/vcs/repository.ts';

export interface Rig {
  /** Absolute and real. */
  readonly root: string;
  /** Folder around it, removed at the end: a place for clones and homes. */
  readonly around: string;
  /** Complete environment of the rig's git and of what is tested. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs git here and returns stdout without the last line end; throws when it fails. */
  git(...args: string[]): string;
  gitAt(folder: string, ...args: string[]): string;
  write(path: string, text: string): void;
  link(path: string, target: string): void;
  executable(path: string): void;
  read(path: string): string;
  remove(path: string): void;
  /** Commits everything. */
  commit(message: string): string;
  open(): Promise<Git>;
  close(): void;
}

export type Identity = 'with-identity' | 'without-identity';

/** `folder` is the name of the repository's folder. Nothing is committed yet. */
export function makeRepository(folder = 'repo', identity: Identity = 'with-identity'): Rig {
  const around = realpathSync(mkdtempSync(join(tmpdir(), 'ce-rig-')));
  const root = join(around, folder);
  const home = join(around, 'home');
  mkdirSync(root);
  mkdirSync(home);
  if (identity === 'with-identity')
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Rig\n\temail = rig@example.com\n[init]\n\tdefaultBranch = main\n');
  const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: home, XDG_STATE_HOME: join(home, 'state'), GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const options: ExecFileSyncOptions = { env: environment, stdio: ['ignore', 'pipe', 'pipe'] };
  const gitAt = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { ...options, cwd })
      .toString()
      .replace(/\n$/, '');
  const at = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  gitAt(root, 'init', '--quiet', '-b', 'main');
  return {
    root,
    around,
    environment,
    git: (...args) => gitAt(root, ...args),
    gitAt,
    write: (path, text) => writeFileSync(at(path), text),
    link: (path, target) => symlinkSync(target, at(path)),
    executable: (path) => chmodSync(join(root, path), 0o755),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    commit(message) {
      gitAt(root, 'add', '-A');
      gitAt(root, 'commit', '--quiet', '--allow-empty', '-m', message);
      return gitAt(root, 'rev-parse', 'HEAD');
    },
    async open() {
      return value(await openGit(value(findRepository(root)), { hooks: 'off', environment }));
    },
    close: () => rmSync(around, { recursive: true, force: true }),
  };
}

/** Runs a story in a repository with one commit (`base.txt`), and removes it whatever happens. */
export async function inRepository(story: (rig: Rig, git: Git) => Promise<void>, folder = 'repo'): Promise<void> {
  const rig = makeRepository(folder);
  try {
    rig.write('base.txt', 'base\n');
    rig.commit('base');
    await story(rig, await rig.open());
  } finally {
    rig.close();
  }
}

/** The value, or a test failure that shows why there is none. */
export function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code}: ${result.failure.message}\n${result.failure.why ?? ''}`);
}

/** The code of a failure; `ok` when it is none. */
export function codeOf<T>(result: Result<T>): string {
  return result.ok ? 'ok' : result.failure.code;
}
