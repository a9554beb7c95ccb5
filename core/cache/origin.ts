/**
 * A cache is believed only where it was made. One that came with a clone, an archive or a copy holds verdicts that nobody here
 * observed: it is neither read nor written, and told of, until a person clears it. The mark is the folder's inode and birth, which no
 * copy has. `CE_TRUST=1` adopts a cache that a CI system restored. Nothing is removed here.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../errors.ts';
import { cacheLayout, type CacheLayout } from './layout.ts';
import { isLink } from './read-tree.ts';

const MARK = 'origin';

/** The layout of `<ceDir>/cache`; a closed one when that folder was made elsewhere. */
export function claimLayout(ceDir: string, root: string, warn: (failure: Failure) => void, trust: string | undefined = process.env['CE_TRUST']): CacheLayout {
  const layout = cacheLayout(ceDir, root);
  const linked = linkedFolder(layout);
  if (linked !== null) {
    warn(throughLink(linked));
    return closed(root);
  }
  const mark = markOf(layout.directory);
  if (mark === null || readMark(layout.directory) === mark || namesIn(layout.directory).every((name) => name === 'memo')) return layout;
  if (trust === '1') {
    writeMark(layout.directory);
    return layout;
  }
  warn(foreign(layout.directory));
  return closed(root);
}

/** A layout in which nothing is found: nothing can be below a file. */
function closed(root: string): CacheLayout {
  return { ...cacheLayout(join(process.execPath, 'closed'), root), access: 'closed' };
}

/** The first of the cache's folders that is a link: what is written or collected there would be somebody else's. Null when none is. */
function linkedFolder({ directory, blobs, actions, pending }: CacheLayout): string | null {
  return [directory, blobs, actions, pending, join(directory, MARK)].find(isLink) ?? null;
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
    // A read-only cache keeps the mark that it has; without one it is not believed at the next look.
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

/** What tells this folder from every copy of it; null when it is not there. */
export function markOf(directory: string): string | null {
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
    next: '`ce cache clear` makes room for one of your own. In CI, CE_TRUST=1 takes over a cache that was restored.',
  };
}

function throughLink(path: string): Failure {
  return {
    code: 'CE_CACHE_CORRUPT',
    message: 'a folder of the cache is a symbolic link, so it is not used',
    place: { file: path },
    why: 'What ce writes and collects would be files elsewhere.',
    next: `Look where it points, then remove the link: rm "${path}"`,
  };
}
