/** What each check of this checkout last ran on, passed or not, so that a miss can say why. Read at the first miss only. */
import { hash } from 'node:crypto';
import type { Check, Verdict } from '../model.ts';
import { encodeSections } from './columns.ts';
import { canonicalJson, parseManifest } from './fingerprint.ts';
import { readTable } from './table-file.ts';
import type { Ran } from './why.ts';
import type { CacheWriter, Warn } from './write-file.ts';

const KIND = 'ce-his01';
/** Different commands that one validator runs in one project. */
const MAX_COMMANDS = 16;
const MAX_PLACES = 5_000;

/** How a run ended that left a record. */
export type Ending = Verdict | 'flaky' | 'inputs-changed';

export interface LastRun extends Ran {
  readonly ending: Ending;
}

interface Entry {
  readonly command: string;
  readonly ending: Ending;
  readonly manifest: string;
  /** Name of the text in `listings`. */
  readonly listing: string;
}

interface Content {
  readonly places: Record<string, readonly Entry[]>;
  readonly listings: Record<string, string>;
}

export interface History {
  /** Looks for the last runs of these checks; of one whose command was another, if it is the only one that no other check accounts for. */
  lastRuns(plan: readonly Check[]): (check: Check) => LastRun | null;
  note(check: Check, manifest: string, listing: string, ending: Ending): void;
  flush(writer: CacheWriter): void;
}

export function openHistory(path: string, warn: Warn): History {
  let content: Content | null = null;
  let changed = false;
  const load = (): Content => (content ??= parseContent(readTable(path, KIND, warn)?.[0] ?? null));
  return {
    lastRuns(plan) {
      let claimed: ReadonlySet<string> | null = null;
      return (check) => {
        const { places, listings } = load();
        const place = placeOf(check);
        const entries = places[place] ?? [];
        const command = commandOf(check);
        const claims = claimed ?? new Set(plan.map((other) => placeOf(other) + commandOf(other)));
        claimed = claims;
        const free = hasLine(check) ? [] : entries.filter((entry) => !claims.has(place + entry.command));
        const entry = entries.find((known) => known.command === command) ?? (free.length === 1 ? free[0] : undefined);
        return entry === undefined ? null : { manifest: parseManifest(entry.manifest), listing: listings[entry.listing] ?? '', ending: entry.ending };
      };
    },
    note(check, manifest, listing, ending) {
      const { places, listings } = load();
      const place = placeOf(check);
      const command = commandOf(check);
      const name = hash('sha256', listing).slice(0, 32);
      const others = (places[place] ?? []).filter((entry) => entry.command !== command);
      // The place noted last stands last, and the oldest go first.
      delete places[place];
      places[place] = [{ command, ending, manifest, listing: name }, ...others].slice(0, MAX_COMMANDS);
      listings[name] = listing;
      changed = true;
    },
    flush(writer) {
      if (!changed) return;
      const { places, listings } = load();
      const kept = Object.entries(places).slice(-MAX_PLACES);
      const named = new Set(kept.flatMap(([, entries]) => entries.map((entry) => entry.listing)));
      const texts = Object.entries(listings).filter(([name]) => named.has(name));
      const text = JSON.stringify({ places: Object.fromEntries(kept), listings: Object.fromEntries(texts) });
      if (writer.derived('history', path, encodeSections(KIND, [Buffer.from(text)]))) changed = false;
    },
  };
}

function parseContent(section: Buffer | null): Content {
  return section === null ? { places: {}, listings: {} } : (JSON.parse(section.toString()) as Content);
}

/** The line of a spec moves when text above it is edited, so it is no part of the place. */
function placeOf(check: Check): string {
  return JSON.stringify([check.validator, check.project, check.cwd, check.origin.replace(/:\d+$/, '')]);
}

/** Commands of a spec are many in one file: one with another text is another command, not a changed one. */
function hasLine(check: Check): boolean {
  return /:\d+$/.test(check.origin);
}

function commandOf(check: Check): string {
  return hash('sha256', canonicalJson('argv' in check.command ? check.command.argv : check.command.script)).slice(0, 16);
}
