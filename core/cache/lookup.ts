/**
 * The cache room: decides whether a check's verdict is known for the tree as it is, and keeps verdicts that may be known later.
 * This is its one door for the engine. The room never runs anything, never prints, and never fails a run: trouble is a miss and
 * one warning. It writes under `.ce/cache` only.
 *
 * A hit costs one stat an input file. Keys are always computed again; only listings, content hashes and results are remembered, each
 * bound to what it came from.
 */
import { realpathSync } from 'node:fs';
import type { Failure } from '../errors.ts';
import type { Check, ValidatorResult } from '../model.ts';
import { fromEntry, parseEntry, toEntry, type CheckEntry } from './check-entry.ts';
import { encodeSections } from './columns.ts';
import { createFingerprinter, parseManifest, type CheckVersions } from './fingerprint.ts';
import { openHistory, type Ending, type LastRun } from './history.ts';
import { INDEX_KIND, openInputSets, type Inputs } from './input-sets.ts';
import { claimLayout } from './origin.ts';
import type { Picomatch } from './patterns.ts';
import { openRecentResults } from './recent-results.ts';
import { openStore } from './store.ts';
import { readTable } from './table-file.ts';
import { describeChanges, diffRuns, type Change } from './why.ts';
import { createWriter, type Warn } from './write-file.ts';

