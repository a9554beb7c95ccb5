/** What is different from HEAD in the checkout: staged or not, tracked or not, one entry a path. */
import type { Git } from './git.ts';
import { must } from './git.ts';

export interface Change {
  /** From the repository root, with forward slashes. A repository inside this one ends in `/`. */
  readonly path: string;
  /** Against HEAD. A rename is one `deleted` and one `added`. */
  readonly status: 'added' | 'modified' | 'deleted' | 'untracked' | 'unmerged';
  /** Whether the index has some of it. */
  readonly staged: boolean;
}

/** ce's own files, for repositories whose `.ce` is not ignored; other tracked files under `.ce` are files like any other. */
const OWN = /^\.ce\/(?:\.gitignore$|version$|active_prp_session|runs\/|cache\/|tmp\/|orchestration\/|batch-execution-|lock|history\.json)/;
const ARTEFACT =
  /(?:^|\/)(?:__pycache__|\.pytest_cache|\.ruff_cache|\.mypy_cache|\.hypothesis|\.tox|\.nox|\.eggs|node_modules|\.nyc_output|\.eslintcache|\.DS_Store)(?:\/|$)|(?:\.py[cod]|\.tsbuildinfo|\.egg-info\/.*|(?:^|\/)\.coverage(?:\.[^/]*)?)$/;

/** Whether a path is a well-known dropping of a tool, which is nobody's change. */
export function isArtefact(path: string): boolean {
  return ARTEFACT.test(path);
}

/** Changed paths, sorted. Ignored files do not count, untracked ones stand one by one. Throws a CeError when git fails. */
export async function changedPaths(git: Git): Promise<readonly Change[]> {
  return parseStatus(must(await git.raw(['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'])));
}

/** Reads the output of `git status --porcelain=v2 -z --no-renames`. */
export function parseStatus(text: string): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const entry of text.split('\0')) {
    const change = parseEntry(entry);
    if (change === null || OWN.test(change.path) || (change.status === 'untracked' && change.path.startsWith('.ce/'))) continue;
    // `git rm --cached` gives two entries: gone from the index, and untracked.
    changes.set(change.path, changes.has(change.path) ? { path: change.path, status: 'modified', staged: true } : change);
  }
  return [...changes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parseEntry(entry: string): Change | null {
  switch (entry[0]) {
    case '?':
      return { path: entry.slice(2), status: 'untracked', staged: false };
    case 'u':
      return { path: after(entry, 10), status: 'unmerged', staged: true };
    case '1': {
      const index = entry[2] ?? '.';
      const tree = entry[3] ?? '.';
      const inHead = entry.split(' ', 4)[3] !== '000000';
      const status = tree === 'D' || (index === 'D' && tree === '.') ? 'deleted' : inHead ? 'modified' : 'added';
      return { path: after(entry, 8), status, staged: index !== '.' };
    }
    default:
      return null;
  }
}

/** What follows the n-th space: a path may hold spaces itself. */
function after(entry: string, spaces: number): string {
  let at = -1;
  for (let count = 0; count < spaces; count += 1) at = entry.indexOf(' ', at + 1);
  return entry.slice(at + 1);
}
