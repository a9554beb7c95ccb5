/** Holds the cache to its word: runs checks again whose verdict is cached, and compares. A verdict that does not hold leaves the cache. */
import type { Check, ValidatorResult } from '../model.ts';
import type { CheckVersions } from './fingerprint.ts';
import type { CheckCache, Hit } from './lookup.ts';

export interface AuditLine {
  readonly check: Check;
  readonly key: string;
  readonly cached: ValidatorResult;
  readonly actual: ValidatorResult;
  /** `changed`: the inputs changed while it ran, so nothing is proved. */
  readonly finding: 'same' | 'different' | 'changed';
}

export interface Audit {
  readonly lines: readonly AuditLine[];
  /** Checks that are cached now, audited or not. */
  readonly cached: number;
}

export interface AuditRequest {
  readonly checks: readonly Check[];
  readonly versionsOf: (check: Check) => CheckVersions;
  /** Runs a check for real. */
  readonly run: (check: Check) => Promise<ValidatorResult>;
  /** How many at most, spread over the cached ones; null for all. */
  readonly sample: number | null;
}

export async function auditCache(cache: CheckCache, request: AuditRequest): Promise<Audit> {
  const found = await cache.lookup(request.checks, request.versionsOf);
  const hits = found.flatMap((lookup, i) => {
    const check = request.checks[i];
    return 'hit' in lookup && check !== undefined ? [{ check, lookup }] : [];
  });
  const lines: AuditLine[] = [];
  for (const { check, lookup } of spread(hits, request.sample ?? hits.length)) lines.push(await auditOne(cache, request, check, lookup));
  cache.flush();
  return { lines, cached: hits.length };
}

async function auditOne(cache: CheckCache, request: AuditRequest, check: Check, before: Hit): Promise<AuditLine> {
  const actual = await request.run(check);
  const [after] = await cache.lookup([check], request.versionsOf);
  const steady = after !== undefined && 'hit' in after && after.key === before.key;
  const finding = actual.verdict === before.hit.verdict ? 'same' : steady ? 'different' : 'changed';
  if (finding === 'different') cache.forget(before.key);
  return { check, key: before.key, cached: before.hit, actual, finding };
}

function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]).filter((item) => item !== undefined);
}
