/** A scratch tree with its own cache, for the tests of this folder. Nothing is faked: real files, real stats. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckVersions } from '../../core/cache/fingerprint.ts';
import { openCache, type CheckCache, type Lookup, type Miss } from '../../core/cache/lookup.ts';
import type { Failure } from '../../core/errors.ts';
import type { Check, ValidatorResult } from '../../core/model.ts';

export interface Place {
  readonly root: string;
  readonly ceDir: string;
  readonly warnings: Failure[];
  write(path: string, text: string): void;
  /** A cache as a new process would open it. */
  open(env?: Readonly<Record<string, string>>): CheckCache;
  remove(): void;
}

const places: Place[] = [];

export function scratch(ceDir?: string): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce-cache-')));
  const warnings: Failure[] = [];
  const place: Place = {
    root,
    ceDir: ceDir ?? join(root, '.ce'),
    warnings,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    open: (env = {}) => openCache({ root, ceDir: place.ceDir, env, warn: (failure) => warnings.push(failure) }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  places.push(place);
  return place;
}

export function removeScratch(): void {
  for (const place of places.splice(0)) place.remove();
}

export function check(change: Partial<Check> = {}): Check {
  return {
    validator: 'ruff',
    level: 'L1',
    project: '.',
    command: { argv: ['ruff', 'check', '.'] },
    cwd: '.',
    inputs: ['src/**'],
    env: [],
    version: ['ruff', '--version'],
    timeout: 60_000,
    cache: true,
    needsTests: false,
    origin: 'pyproject.toml',
    ...change,
  };
}

export const versions: CheckVersions = { validator: '1', tool: 'ruff 0.16.8', stamps: {} };

export function passed(change: Partial<ValidatorResult> = {}): ValidatorResult {
  return { verdict: 'pass', diagnostics: [], name: 'ruff', project: '.', command: 'ruff check .', durationMs: 12, cached: false, log: null, ...change };
}

export async function look(cache: CheckCache, one: Check, known: CheckVersions = versions): Promise<Lookup> {
  const [answer] = await cache.lookup([one], () => known);
  if (answer === undefined) throw new Error('lookup gave no answer');
  return answer;
}

export async function miss(cache: CheckCache, one: Check, known: CheckVersions = versions): Promise<Miss> {
  const answer = await look(cache, one, known);
  if ('hit' in answer) throw new Error('expected a miss, got a hit');
  return answer;
}

/** Looks up, stores a pass and writes the tables. */
export async function pass(cache: CheckCache, one: Check, result: ValidatorResult = passed(), known: CheckVersions = versions): Promise<void> {
  const stored = await cache.store(await miss(cache, one, known), result, 'steady');
  if (!stored.stored) throw new Error(`not stored: ${stored.reason}`);
  cache.flush();
}

/** File times tick; rows hashed within a tick of a write are hashed again. Waiting makes them trusted, so that a test sees the stat path. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 80));
}
