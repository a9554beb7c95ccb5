/**
 * Whose change is it? Every changed path of the tree is the phase's own, a by-product of a gate, or foreign. Own changes go into
 * the checkpoint; by-products are left alone and told; foreign ones stop the run, because the evidence would be about another tree.
 */
import type { Change } from '../vcs/changes.ts';

export interface Ledger {
  /** Foreign changes that were there before the run and that --allow-dirty accepted. */
  readonly accepted: ReadonlySet<string>;
  own(): readonly string[];
  addOwn(paths: readonly string[]): void;
  addByProducts(paths: readonly string[]): void;
  byProducts(): readonly string[];
  /** Own paths that hold something else than an implementer last wrote there: a person's fix, or a heal. `hashOf` gives the content now. */
  edited(hashOf: (path: string) => string | null): readonly string[];
  noteWritten(files: Readonly<Record<string, string | null>>): void;
  /** Paths of `changes` that are nobody's yet. */
  unclaimed(changes: readonly Change[]): readonly Change[];
  /** After a checkpoint the own changes are committed. */
  settle(): void;
}

export function createLedger(
  own: readonly string[],
  byProducts: readonly string[],
  accepted: readonly string[],
  written: ReadonlyMap<string, string | null> = new Map(),
): Ledger {
  const mine = new Set(own);
  const left = new Set(byProducts);
  const wrote = new Map(written);
  const foreign = new Set(accepted);
  return {
    accepted: foreign,
    own: () => [...mine].sort(),
    addOwn: (paths) => {
      for (const path of paths) {
        mine.add(path);
        left.delete(path);
      }
    },
    addByProducts: (paths) => {
      for (const path of paths) left.add(path);
    },
    byProducts: () => [...left].sort(),
    edited: (hashOf) => [...mine].filter((path) => !wrote.has(path) || wrote.get(path) !== hashOf(path)).sort(),
    noteWritten: (files) => {
      for (const [path, hash] of Object.entries(files)) wrote.set(path, hash);
    },
    unclaimed: (changes) => changes.filter(({ path }) => !mine.has(path) && !left.has(path) && !foreign.has(path)),
    settle: () => mine.clear(),
  };
}
