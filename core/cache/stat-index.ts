/**
 * What is known of the paths of one checkout, after git's index: a row holds what stat said when the content was last hashed,
 * so that an unchanged tree is judged by stat alone. Columns, not objects: 20,000 rows are two megabytes and load in two milliseconds.
 *
 * A row is racy when the path changed so shortly before it was hashed that a later change could leave the same times; such a row
 * is hashed again at every look. ctime is compared as well as mtime: a program can set mtime back, and ctime not.
 */
import { statSync, type Stats } from 'node:fs';
import { relative } from 'node:path';
import { decodeStrings } from './columns.ts';
import { hashFile, isLink, listDirectory, type Entry } from './read-tree.ts';
import { encodeRows, grow, HASH_BYTES, loadColumns, NEVER_SEEN } from './stat-columns.ts';

/** What is at a path. Opaque is what cannot be read or is no file: whoever depends on it is never cached. */
export const Kind = { absent: 0, file: 1, directory: 2, opaque: NEVER_SEEN } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

const KIND = 3;
const EXECUTABLE = 4;
const LINK = 8;
const RACY = 128;
/** File times tick with the kernel's coarse clock (at most 10 ms); the rest is room for doubt. */
const MARGIN_MS = 50;
/** Some file systems keep whole seconds, or two. */
const COARSE_MARGIN_MS = 2_050;
const NOTHING = new Uint8Array(HASH_BYTES);

export interface StatIndex {
  /** The row of a path from the root, with forward slashes; the root itself is `.`. A new row knows nothing until it is looked at. */
  row(path: string): number;
  path(row: number): string;
  /** Starts a look at the tree as it is now: every row is stated again when it is first asked for. */
  begin(): void;
  /** Brings one row up to date, once a look. */
  check(row: number): void;
  kind(row: number): Kind;
  isExecutable(row: number): boolean;
  /** The path itself is a symbolic link. */
  isLink(row: number): boolean;
  inode(row: number): number;
  /** Copies 32 bytes a row: the sha256 of a file's content or of a directory's listing, zeros for anything else. */
  copyHashes(rows: Int32Array, target: Uint8Array, at: number): void;
  /** Five numbers a row, which differ whenever the path was written. */
  stats(rows: Int32Array): Float64Array;
  /** Entries of a directory as it is, sorted, without what ce never looks at; empty when it is none. Brings the row up to date. */
  list(row: number): readonly Entry[];
  /** True when it differs from what was loaded. */
  readonly changed: boolean;
  /** The sections of these rows, in this order. */
  encode(rows: Int32Array): readonly Buffer[];
}

