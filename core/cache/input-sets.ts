/**
 * Which files each list of globs means, kept from one process to the next together with the stat index. A list is used again as long as
 * the folders, ignore files and links that it depends on are unchanged; the digest of the files' content is always taken from
 * the index, whose rows were stated in the same look.
 */
import { hash } from 'node:crypto';
import { bytesOf, decodeStrings, encodeStrings, integers } from './columns.ts';
import { expandInputs, resolveLink, type LinkTarget } from './inputs.ts';
import type { Picomatch } from './patterns.ts';
import { HASH_BYTES } from './stat-columns.ts';
import { createStatIndex, Kind, type StatIndex } from './stat-index.ts';

/** Bumped when rows, listings or patterns come to mean something else. */
export const INDEX_KIND = 'ce-idx01';
const ROW_SECTIONS = 7;
/** Lists of globs kept from earlier runs; the least recently used go first. */
const MAX_SETS = 5_000;

interface InputSet {
  readonly members: Int32Array;
  readonly depends: Int32Array;
  readonly links: readonly LinkTarget[];
  /** sha256 of the members' paths. */
  readonly names: Buffer;
  /** sha256 of what the list depends on. */
  readonly tree: Buffer;
  readonly obstacle: string | null;
}

/** The inputs of one check as they are now. */
export interface Inputs {
  /** sha256 (hex) over paths, executable bits and content. */
  readonly digest: string;
  /** Why nothing that depends on them may be cached; null when it may. */
  readonly obstacle: string | null;
}

export interface InputSets {
  /** Starts a look at the tree as it is now. */
  begin(): void;
  /** Null when folders changed, so that the list has to be made again with `expand`. */
  look(globs: readonly string[]): Inputs | null;
  expand(globs: readonly string[], picomatch: Picomatch): Inputs;
  /** sha256 (hex) of the files' stats: equal at two looks when nothing was written in between. Call it after `look` or `expand`. */
  stats(globs: readonly string[]): string;
  /** One line a file: 32 hex digits of its sha256 (dashes when absent), `x` or `-`, the path. */
  listing(globs: readonly string[]): string;
  /** The sections to keep; null when nothing changed since they were loaded. */
  encode(): readonly Buffer[] | null;
}

/** `root` is absolute and real; `sections` are those of `encode`, or null. */
export function openInputSets(root: string, sections: readonly Buffer[] | null): InputSets {
  const index = createStatIndex(root, sections === null ? null : sections.slice(0, ROW_SECTIONS));
  const sets = sections === null ? new Map<string, InputSet>() : decodeSets(sections.slice(ROW_SECTIONS));
  const current = new Map<string, Inputs>();
  const used = new Set<string>();
  let expanded = false;

  const remember = (key: string, inputs: Inputs): Inputs => {
    current.set(key, inputs);
    used.add(key);
    return inputs;
  };
  const setOf = (globs: readonly string[]): InputSet => sets.get(globs.join('\0')) ?? NO_INPUTS;

  return {
    begin() {
      index.begin();
      current.clear();
    },
    look(globs) {
      const key = globs.join('\0');
      const known = current.get(key);
      if (known !== undefined) return known;
      const set = sets.get(key);
      if (set === undefined || set.obstacle !== null) return null;
      for (const row of set.depends) index.check(row);
      if (!treeDigest(index, set.depends).equals(set.tree)) return null;
      for (const link of set.links) if (resolveLink(root, link.path) !== link.to) return null;
      for (const row of set.members) {
        index.check(row);
        const kind = index.kind(row);
        if (kind === Kind.directory || kind === Kind.opaque) return null;
        if (index.isLink(row) && !set.links.some((link) => link.path === index.path(row))) return null;
      }
      return remember(key, { digest: contentDigest(index, set), obstacle: null });
    },
    expand(globs, picomatch) {
      const key = globs.join('\0');
      const found = expandInputs(globs, root, index, picomatch);
      const members = Int32Array.from(found.members);
      const depends = Int32Array.from(found.depends);
      const names = hash('sha256', found.members.map((row) => index.path(row)).join('\0'), 'buffer');
      const set: InputSet = { members, depends, links: found.links, names, tree: treeDigest(index, depends), obstacle: found.obstacle };
      sets.set(key, set);
      expanded = true;
      return remember(key, { digest: contentDigest(index, set), obstacle: set.obstacle });
    },
    stats: (globs) => hash('sha256', bytesOf(index.stats(setOf(globs).members))),
    listing: (globs) => Array.from(setOf(globs).members, (row) => listingLine(index, row)).join(''),
    encode() {
      if (!expanded && !index.changed) return null;
      const keys = [...used, ...[...sets.keys()].filter((key) => !used.has(key))].filter((key) => sets.get(key)?.obstacle === null).slice(0, MAX_SETS);
      return encodeSets(
        index,
        keys,
        keys.map((key) => sets.get(key) ?? NO_INPUTS),
      );
    },
  };
}

