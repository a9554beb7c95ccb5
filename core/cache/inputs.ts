/**
 * Finds the input files of a check: its globs walked through folders that git does not ignore. The walk also says what it depended on
 * (folders, ignore files, links), so that the same answer can be given again without a walk as long as those are unchanged.
 *
 * An ignore rule does not hold against a pattern that names the ignored file or folder itself. Folders with `pyvenv.cfg` are installed
 * environments and not walked. A link that leads out of the root is not followed: its content is not known, so nothing that
 * depends on it is cached.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { isIgnored, parseIgnoreFile, type IgnoreFile } from './ignore-rules.ts';
import { compilePatterns, type Base, type Patterns, type Picomatch } from './patterns.ts';
import { Kind, type StatIndex } from './stat-index.ts';

/** A symbolic link on the way to an input, and where it leads; `to` is empty when it leads nowhere. */
export interface LinkTarget {
  readonly path: string;
  readonly to: string;
}

export interface Expansion {
  /** Rows of the input files, in the order of their paths' UTF-16 code units. A named file that does not exist is one too. */
  readonly members: readonly number[];
  /** Rows of the folders and ignore files that the list depends on. */
  readonly depends: readonly number[];
  readonly links: readonly LinkTarget[];
  /** Why the list cannot be trusted; null when it can. */
  readonly obstacle: string | null;
}

interface Walk {
  readonly root: string;
  readonly index: StatIndex;
  readonly patterns: Patterns;
  readonly members: Set<string>;
  readonly depends: Set<number>;
  readonly links: Map<string, string>;
  obstacle: string | null;
}

/** `root` is absolute and real. The index must be in a look (`begin`). */
export function expandInputs(globs: readonly string[], root: string, index: StatIndex, picomatch: Picomatch): Expansion {
  const patterns = compilePatterns(globs, picomatch);
  if ('refused' in patterns) return { members: [], depends: [], links: [], obstacle: `the input \`${patterns.refused}\` is outside the repository's files` };
  const walk: Walk = { root, index, patterns, members: new Set(), depends: new Set(), links: new Map(), obstacle: null };
  for (const [path, bases] of groupByPath(patterns.bases)) walkBase(walk, path, bases);
  const paths = [...walk.members].sort((a, b) => (a < b ? -1 : 1));
  const members = paths.map((path) => index.row(path));
  for (const row of members) {
    index.check(row);
    if (index.kind(row) === Kind.opaque) walk.obstacle ??= `${index.path(row)} can't be read as a file`;
  }
  return { members, depends: [...walk.depends], links: Array.from(walk.links, ([path, to]) => ({ path, to })), obstacle: walk.obstacle };
}

