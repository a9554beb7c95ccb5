/** The stat index as columns: how its rows lie in memory, and in the sections of its file. */
import { bytesOf, doubles, encodeStrings } from './columns.ts';

/** Of a sha256. */
export const HASH_BYTES = 32;
/** The bits of a row that was never looked at: nothing may depend on it. */
export const NEVER_SEEN = 3;

/** Times in milliseconds since 1970 with their fractions, size in bytes. */
export interface Columns {
  readonly mtime: Float64Array;
  readonly ctime: Float64Array;
  readonly size: Float64Array;
  readonly inode: Float64Array;
  readonly bits: Uint8Array;
  readonly hashes: Buffer;
}

/** Columns of `count` rows; rows that know nothing when the sections are missing or of another length. */
export function loadColumns(sections: readonly Buffer[] | null, count: number): Columns {
  const [, mtime, ctime, size, inode, bits, hashes] = sections ?? [];
  if (mtime === undefined || ctime === undefined || size === undefined || inode === undefined || bits === undefined || hashes === undefined)
    return emptyColumns(64);
  if (bits.length !== count || hashes.length !== count * HASH_BYTES) return emptyColumns(Math.max(64, count));
  return { mtime: doubles(mtime), ctime: doubles(ctime), size: doubles(size), inode: doubles(inode), bits, hashes };
}

function emptyColumns(capacity: number): Columns {
  return {
    mtime: new Float64Array(capacity),
    ctime: new Float64Array(capacity),
    size: new Float64Array(capacity),
    inode: new Float64Array(capacity),
    bits: new Uint8Array(capacity).fill(NEVER_SEEN),
    hashes: Buffer.alloc(capacity * HASH_BYTES),
  };
}

/** The same rows with room for as many again. */
export function grow(old: Columns): Columns {
  const columns = emptyColumns(Math.max(64, old.bits.length * 2));
  columns.mtime.set(old.mtime);
  columns.ctime.set(old.ctime);
  columns.size.set(old.size);
  columns.inode.set(old.inode);
  columns.bits.set(old.bits);
  columns.hashes.set(old.hashes);
  return columns;
}

/** The sections of some rows, in the order that `loadColumns` reads, the paths first. */
export function encodeRows(paths: readonly string[], from: Columns, rows: Int32Array): readonly Buffer[] {
  const to = emptyColumns(rows.length);
  rows.forEach((row, i) => {
    to.mtime[i] = from.mtime[row] ?? 0;
    to.ctime[i] = from.ctime[row] ?? 0;
    to.size[i] = from.size[row] ?? 0;
    to.inode[i] = from.inode[row] ?? 0;
    to.bits[i] = from.bits[row] ?? NEVER_SEEN;
    from.hashes.copy(to.hashes, i * HASH_BYTES, row * HASH_BYTES, (row + 1) * HASH_BYTES);
  });
  const names = encodeStrings(Array.from(rows, (row) => paths[row] ?? ''));
  return [names, bytesOf(to.mtime), bytesOf(to.ctime), bytesOf(to.size), bytesOf(to.inode), bytesOf(to.bits), to.hashes];
}
