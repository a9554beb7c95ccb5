/** Results that this checkout asked for lately, in one file: a run where nothing changed reads it instead of a file a check. */
import { statSync, utimesSync } from 'node:fs';
import { bytesOf, encodeSections, integers } from './columns.ts';
import type { CheckEntry } from './check-entry.ts';
import { readTable } from './table-file.ts';
import type { CacheWriter, Warn } from './write-file.ts';

const KIND = 'ce-res01';
const KEY_BYTES = 32;
const MAX_ENTRIES = 5_000;
/** A longer one (hundreds of warnings) is read from the store when it is asked for. */
const MAX_TEXT = 16_384;
const DAY_MS = 86_400_000;

export interface RecentResults {
  get(key: string): CheckEntry | null;
  add(key: string, entry: CheckEntry): void;
  remove(key: string): void;
  /** Writes the file when it differs; else dates it once a day, which is how the collector knows that its entries are in use. */
  flush(writer: CacheWriter): void;
}

export function openRecentResults(path: string, warn: Warn): RecentResults {
  const texts = loadTexts(path, warn);
  const used = new Set<string>();
  let changed = false;
  return {
    get(key) {
      const text = texts.get(key);
      if (text === undefined) return null;
      used.add(key);
      return JSON.parse(text.toString()) as CheckEntry;
    },
    add(key, entry) {
      const text = Buffer.from(JSON.stringify(entry));
      if (text.length > MAX_TEXT) return;
      texts.set(key, text);
      used.add(key);
      changed = true;
    },
    remove(key) {
      if (texts.delete(key)) changed = true;
    },
    flush(writer) {
      if (!changed) return dateDaily(path);
      const keys = [...used, ...[...texts.keys()].filter((key) => !used.has(key))].filter((key) => texts.has(key)).slice(0, MAX_ENTRIES);
      const kept = keys.map((key) => texts.get(key) ?? Buffer.alloc(0));
      const ends = Int32Array.from(
        kept.map(
          (
            (sum) => (text: Buffer) =>
              (sum += text.length)
          )(0),
        ),
      );
      if (writer.derived('results', path, encodeSections(KIND, [Buffer.from(keys.join(''), 'hex'), bytesOf(ends), Buffer.concat(kept)]))) changed = false;
    },
  };
}

/** Keys in the results file of a checkout, for the collector. */
export function keysInUse(path: string): readonly string[] {
  return [...loadTexts(path, () => undefined).keys()];
}

function loadTexts(path: string, warn: Warn): Map<string, Buffer> {
  const texts = new Map<string, Buffer>();
  const [keys, ends, all] = readTable(path, KIND, warn) ?? [];
  if (keys === undefined || ends === undefined || all === undefined) return texts;
  const hex = keys.toString('hex');
  let from = 0;
  integers(ends).forEach((end, i) => {
    texts.set(hex.slice(i * KEY_BYTES * 2, (i + 1) * KEY_BYTES * 2), all.subarray(from, end));
    from = end;
  });
  return texts;
}

function dateDaily(path: string): void {
  try {
    const now = Date.now();
    if (now - statSync(path).mtimeMs > DAY_MS) utimesSync(path, now / 1000, now / 1000);
  } catch {
    // It is not there, or the cache is read-only: nothing depends on the date.
    return;
  }
}
