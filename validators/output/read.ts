/** Recognises test runs in the text of a command and adds them up. */
import { plain } from '../text.ts';
import { addCounts, NO_TESTS } from '../verdict.ts';
import type { TestCounts } from '../../core/api.ts';
import { SUMMARIES } from './summaries.ts';
import { readTap } from './tap.ts';

export interface TestOutput {
  readonly runners: readonly string[];
  readonly tests: TestCounts;
  readonly broken: string | null;
}

/** Null when nothing in the text is the output of a test runner that is known. */
export function readTestOutput(stdout: string, stderr: string): TestOutput | null {
  const text = `${plain(stdout)}\n${plain(stderr)}`;
  const tap = readTap(plain(stdout));
  const found = [...tap, ...SUMMARIES.flatMap((read) => read(text)).filter((result) => tap.length === 0 || result.runner !== 'node:test')];
  if (found.length === 0) return null;
  return {
    runners: [...new Set(found.map((result) => result.runner))],
    tests: found.reduce((sum, result) => addCounts(sum, result.tests), NO_TESTS),
    broken: found.find((result) => result.broken !== null)?.broken ?? null,
  };
}
