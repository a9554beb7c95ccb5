/**
 * Reads what a command says of its own work: the report file and its status lines. Both are statements, never evidence: they can
 * make a task fail, and can't make it pass. Pure.
 */
import type { Json } from '../../core/api.ts';

export type Claim = 'done' | 'partial' | 'failed';

interface Report {
  readonly claim: Claim;
  readonly error: string | null;
  readonly summary: string | null;
}

type ReadReport = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly reason: string };

const CLAIMS: Readonly<Record<string, Claim>> = { completed: 'done', success: 'done', partial: 'partial', failed: 'failed' };

/** Both spellings of the seeds: `completed | partial | failed`, and `SUCCESS | PARTIAL | FAILED`. Unknown keys are ignored. */
export function readReport(text: string): ReadReport {
  let data: Json;
  try {
    data = JSON.parse(text) as Json;
  } catch {
    return { ok: false, reason: 'it is not JSON' };
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return { ok: false, reason: 'it is not an object' };
  const fields = data as { readonly [key: string]: Json };
  const status = fields['status'];
  const claim = typeof status === 'string' ? CLAIMS[status.toLowerCase()] : undefined;
  if (claim === undefined) return { ok: false, reason: '`status` is none of completed, partial, failed, SUCCESS, PARTIAL, FAILED' };
  const errors = Array.isArray(fields['errors']) ? fields['errors'].filter((item) => typeof item === 'string') : [];
  const error = typeof fields['error'] === 'string' ? fields['error'] : errors.length > 0 ? errors.join('; ') : null;
  return { ok: true, report: { claim, error, summary: typeof fields['summary'] === 'string' ? fields['summary'] : null } };
}

interface StatusLines {
  /** Each line as it was printed. */
  readonly lines: readonly string[];
  /** The last word on the whole work; null when there is none. */
  readonly claim: Claim | null;
  readonly error: string | null;
}

/** `HEALTH:OK`, `HEALTH:ERROR:<reason>`, `STATUS:PHASE_COMPLETE:1/3`, `STATUS:COMPLETE:…`, `STATUS:PARTIAL:…`, `STATUS:FAILED:<reason>`. */
export function readStatusLines(stdout: string): StatusLines {
  const lines = stdout
    .split(/\r?\n/)
    .filter((line) => /^(HEALTH|STATUS):[A-Z_0-9]/.test(line))
    .map((line) => line.trimEnd());
  const last = lines.findLast((line) => /^STATUS:(COMPLETE|PARTIAL|FAILED)\b/.test(line)) ?? null;
  if (last === null) return { lines, claim: null, error: null };
  const [, word = '', ...reason] = last.split(':');
  const claim: Claim = word === 'COMPLETE' ? 'done' : word === 'PARTIAL' ? 'partial' : 'failed';
  return { lines, claim, error: claim === 'done' || reason.length === 0 ? null : reason.join(':') };
}