/** Where a link leads, or the empty string. The answer is absolute and real. */
export function resolveLink(root: string, path: string): string {
  try {
    return realpathSync.native(`${root}/${path}`);
  } catch {
    return '';
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(`${root}/`) || path.startsWith(`${root}\\`);
}

function groupByPath(bases: readonly Base[]): ReadonlyMap<string, readonly Base[]> {
  const groups = new Map<string, Base[]>();
  for (const base of bases) {
    const group = groups.get(base.path);
    if (group === undefined) groups.set(base.path, [base]);
    else group.push(base);
  }
  return groups;
}

function walkBase(walk: Walk, path: string, bases: readonly Base[]): void {
  const { index } = walk;
  const row = index.row(path);
  index.check(row);
  const to = resolveLink(walk.root, path);
  if (to !== '' && to !== (path === '.' ? walk.root : `${walk.root}/${path}`) && !noteLink(walk, path, to)) return;
  if (index.kind(row) === Kind.directory) {
    walkDirectory(walk, path, bases, 0, rulesAbove(walk, path), [to]);
    return;
  }
  if (index.kind(row) === Kind.opaque) walk.obstacle ??= `${path} can't be read`;
  if (bases.some((base) => base.literal)) {
    if (walk.patterns.matches(path)) walk.members.add(path);
    if (index.isLink(row)) noteLink(walk, path, to);
  }
  if (bases.some((base) => !base.literal)) walk.depends.add(row);
}

/** The ignore files from the root down to a base; none hold when the base itself is ignored, since the pattern names it. */
function rulesAbove(walk: Walk, base: string): readonly IgnoreFile[] | null {
  if (base === '.') return [];
  const names = base.split('/');
  const files: IgnoreFile[] = [];
  let folder = '';
  for (const name of names) {
    const file = readRules(walk, folder);
    if (file !== null) files.push(file);
    folder = folder === '' ? name : `${folder}/${name}`;
    if (isIgnored(files, folder, true)) return null;
  }
  return files;
}

/** The rules of a folder's `.gitignore`; the walk depends on it, whether it is there or not. */
function readRules(walk: Walk, folder: string): IgnoreFile | null {
  const path = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
  const row = walk.index.row(path);
  walk.index.check(row);
  walk.depends.add(row);
  if (walk.index.kind(row) !== Kind.file) return null;
  try {
    return parseIgnoreFile(folder, readFileSync(`${walk.root}/${path}`, 'utf8'));
  } catch {
    return null;
  }
}

/** `rules` is null where ignore files do not hold. `above` are the real paths of the folders around, to stop at a circle of links. */
function walkDirectory(walk: Walk, path: string, bases: readonly Base[], depth: number, rules: readonly IgnoreFile[] | null, above: readonly string[]): void {
  const { index } = walk;
  const row = index.row(path);
  const entries = index.list(row);
  walk.depends.add(row);
  if (index.kind(row) !== Kind.directory) walk.obstacle ??= `${path} can't be read`;
  if (depth > 0 && entries.some((entry) => entry.name === 'pyvenv.cfg')) return;
  const folder = path === '.' ? '' : path;
  const own = rules !== null && entries.some((entry) => entry.name === '.gitignore') ? readRules(walk, folder) : null;
  const inForce = rules === null || own === null ? rules : [...rules, own];
  for (const { name, type } of entries) {
    const child = folder === '' ? name : `${folder}/${name}`;
    if (type === 'f') {
      if (walk.patterns.matches(child) && (inForce === null || !isIgnored(inForce, child, false))) addFile(walk, child);
      continue;
    }
    if (type === 'o') continue;
    const open = bases.filter((base) => base.descends(name, depth));
    if (type === 'd') {
      if (open.length > 0 && (inForce === null || !isIgnored(inForce, child, true))) walkDirectory(walk, child, open, depth + 1, inForce, above);
      continue;
    }
    if (inForce === null || !isIgnored(inForce, child, false)) walkLink(walk, child, open, depth, inForce, above);
  }
}

function walkLink(walk: Walk, path: string, bases: readonly Base[], depth: number, rules: readonly IgnoreFile[] | null, above: readonly string[]): void {
  const { index } = walk;
  const row = index.row(path);
  index.check(row);
  const to = resolveLink(walk.root, path);
  const leadsToFolder = index.kind(row) === Kind.directory;
  if (leadsToFolder ? bases.length === 0 : !walk.patterns.matches(path)) return;
  if (!noteLink(walk, path, to)) return;
  if (!leadsToFolder) walk.members.add(path);
  else if (!above.some((real) => isInside(to, real)) && !isInside(to, resolveLink(walk.root, parentOf(path))))
    walkDirectory(walk, path, bases, depth + 1, rules, [...above, to]);
}

/** False when the link leads out of the root. */
function noteLink(walk: Walk, path: string, to: string): boolean {
  walk.links.set(path, to);
  if (to === '' || isInside(walk.root, to)) return true;
  walk.obstacle ??= `${path} leads out of the repository`;
  return false;
}

function addFile(walk: Walk, path: string): void {
  walk.members.add(path);
  const row = walk.index.row(path);
  walk.index.check(row);
  // It is listed and cannot be found: it went away under the walk, or its name is not UTF-8.
  if (walk.index.kind(row) === Kind.absent) walk.obstacle ??= `${path} can't be read`;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}
