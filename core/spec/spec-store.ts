/**
 * Specs of a repository by id or path. A reading is kept under the hash of parser, path and text, and an index of file
 * stats tells which readings still hold: on an unchanged tree no spec is opened and no parser, YAML or markdown library loads.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { ok, type Result } from '../errors.ts';
import type { Prp } from '../model.ts';
import { normaliseId, slugOf } from './ids.ts';
import { isBesideSpecs, listSpecFiles } from './locate.ts';
import { specAmbiguous, specNotFound } from './spec-failures.ts';
import { PARSER_VERSION, SIZE_LIMIT } from './version.ts';

/** Where readings are kept, as JSON. A miss is null; a lost entry is made again. */
export interface SpecCache {
  get(key: string): string | null;
  set(key: string, json: string): void;
}

/** What is known of a spec without opening its reading. */
export interface SpecEntry {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly id: string;
  readonly title: string;
  readonly status: string | null;
  readonly executable: boolean;
  /** Ids of its phases. */
  readonly phases: readonly string[];
}

export interface SpecStore {
  /** The specs in the globs, in the order of their paths. Files that are clearly none are left out. */
  entries(): Promise<readonly SpecEntry[]>;
  /** The same, read whole. */
  list(): Promise<readonly Prp[]>;
  /** By id (`PRP-5`, `5`) or path; a path also works outside the globs. Errors: `CE_SPEC_NOT_FOUND`, `CE_SPEC_AMBIGUOUS`. */
  find(query: string): Promise<Result<Prp>>;
}

interface Indexed extends SpecEntry {
  /** Size, inode and times of the file. */
  readonly stamp: string;
  /** Milliseconds since 1970 when the file was read: a change in the same instant would not show in its stamp. */
  readonly readAt: number;
  readonly key: string;
  /** False for a README and the like: only its path finds it. */
  readonly spec: boolean;
}

interface Index {
  [path: string]: Indexed;
}

/** Bytes of a character at most. */
const WIDEST = 4;
/** Clocks of file systems are coarse: a younger file is hashed again. */
const RACY_MS = 2_000;

interface Seen {
  readonly entry: Indexed;
  /** The reading, when it had to be opened to know the entry. */
  readonly prp: Prp | null;
}

