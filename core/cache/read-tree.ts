/** The few reads of the tree that hashing needs. Synchronous: one promise a file costs more than the read. */
import { createHash, hash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync, type Dirent } from 'node:fs';

/** An entry of a directory: `f` file, `d` directory, `l` symbolic link, `o` anything else. */
export interface Entry {
  readonly name: string;
  readonly type: 'f' | 'd' | 'l' | 'o';
}

/**
 * Never inputs, and never walked: git's and ce's own state, installed packages (their lockfile or stamp stands for them), and
 * what Python derives from the sources beside it.
 */
const NEVER = new Set(['.git', '.ce', 'node_modules', '__pycache__']);

const WHOLE = 8 << 20;

/** sha256 of a file's bytes; null when it can't be read. Files over 8 MiB are read in parts. */
export function hashFile(path: string, size: number): Buffer | null {
  try {
    if (size <= WHOLE) return hash('sha256', readFileSync(path), 'buffer');
    const digest = createHash('sha256');
    const part = Buffer.allocUnsafe(1 << 20);
    const fd = openSync(path, 'r');
    try {
      for (let read = readSync(fd, part); read > 0; read = readSync(fd, part)) digest.update(part.subarray(0, read));
    } finally {
      closeSync(fd);
    }
    return digest.digest();
  } catch {
    return null;
  }
}

/** Sorted entries and the sha256 of their names and types; null when it can't be read. */
export function listDirectory(path: string): { readonly entries: readonly Entry[]; readonly hash: Buffer } | null {
  let found: Dirent[];
  try {
    found = readdirSync(path === '' ? '.' : path, { withFileTypes: true });
  } catch {
    return null;
  }
  const entries = found.filter((entry) => !NEVER.has(entry.name)).map((entry): Entry => ({ name: entry.name, type: typeOf(entry) }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, hash: hash('sha256', entries.map((entry) => `${entry.type}${entry.name}`).join('\0'), 'buffer') };
}

export function isLink(path: string): boolean {
  try {
    return lstatSync(path === '' ? '.' : path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

function typeOf(entry: Dirent): Entry['type'] {
  if (entry.isFile()) return 'f';
  if (entry.isDirectory()) return 'd';
  return entry.isSymbolicLink() ? 'l' : 'o';
}
