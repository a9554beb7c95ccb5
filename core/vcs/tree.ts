/** The content of trees: the tree of HEAD, and marks of files as they are now, to see later whether they changed. */
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { must } from './git.ts';

/** The tree id of the commit that is checked out. Throws a CeError when there is none. */
export async function treeOfHead(git: Git): Promise<string> {
  return must(await git.raw(['rev-parse', '--verify', 'HEAD^{tree}'])).trim();
}

/** A mark of each path's content, kind and executable bit: equal marks mean equal files. Null: there is none. Paths are from `root`. */
export function markFiles(root: string, paths: readonly string[]): ReadonlyMap<string, string | null> {
  return new Map(paths.map((path) => [path, markOf(join(root, path))]));
}

function markOf(file: string): string | null {
  try {
    const stat = lstatSync(file);
    if (stat.isDirectory()) return 'folder';
    if (stat.isSymbolicLink()) return `link ${sha256(readlinkSync(file))}`;
    if (!stat.isFile()) return 'other';
    return `${(stat.mode & 0o100) === 0 ? 'file' : 'program'} ${sha256(readFileSync(file))}`;
  } catch {
    return null;
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
