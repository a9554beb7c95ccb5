/**
 * A gate's failures as a set that two runs can be compared by. A failure is its tool, rule, file, normalised message and the
 * trimmed source line, never its line number: an edit above it moves it without changing it. Equal failures are counted.
 */
import { createHash } from 'node:crypto';
import type { Diagnostic, GateResult } from '../model.ts';

interface Kind {
  readonly count: number;
  readonly file: string | null;
  /** Every failure of this kind comes with a repair that its tool calls safe. */
  readonly fixable: boolean;
}

export interface FailureSet {
  /** By everything that makes a failure itself, the source line included: for the fingerprint. */
  readonly exact: ReadonlyMap<string, number>;
  /** Without the source line: a failure whose line was edited or that was reported elsewhere in the file is not a new one. */
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Tests that passed, over all validators: a heal may not lose one. */
  readonly passedTests: number;
}

/** `sourceLine` gives a line of the tree as it was judged; null when it is not there. */
export async function failureSet(gate: GateResult, sourceLine: (file: string, line: number) => Promise<string | null>): Promise<FailureSet> {
  const exact = new Map<string, number>();
  const kinds = new Map<string, Kind>();
  const add = (key: readonly string[], text: string, file: string | null, isFixable: boolean): void => {
    const kind = key.join('\0');
    const known = kinds.get(kind);
    kinds.set(kind, { count: (known?.count ?? 0) + 1, file, fixable: isFixable && known?.fixable !== false });
    const id = `${kind}\0${text}`;
    exact.set(id, (exact.get(id) ?? 0) + 1);
  };
  for (const validator of gate.validators) {
    if (validator.verdict === 'pass') continue;
    add([validator.name, validator.project, validator.verdict], '', null, false);
    for (const { source, code, severity, message, file, line, fixes = [] } of validator.diagnostics) {
      if (severity === 'info') continue;
      const text = file === undefined || line === undefined ? null : await sourceLine(file, line);
      add([source, code, file ?? '', normalise(message)], text?.trim() ?? '', file ?? null, fixes.length > 0);
    }
  }
  return { exact, kinds, passedTests: gate.validators.reduce((sum, validator) => sum + (validator.tests?.passed ?? 0), 0) };
}

/** What differs between two runs of the same failure: addresses, line numbers, durations, moments, white space. */
export function normalise(message: string): string {
  return message
    .replace(/0x[0-9a-f]+/gi, '0x')
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[\d.]*Z?/g, '<time>')
    .replace(/\b\d+(\.\d+)?\s?(ms|s|µs|seconds?|milliseconds?)\b/g, '<duration>')
    .replace(/(\bline |:)\d+(:\d+)?/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Stable over order; equal for equal failures. */
export function fingerprintOf({ exact }: FailureSet): string {
  const lines = [...exact].map(([key, count]) => `${key}\0${count}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

export interface Progress {
  /**
   * `better`: fewer failures, none of a new kind, no test lost. `open`: as many or fewer, and what is new can be fixed by its
   * own tool, so that one more heal may tell (`var` becomes `let`, and only then `const`). `worse`: all else.
   */
  readonly verdict: 'better' | 'open' | 'worse';
  /** Files of failures that were not there before. */
  readonly gainedIn: readonly string[];
}

export function progress(before: FailureSet, after: FailureSet): Progress {
  const gained = [...after.kinds].filter(([key, { count }]) => count > (before.kinds.get(key)?.count ?? 0)).map(([, kind]) => kind);
  const total = ({ kinds }: FailureSet): number => [...kinds.values()].reduce((sum, { count }) => sum + count, 0);
  const isWorse = total(after) > total(before) || after.passedTests < before.passedTests || gained.some(({ fixable }) => !fixable);
  const isBetter = !isWorse && gained.length === 0 && total(after) < total(before);
  return {
    verdict: isBetter ? 'better' : isWorse || gained.length === 0 ? 'worse' : 'open',
    gainedIn: [...new Set(gained.flatMap(({ file }) => (file === null ? [] : [file])))],
  };
}

/** What a healer may look at: everything located or not that keeps a validator from passing. */
export function openDiagnostics(gate: GateResult): readonly Diagnostic[] {
  return gate.validators
    .filter(({ verdict }) => verdict !== 'pass')
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ severity }) => severity !== 'info');
}
