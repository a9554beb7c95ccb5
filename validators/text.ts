/**
 * Text and paths as tools print them. Validators hold no state, start no process and read no file but through their context;
 * they import `core/api.ts` and nothing else of the core.
 */
import { stripVTControlCharacters } from 'node:util';
import { posix, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Without colours and cursor moves, with `\n` line ends. */
export function plain(text: string): string {
  return (text.includes('\u001b') || text.includes('\u009b') ? stripVTControlCharacters(text) : text).replaceAll('\r\n', '\n');
}

export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}

/** The first line that says something, cut to `limit` UTF-16 units; empty when there is none. */
export function firstLine(text: string, limit = 300): string {
  const line =
    linesOf(text)
      .find((candidate) => candidate.trim() !== '')
      ?.trim() ?? '';
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** The last line that says something, cut to 300 UTF-16 units; empty when there is none. */
export function lastLine(text: string): string {
  const line =
    linesOf(text)
      .findLast((candidate) => /\w/.test(candidate))
      ?.trim() ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

const FOREIGN = /(^|\/)(node_modules|site-packages|dist-packages|\.venv|venv|\.tox|\.git|\.ce)\//;

/**
 * A path that a tool printed, as a path from the root with forward slashes; null when it lies outside the tree or in
 * installed code. `cwd` is from the root; `root` is absolute and has no links in it.
 */
export function repoPath(printed: string, root: string, cwd: string): string | null {
  let path = printed.trim();
  if (path === '' || /^(?:node:|native$|evalmachine\.|<|\[)/.test(path)) return null;
  if (path.startsWith('file:')) {
    try {
      path = fileURLToPath(path);
    } catch {
      return null;
    }
  }
  const absolute = resolve(root, cwd, path);
  const base = root.endsWith(sep) ? root : root + sep;
  if (!absolute.startsWith(base)) return null;
  const relative = absolute.slice(base.length).split(sep).join(posix.sep);
  return FOREIGN.test(relative) ? null : relative;
}

/** Drops the absolute root from paths in a message, so that it is the same in every checkout. */
export function fromRoot(text: string, root: string): string {
  const base = root.endsWith(sep) ? root : root + sep;
  return text.replaceAll(pathToFileURL(base).href, '').replaceAll(base, '');
}

/** Joins a project's folder and a path or glob in it; `.` is the root. */
export function inProject(dir: string, path: string): string {
  return dir === '.' ? path : `${dir}/${path}`;
}
