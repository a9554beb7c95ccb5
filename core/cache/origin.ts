/**
 * A cache is believed only where it was made. One that came with a clone, an archive or a copy holds verdicts that nobody here
 * observed; it is removed before anything is read from it. The mark is the folder's inode and birth, which no copy has.
 * `CE_TRUST=1` adopts a cache that a CI system restored.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../errors.ts';
import { cacheLayout, type CacheLayout } from './layout.ts';

const MARK = 'origin';
/** Found before anybody could be told. */
const untold = new Map<string, Failure>();

/** `own`: it may be read and written. `foreign`: it came from elsewhere and cannot be removed. `directory` is `.ce/cache`. */
export function claimCache(directory: string, trust: string | undefined = process.env['CE_TRUST']): 'own' | 'foreign' {
  const own = markOf(directory);
  if (own === null || readMark(directory) === own || namesIn(directory).length === 0) return 'own';
  if (trust === '1') {
    writeMark(directory);
    return 'own';
  }
  untold.set(directory, foreign(directory));
  try {
    rmSync(directory, { recursive: true, force: true });
    return 'own';
  } catch {
    return 'foreign';
  }
}

/** Where the cache is; a place that is never there when it is foreign. Tells what was found. */
export function claimLayout(ceDir: string, root: string, warn: (failure: Failure) => void): CacheLayout {
  const layout = cacheLayout(ceDir, root);
  const claim = claimCache(layout.directory);
  const finding = untold.get(layout.directory);
  untold.delete(layout.directory);
  if (finding !== undefined) warn(finding);
  return claim === 'own' ? layout : cacheLayout(join(layout.directory, MARK, 'foreign'), root);
}

/** Makes `.ce/cache` with its mark. */
export function makeCacheFolder(directory: string): void {
  mkdirSync(directory, { recursive: true });
  if (readMark(directory) === null) writeMark(directory);
}

function writeMark(directory: string): void {
  try {
    writeFileSync(join(directory, MARK), markOf(directory) ?? '');
  } catch {
    // A read-only cache of one's own has its mark already; another stays without and is not written.
    return;
  }
}

function readMark(directory: string): string | null {
  try {
    return readFileSync(join(directory, MARK), 'utf8');
  } catch {
    return null;
  }
}

/** Null when the folder is not there. */
function markOf(directory: string): string | null {
  try {
    const stat = statSync(directory, { throwIfNoEntry: false });
    return stat?.isDirectory() === true ? `${stat.ino} ${stat.birthtimeMs}\n` : null;
  } catch {
    return null;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function foreign(directory: string): Failure {
  return {
    code: 'CE_CACHE_CORRUPT',
    message: 'the cache was not made in this folder, so it is not used',
    place: { file: directory },
    why: 'It came with a clone, an archive or a copy: its verdicts were observed elsewhere.',
    next: 'Nothing to do: it is made again. In CI, CE_TRUST=1 takes over a cache that was restored.',
  };
}
