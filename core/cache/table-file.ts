/** Reads the cache's own tables. A file that is missing, of another version or damaged is no table; only damage is told. */
import { readFileSync, rmSync } from 'node:fs';
import { decodeSections } from './columns.ts';
import { errorCode, isNowhere, type Warn } from './write-file.ts';

/** The sections of a table of this kind, or null. A damaged file is removed. */
export function readTable(path: string, kind: string, warn: Warn): readonly Buffer[] | null {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (thrown) {
    if (!isNowhere(thrown)) warn(damaged(path, `it can't be read (${errorCode(thrown) || String(thrown)})`));
    return null;
  }
  const sections = decodeSections(kind, file);
  if (sections !== null) return sections;
  // Another version of ce wrote it: not wrong, only of no use here.
  if (/^ce-[a-z]{3}\d\d$/.test(file.toString('latin1', 0, 8)) && file.toString('latin1', 0, 8) !== kind) return null;
  drop(path);
  warn(damaged(path, 'its content does not match its checksum'));
  return null;
}

/** Removes a file that proved wrong. Where that is not allowed it stays, and is found wrong again. */
export function drop(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

export function damaged(path: string, why: string): Parameters<Warn>[0] {
  return {
    code: 'CE_CACHE_CORRUPT',
    message: 'a cache file was damaged and is not used',
    place: { file: path },
    why,
    next: 'Nothing to do: it is made again. `ce cache clear` empties the cache.',
  };
}
