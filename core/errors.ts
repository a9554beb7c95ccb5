/** Failures: plain data with a stable code. `throw` is kept for bugs; everything that can go wrong in the world is a value. */
import { CODES, type Code } from './codes.ts';

export type { Code } from './codes.ts';

export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** Why something did not succeed. JSON, so that it crosses threads and enters the journal as it is. */
export interface Failure {
  readonly code: Code;
  /** What happened, in one line. */
  readonly message: string;
  /** Where: a file (from the repository root where it is inside it) and a line. */
  readonly place?: Place;
  /** Why it is likely, when the message alone does not say. */
  readonly why?: string;
  /** What to type or do next. */
  readonly next?: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}

/** Carries a failure out of code that cannot return one. Only `cli/` and the engine catch it. */
export class CeError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'CeError';
    this.failure = failure;
  }
}

/** Any thrown thing as a failure: a CeError keeps its own, the rest is a bug. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof CeError) return thrown.failure;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { code: 'CE_INTERNAL_BUG', message: error.message, why: error.stack ?? error.message, next: 'Please report it with the text above.' };
}

/** The exit code that a failure with this code ends the process with. */
export function exitCodeOf(code: Code): number {
  return CODES[code].exit;
}