/** `sections` as `encode` made them, or null to know nothing yet. `root` is absolute. */
export function createStatIndex(root: string, sections: readonly Buffer[] | null): StatIndex {
  const paths: string[] = sections === null ? [] : decodeStrings(sections[0] ?? Buffer.alloc(0));
  let columns = loadColumns(sections, paths.length);
  let rows: Map<string, number> | null = null;
  let seen = new Uint8Array(columns.bits.length);
  const listings = new Map<number, readonly Entry[]>();
  let prefix = `${root}/`;
  let started = Date.now();
  let changed = false;

  const store = (row: number, kind: Kind, flags: number, hash: Uint8Array | null): void => {
    const at = row * HASH_BYTES;
    const bits = kind | flags;
    const known = columns.hashes.subarray(at, at + HASH_BYTES);
    if (columns.bits[row] !== bits || !known.equals(hash ?? NOTHING)) changed = true;
    columns.bits[row] = bits;
    known.set(hash ?? NOTHING);
  };

  /** Reads what is there. The stat comes before the content, so a change in between shows at the next look. */
  const refresh = (row: number, file: string, stat: Stats | 'opaque' | null): void => {
    if (stat === null || stat === 'opaque') {
      columns.mtime[row] = columns.ctime[row] = columns.size[row] = columns.inode[row] = 0;
      store(row, stat === null ? Kind.absent : Kind.opaque, 0, null);
      return;
    }
    if (columns.mtime[row] !== stat.mtimeMs || columns.ctime[row] !== stat.ctimeMs) changed = true;
    columns.mtime[row] = stat.mtimeMs;
    columns.ctime[row] = stat.ctimeMs;
    columns.size[row] = stat.size;
    columns.inode[row] = stat.ino;
    const flags = (isRacy(stat.mtimeMs, stat.ctimeMs, started) ? RACY : 0) | (isLink(file) ? LINK : 0);
    if (stat.isDirectory()) {
      const listing = listDirectory(file);
      if (listing !== null) listings.set(row, listing.entries);
      store(row, listing === null ? Kind.opaque : Kind.directory, flags, listing === null ? null : listing.hash);
      return;
    }
    const hash = stat.isFile() ? hashFile(file, stat.size) : null;
    store(row, hash === null ? Kind.opaque : Kind.file, flags | (hash !== null && (stat.mode & 0o100) !== 0 ? EXECUTABLE : 0), hash);
  };

  const check = (row: number): void => {
    if (seen[row] === 1) return;
    seen[row] = 1;
    const file = prefix + (paths[row] ?? '');
    const stat = look(file);
    const bits = columns.bits[row] ?? Kind.opaque;
    if (
      stat === null
        ? (bits & KIND) === Kind.absent
        : stat !== 'opaque' &&
          (bits & RACY) === 0 &&
          (bits & KIND) !== Kind.opaque &&
          (bits & KIND) !== Kind.absent &&
          columns.ctime[row] === stat.ctimeMs &&
          columns.mtime[row] === stat.mtimeMs &&
          columns.inode[row] === stat.ino &&
          columns.size[row] === stat.size &&
          ((bits & KIND) === Kind.directory || ((bits & EXECUTABLE) !== 0) === ((stat.mode & 0o100) !== 0))
    )
      return;
    refresh(row, file, stat);
  };

  return {
    row(path) {
      rows ??= new Map(paths.map((known, row) => [known, row]));
      const known = rows.get(path);
      if (known !== undefined) return known;
      const row = paths.push(path) - 1;
      rows.set(path, row);
      if (row >= columns.bits.length) {
        columns = grow(columns);
        const longer = new Uint8Array(columns.bits.length);
        longer.set(seen);
        seen = longer;
      }
      columns.bits[row] = Kind.opaque;
      changed = true;
      return row;
    },
    path: (row) => paths[row] ?? '',
    begin() {
      seen.fill(0);
      listings.clear();
      started = Date.now();
      prefix = shortPrefix(root);
    },
    check,
    kind: (row) => ((columns.bits[row] ?? Kind.opaque) & KIND) as Kind,
    isExecutable: (row) => ((columns.bits[row] ?? 0) & EXECUTABLE) !== 0,
    isLink: (row) => ((columns.bits[row] ?? 0) & LINK) !== 0,
    inode: (row) => columns.inode[row] ?? 0,
    copyHashes(rows, target, at) {
      // Rows of one list mostly stand together, and one long copy costs as much as one short one.
      for (let from = 0; from < rows.length; ) {
        const first = rows[from] ?? 0;
        let to = from + 1;
        while (to < rows.length && rows[to] === first + to - from) to++;
        target.set(columns.hashes.subarray(first * HASH_BYTES, (first + to - from) * HASH_BYTES), at + from * HASH_BYTES);
        from = to;
      }
    },
    stats(rows) {
      const numbers = new Float64Array(rows.length * 5);
      rows.forEach((row, i) => {
        numbers[i * 5] = columns.mtime[row] ?? 0;
        numbers[i * 5 + 1] = columns.ctime[row] ?? 0;
        numbers[i * 5 + 2] = columns.size[row] ?? 0;
        numbers[i * 5 + 3] = columns.inode[row] ?? 0;
        numbers[i * 5 + 4] = (columns.bits[row] ?? 0) & ~RACY;
      });
      return numbers;
    },
    list(row) {
      check(row);
      const known = listings.get(row);
      if (known !== undefined) return known;
      const file = prefix + (paths[row] ?? '');
      refresh(row, file, look(file));
      return listings.get(row) ?? [];
    },
    get changed() {
      return changed;
    },
    encode: (kept) => encodeRows(paths, columns, kept),
  };
}

function look(file: string): Stats | 'opaque' | null {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? null;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    // A link that leads to itself leads nowhere.
    return code === 'ENOTDIR' || code === 'ENOENT' || code === 'ELOOP' ? null : 'opaque';
  }
}

function isRacy(mtime: number, ctime: number, started: number): boolean {
  const latest = Math.max(mtime, ctime);
  return latest >= started - (Number.isInteger(ctime / 1000) ? COARSE_MARGIN_MS : MARGIN_MS);
}

/** The kernel walks fewer folders for a path from the working directory: a quarter of the time of 20,000 stats. */
function shortPrefix(root: string): string {
  try {
    const fromHere = relative(process.cwd(), root).replaceAll('\\', '/');
    if (fromHere === '') return '';
    // Only from inside: elsewhere the working directory may not be ours to walk through.
    return /^\.\.(?:\/\.\.)*$/.test(fromHere) && fromHere.length < root.length ? `${fromHere}/` : `${root}/`;
  } catch {
    // The working directory was removed.
    return `${root}/`;
  }
}