export interface CachePlace {
  /** Absolute path of the checkout that is judged. */
  readonly root: string;
  /** Absolute path of the main checkout's `.ce`. */
  readonly ceDir: string;
  /** The environment that checks will see; only names that a check declares count. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn: Warn;
}

export interface Hit {
  readonly hit: ValidatorResult;
  readonly key: string;
}

/** Hand it back to `store` when the check has run. */
export interface Miss {
  /** Null when the verdict must not be cached. */
  readonly miss: string | null;
  /** One line: `src/auth.py changed`, `never run here`, `its inputs are not declared`. */
  readonly reason: string;
  readonly changes: readonly Change[];
  readonly check: Check;
  readonly before: Before | null;
}

/** The tree as it was when the check was looked up. */
interface Before {
  readonly manifest: string;
  readonly digest: string;
  readonly stats: string;
  readonly listing: string;
}

export type Lookup = Hit | Miss;
/** `refresh` answers nothing from the cache (`--force`), and what runs is stored again. */
export type Use = 'read' | 'refresh';
export type Stability = 'steady' | 'flaky';
export type Stored = { readonly stored: true } | { readonly stored: false; readonly reason: string; readonly failure: Failure | null };

export interface CheckCache {
  /** In the order of `checks`. Look again right before a check runs if anything may have changed the tree since. */
  lookup(checks: readonly Check[], versionsOf: (check: Check) => CheckVersions, use?: Use): Promise<readonly Lookup[]>;
  /** Keeps a steady pass whose inputs were not written while it ran. Anything else is refused with the reason. */
  store(miss: Miss, result: ValidatorResult, stability: Stability): Promise<Stored>;
  /** Takes a verdict out of the cache, as an audit does that came to another one. */
  forget(key: string): void;
  /** Whole verified output of a cached check by the digest in its log's name; null when it is gone. */
  readLog(path: string): Buffer | null;
  /** Writes what changed of the tables. Call it once when the work is done; a process that dies before only makes the next one slower. */
  flush(): void;
}

export function openCache(place: CachePlace): CheckCache {
  const root = realpathSync.native(place.root);
  const layout = claimLayout(place.ceDir, root, place.warn);
  const writer = createWriter(layout, place.warn);
  const store = openStore(layout, writer, place.warn);
  const sets = openInputSets(root, readTable(layout.index, INDEX_KIND, place.warn));
  const recent = openRecentResults(layout.results, place.warn);
  const history = openHistory(layout.history, place.warn);
  const fingerprint = createFingerprinter([place.root, root], place.env);

  const find = (key: string): CheckEntry | null => {
    const near = recent.get(key);
    if (near !== null) return near;
    const action = store.readAction('check', key);
    const entry = action === null ? null : parseEntry(action.value, store);
    if (entry !== null) recent.add(key, entry);
    return entry;
  };

  const answer = (check: Check, lastRun: (check: Check) => LastRun | null, inputs: Inputs | null, versions: CheckVersions, use: Use): Lookup => {
    const obstacle = obstacleOf(check, inputs, versions);
    if (inputs === null || check.inputs === null || obstacle !== null) return { miss: null, reason: obstacle ?? '', changes: [], check, before: null };
    const { key, manifest } = fingerprint(check, versions, inputs.digest);
    const entry = use === 'read' ? find(key) : null;
    if (entry !== null) return { hit: fromEntry(entry, check, store), key };
    const before: Before = { manifest, digest: inputs.digest, stats: sets.stats(check.inputs), listing: sets.listing(check.inputs) };
    const last = lastRun(check);
    const changes = last === null ? [] : diffRuns(last, { manifest: parseManifest(manifest), listing: before.listing });
    return { miss: key, reason: use === 'refresh' ? 'forced' : reasonOf(last, changes), changes, check, before };
  };

  const lookAt = async (globs: readonly string[]): Promise<Inputs> => {
    sets.begin();
    return sets.look(globs) ?? sets.expand(globs, await loadPicomatch());
  };

  return {
    async lookup(checks, versionsOf, use = 'read') {
      sets.begin();
      const looked = checks.map((check) => (check.cache && check.inputs !== null ? sets.look(check.inputs) : null));
      const picomatch = checks.some((check, i) => check.cache && check.inputs !== null && looked[i] === null) ? await loadPicomatch() : null;
      const lastRun = history.lastRuns(checks);
      return checks.map((check, i) => {
        const known = looked[i] ?? null;
        const inputs =
          known === null && picomatch !== null && check.cache && check.inputs !== null
            ? (sets.look(check.inputs) ?? sets.expand(check.inputs, picomatch))
            : known;
        return answer(check, lastRun, inputs, versionsOf(check), use);
      });
    },
    async store(miss, result, stability) {
      const { check, before } = miss;
      if (before === null || miss.miss === null || check.inputs === null) return refuse(miss.reason);
      const note = (ending: Ending): void => history.note(check, before.manifest, before.listing, ending);
      if (result.verdict !== 'pass') {
        note(result.verdict);
        return refuse(`its verdict is ${result.verdict}`);
      }
      if (stability === 'flaky') {
        note('flaky');
        return refuse('it passed and failed on the same inputs');
      }
      const now = await lookAt(check.inputs);
      if (now.obstacle !== null || now.digest !== before.digest || sets.stats(check.inputs) !== before.stats) {
        note('inputs-changed');
        const failure = inputChanged(check, changedWhileRunning(before, sets.listing(check.inputs)));
        place.warn(failure);
        return { stored: false, reason: failure.message, failure };
      }
      const entry = await toEntry(result, store);
      note('pass');
      if (entry === null) return refuse(`its verdict is ${result.verdict}`);
      const value = JSON.parse(JSON.stringify({ ...entry, manifest: parseManifest(before.manifest) }));
      if (!(await store.writeAction(miss.miss, { kind: 'check', blobs: entry.log === null ? [] : [entry.log], value })))
        return refuse('the cache could not be written');
      recent.add(miss.miss, entry);
      return { stored: true };
    },
    forget(key) {
      recent.remove(key);
      store.dropAction(key);
    },
    readLog: (path) => store.readBlob(path.slice(-64)),
    flush() {
      const sections = sets.encode();
      if (sections !== null) writer.derived('index', layout.index, encodeSections(INDEX_KIND, sections));
      recent.flush(writer);
      history.flush(writer);
    },
  };
}

/** Loaded only when a folder changed: it is the one library on this path. */
async function loadPicomatch(): Promise<Picomatch> {
  return (await import('picomatch')).default;
}

function obstacleOf(check: Check, inputs: Inputs | null, versions: CheckVersions): string | null {
  if (check.inputs === null) return 'its inputs are not declared';
  if (!check.cache) return 'its cache is switched off';
  if (check.version !== null && versions.tool === null) return 'the version of its tool is not known';
  return inputs === null ? 'its inputs are not known' : inputs.obstacle;
}

function reasonOf(last: LastRun | null, changes: readonly Change[]): string {
  if (last === null) return 'never run here';
  if (changes.length > 0) return describeChanges(changes);
  switch (last.ending) {
    case 'pass':
      return 'its result is no longer in the cache';
    case 'flaky':
      return 'flaky last time';
    case 'inputs-changed':
      return 'its inputs changed while it ran last time';
    case 'fail':
      return 'failed last time';
    case 'crash':
      return 'crashed last time';
    case 'config':
      return 'misconfigured last time';
    case 'empty':
      return 'found nothing to judge last time';
    case 'timeout':
      return 'timed out last time';
    case 'tool-missing':
      return 'its tool was missing last time';
  }
}

function refuse(reason: string): Stored {
  return { stored: false, reason, failure: null };
}

/** Which files differ between two listings; when only times do, a file was written with the same content. */
function changedWhileRunning(before: Before, listing: string): string {
  const manifest = parseManifest(before.manifest);
  const changes = diffRuns({ manifest, listing: before.listing }, { manifest: { ...manifest, inputs: '' }, listing }).filter(
    (change) => change.kind === 'input' && change.name !== 'inputs',
  );
  return changes.length === 0 ? 'input files were written' : describeChanges(changes);
}

function inputChanged(check: Check, what: string): Failure {
  return {
    code: 'CE_TASK_INPUT_CHANGED',
    message: `${what} while ${check.validator} ran, so its result is not cached`,
    why: 'the verdict may be of a tree that is neither the one before nor the one after',
    next: 'If the check writes these files itself, take them out of its inputs.',
  };
}