/** `root` is absolute, `globs` are from it. */
export function createSpecStore({ root, globs, cache }: { readonly root: string; readonly globs: readonly string[]; readonly cache: SpecCache }): SpecStore {
  const indexKey = `spec-index-${hash([PARSER_VERSION, root, ...globs].join('\n')).slice(0, 24)}`;
  let index: Index | null = null;
  let changed = false;
  const known = (): Index => (index ??= parseIndex(cache.get(indexKey)));

  const save = (): void => {
    if (changed) cache.set(indexKey, JSON.stringify(known()));
    changed = false;
  };

  const look = async (path: string): Promise<Seen | null> => {
    const stamp = stampOf(resolve(root, path));
    if (stamp === null) return null;
    const before = known()[path];
    if (before !== undefined && before.stamp === stamp.text && before.readAt - stamp.changedAt > RACY_MS) return { entry: before, prp: null };
    const readAt = Date.now();
    const text = readText(root, path, stamp.size);
    const key = `spec-${hash(`${PARSER_VERSION}\0${path}\0${text ?? stamp.size}`).slice(0, 40)}`;
    changed = true;
    if (before?.key === key) {
      const entry = { ...before, stamp: stamp.text, readAt };
      known()[path] = entry;
      return { entry, prp: null };
    }
    const kept = parsePrpJson(cache.get(key));
    const prp = kept ?? (await parse(path, text, stamp.size));
    if (kept === null) cache.set(key, JSON.stringify(prp));
    const { id, title, status, executable } = prp;
    const entry: Indexed = {
      path,
      id,
      title,
      status,
      executable,
      phases: prp.phases.map((phase) => phase.id),
      stamp: stamp.text,
      readAt,
      key,
      spec: isSpec(prp),
    };
    known()[path] = entry;
    return { entry, prp };
  };

  const whole = async ({ entry, prp }: Seen): Promise<Prp> => {
    const kept = prp ?? parsePrpJson(cache.get(entry.key));
    if (kept !== null) return kept;
    const size = stampOf(resolve(root, entry.path))?.size ?? 0;
    const again = await parse(entry.path, readText(root, entry.path, size), size);
    cache.set(entry.key, JSON.stringify(again));
    return again;
  };

  const scan = async (): Promise<readonly Seen[]> => {
    const found: Seen[] = [];
    const paths = listSpecFiles(root, globs);
    for (const path of paths) {
      const seen = await look(path);
      if (seen?.entry.spec === true) found.push(seen);
    }
    const there = new Set(paths);
    for (const path of Object.keys(known())) {
      if (there.has(path) || stampOf(resolve(root, path)) !== null) continue;
      delete known()[path];
      changed = true;
    }
    save();
    return found;
  };

  const find = async (query: string): Promise<Result<Prp>> => {
    const path = pathFromRoot(root, query);
    const file = path === '' ? null : await look(path);
    if (file !== null) {
      save();
      return ok(await whole(file));
    }
    const found = looksLikePath(query) ? [] : await scan();
    const id = normaliseId(query);
    const same = found.filter(({ entry }) => id !== null && entry.id.toLowerCase() === id.toLowerCase());
    const named = same.length > 0 ? same : found.filter(({ entry }) => stemOf(entry.path).toLowerCase() === query.trim().toLowerCase());
    const [first, second] = named;
    if (first === undefined) return specNotFound(query, idsOf(found));
    return second === undefined
      ? ok(await whole(first))
      : specAmbiguous(
          first.entry.id,
          named.map(({ entry }) => entry.path),
        );
  };

  return {
    async entries() {
      return (await scan()).map(({ entry: { path, id, title, status, executable, phases } }) => ({ path, id, title, status, executable, phases }));
    },
    async list() {
      return Promise.all((await scan()).map(whole));
    },
    find,
  };
}

async function parse(path: string, text: string | null, size: number): Promise<Prp> {
  const { parsePrp, tooLarge } = await import('./prp.ts');
  return text === null ? tooLarge(path, size) : parsePrp(path, text);
}

/** A spec has work in it, or says by an id of its own that it is one. */
function isSpec(prp: Prp): boolean {
  return !isBesideSpecs(prp.path) && (prp.phases.length > 0 || prp.id !== slugOf(prp.path));
}

function stampOf(file: string): { readonly text: string; readonly size: number; readonly changedAt: number } | null {
  try {
    const stat = statSync(file);
    return stat.isFile()
      ? { text: `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`, size: stat.size, changedAt: Math.max(stat.mtimeMs, stat.ctimeMs) }
      : null;
  } catch {
    return null;
  }
}

/** Null for a file that no parser should see. */
function readText(root: string, path: string, size: number): string | null {
  return size > SIZE_LIMIT * WIDEST ? null : readFileSync(resolve(root, path), 'utf8');
}

function looksLikePath(query: string): boolean {
  return /[\\/]/.test(query) || /\.(?:md|markdown|mdx)$/i.test(query);
}

function pathFromRoot(root: string, query: string): string {
  const path = isAbsolute(query) ? relative(root, query) : relative(root, resolve(root, query));
  return path.split(sep).join('/');
}

function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '');
}

const idsOf = (found: readonly Seen[]): readonly string[] => found.map(({ entry }) => entry.id);

function parseIndex(json: string | null): Index {
  const value = parseJson(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Index) : {};
}

function parsePrpJson(json: string | null): Prp | null {
  const value = parseJson(json);
  return typeof value === 'object' && value !== null && 'phases' in value ? (value as Prp) : null;
}

function parseJson(json: string | null): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