const NO_INPUTS: InputSet = {
  members: new Int32Array(0),
  depends: new Int32Array(0),
  links: [],
  names: Buffer.alloc(HASH_BYTES),
  tree: Buffer.alloc(HASH_BYTES),
  obstacle: null,
};

/** Folders by inode too: one that was moved away and replaced is another folder, even with the same names in it. */
function treeDigest(index: StatIndex, rows: Int32Array): Buffer {
  const scratch = Buffer.allocUnsafe(rows.length * (HASH_BYTES + 1));
  const inodes = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    const kind = index.kind(row);
    scratch[i] = kind;
    if (kind === Kind.directory) inodes[i] = index.inode(row);
  });
  index.copyHashes(rows, scratch, rows.length);
  return hash('sha256', Buffer.concat([scratch, bytesOf(inodes)]), 'buffer');
}

function contentDigest(index: StatIndex, { names, members }: InputSet): string {
  const scratch = Buffer.allocUnsafe(HASH_BYTES + members.length * (HASH_BYTES + 1));
  scratch.set(names);
  members.forEach((row, i) => {
    scratch[HASH_BYTES + i] = index.kind(row) + (index.isExecutable(row) ? 4 : 0);
  });
  index.copyHashes(members, scratch, HASH_BYTES + members.length);
  return hash('sha256', scratch);
}

function listingLine(index: StatIndex, row: number): string {
  const content = Buffer.allocUnsafe(HASH_BYTES);
  index.copyHashes(Int32Array.of(row), content, 0);
  const text = index.kind(row) === Kind.file ? content.toString('hex', 0, 16) : '-'.repeat(32);
  return `${text} ${index.isExecutable(row) ? 'x' : '-'} ${index.path(row)}\0`;
}

function encodeSets(index: StatIndex, keys: readonly string[], sets: readonly InputSet[]): readonly Buffer[] {
  const rows = new Map<number, number>();
  const place = (row: number): number => {
    const known = rows.get(row) ?? rows.size;
    rows.set(row, known);
    return known;
  };
  const joined = (pick: (set: InputSet) => Int32Array): readonly [Int32Array, Int32Array] => {
    const ends = Int32Array.from(
      sets.map(
        (
          (sum) => (set: InputSet) =>
            (sum += pick(set).length)
        )(0),
      ),
    );
    const all = new Int32Array(ends.at(-1) ?? 0);
    sets.forEach((set, i) => all.set(pick(set).map(place), (ends[i] ?? 0) - pick(set).length));
    return [ends, all];
  };
  const [memberEnds, members] = joined((set) => set.members);
  const [dependEnds, depends] = joined((set) => set.depends);
  const digests = Buffer.concat(sets.flatMap((set) => [set.names, set.tree]));
  const links = encodeStrings(sets.map((set) => (set.links.length === 0 ? '' : JSON.stringify(set.links))));
  return [
    ...index.encode(Int32Array.from(rows.keys())),
    encodeStrings(keys.map((key) => JSON.stringify(key))),
    bytesOf(memberEnds),
    bytesOf(members),
    bytesOf(dependEnds),
    bytesOf(depends),
    digests,
    links,
  ];
}

function decodeSets(sections: readonly Buffer[]): Map<string, InputSet> {
  const sets = new Map<string, InputSet>();
  const [keys, memberEnds, members, dependEnds, depends, digests, links] = sections;
  if (
    keys === undefined ||
    memberEnds === undefined ||
    members === undefined ||
    dependEnds === undefined ||
    depends === undefined ||
    digests === undefined ||
    links === undefined
  )
    return sets;
  const [endsOfMembers, allMembers, endsOfDepends, allDepends] = [integers(memberEnds), integers(members), integers(dependEnds), integers(depends)];
  const linkTexts = decodeStrings(links);
  decodeStrings(keys).forEach((key, i) => {
    const at = i * 2 * HASH_BYTES;
    sets.set(JSON.parse(key) as string, {
      members: allMembers.subarray(endsOfMembers[i - 1] ?? 0, endsOfMembers[i]),
      depends: allDepends.subarray(endsOfDepends[i - 1] ?? 0, endsOfDepends[i]),
      links: linkTexts[i] ? (JSON.parse(linkTexts[i] ?? '[]') as readonly LinkTarget[]) : [],
      names: digests.subarray(at, at + HASH_BYTES),
      tree: digests.subarray(at + HASH_BYTES, at + 2 * HASH_BYTES),
      obstacle: null,
    });
  });
  return sets;
}
