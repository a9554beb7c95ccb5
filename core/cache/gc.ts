/** Size of the cache, and its upkeep: the entries used longest ago go first. Nothing younger than an hour is touched: it may be in the making. */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheLayout } from './layout.ts';
import { keysInUse } from './recent-results.ts';

const GRACE_MS = 3_600_000;
/** Tables of a checkout that nobody looked at for so long are those of a removed one. */
const ABANDONED_MS = 30 * 86_400_000;

export interface CacheStatus {
  /** Cached verdicts and patches. */
  readonly entries: number;
  readonly blobs: number;
  /** Of everything under `.ce/cache`. */
  readonly bytes: number;
  /** ISO 8601 in UTC of the entry used longest ago; null when there is none. */
  readonly oldest: string | null;
}

/** What a collection removes. Give it to `collect`, or print it. */
export interface CollectionPlan {
  readonly paths: readonly string[];
  readonly entries: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Of what stays. */
  readonly bytesLeft: number;
}

interface StoredFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly usedMs: number;
}

export function cacheStatus(ceDir: string): CacheStatus {
  const layout = cacheLayout(ceDir, '');
  const actions = filesBelow(layout.actions);
  const oldest = actions.reduce((least, file) => Math.min(least, file.usedMs), Infinity);
  return {
    entries: actions.length,
    blobs: filesBelow(layout.blobs).length,
    bytes: sum(filesBelow(layout.directory)),
    oldest: oldest === Infinity ? null : new Date(oldest).toISOString(),
  };
}

/** What must go so that at most `maxBytes` stay. Changes nothing. `now` is in milliseconds since 1970. */
export function planCollection(ceDir: string, maxBytes: number, now: number): CollectionPlan {
  const layout = cacheLayout(ceDir, '');
  const isOld = (file: StoredFile): boolean => now - file.usedMs > GRACE_MS;
  const tables = tableFiles(layout.directory);
  const inUse = new Map(
    tables.filter((file) => file.name.startsWith('results-')).flatMap((file) => keysInUse(file.path).map((key) => [key, file.usedMs] as const)),
  );
  const actions = filesBelow(layout.actions).map((file) => ({ ...file, usedMs: Math.max(file.usedMs, inUse.get(file.name) ?? 0), blobs: blobsOf(file.path) }));
  const blobs = new Map(filesBelow(layout.blobs).map((file) => [file.name, file]));
  const references = new Map<string, number>();
  for (const blob of actions.flatMap((action) => action.blobs ?? [])) references.set(blob, (references.get(blob) ?? 0) + 1);

  const gone = new Map<string, StoredFile>();
  let left = sum(filesBelow(layout.directory));
  const remove = (file: StoredFile): void => {
    if (gone.has(file.path)) return;
    gone.set(file.path, file);
    left -= file.bytes;
  };
  for (const file of filesBelow(layout.pending)) if (isOld(file)) remove(file);
  for (const file of tables) if (now - file.usedMs > ABANDONED_MS) remove(file);
  for (const blob of blobs.values()) if (!references.has(blob.name) && isOld(blob)) remove(blob);
  let evicted = 0;
  for (const action of actions.sort((a, b) => a.usedMs - b.usedMs)) {
    if ((action.blobs !== null && left <= maxBytes) || !isOld(action)) continue;
    remove(action);
    evicted++;
    for (const name of action.blobs ?? []) {
      const count = (references.get(name) ?? 1) - 1;
      references.set(name, count);
      const blob = blobs.get(name);
      if (count === 0 && blob !== undefined && isOld(blob)) remove(blob);
    }
  }
  // They answer without the store, and would name logs that are gone. The next run makes them again.
  if (evicted > 0) for (const file of tables) if (file.name.startsWith('results-')) remove(file);
  return {
    paths: [...gone.keys()],
    entries: evicted,
    blobs: [...gone.values()].filter((file) => blobs.has(file.name)).length,
    bytes: sum([...gone.values()]),
    bytesLeft: left,
  };
}

/** Removes what the plan lists. What is gone already, or may not be removed, is passed over. */
export function collect(plan: CollectionPlan): void {
  for (const path of plan.paths) {
    try {
      rmSync(path, { force: true });
    } catch {}
  }
}

/** Empties the cache: everything under `.ce/cache`, which can all be made again. Returns the bytes it had. */
export function clearCache(ceDir: string): number {
  const { directory } = cacheLayout(ceDir, '');
  const bytes = sum(filesBelow(directory));
  rmSync(directory, { recursive: true, force: true });
  return bytes;
}

/** The blobs that an entry names; null when it can't be read, and then it is of no use. */
function blobsOf(path: string): readonly string[] | null {
  try {
    const entry: unknown = JSON.parse(readFileSync(path, 'utf8').slice(65));
    return typeof entry === 'object' && entry !== null && 'blobs' in entry && Array.isArray(entry.blobs) ? entry.blobs.map(String) : null;
  } catch {
    return null;
  }
}

function tableFiles(directory: string): readonly StoredFile[] {
  return namesIn(directory)
    .filter((name) => /^(?:index|results|history)-/.test(name))
    .flatMap((name) => describe(directory, name));
}

function filesBelow(directory: string): readonly StoredFile[] {
  return namesIn(directory).flatMap((name) => {
    const file = describe(directory, name);
    return file.length > 0 ? file : filesBelow(join(directory, name));
  });
}

/** Nothing below a link: what is there is not the cache's to count or remove. */
function namesIn(directory: string): readonly string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory) : [];
  } catch {
    return [];
  }
}

/** Empty for a folder or a link, and for what went away meanwhile. */
function describe(directory: string, name: string): readonly StoredFile[] {
  const path = join(directory, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? [{ path, name, bytes: stat.size, usedMs: stat.mtimeMs }] : [];
}

function sum(files: readonly StoredFile[]): number {
  return files.reduce((total, file) => total + file.bytes, 0);
}
