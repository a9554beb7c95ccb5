/** The state machine that all validators share: how a process ended, what its report says and how many tests ran, as one verdict. */
import { judgeMissing } from './missing.ts';
import { fromRoot, lastLine, plain } from './text.ts';
import type { Check, Diagnostic, JudgeContext, Judgement, TestCounts, ToolResult } from '../core/api.ts';

/**
 * Ends that no report can make good: no program, no time left, cancelled, killed. Null when the process ended by itself.
 * A script reports the signal of its child as exit 128 + n; 129 is left out, as git says "wrong usage" with it.
 */
export function judgeEnd(result: ToolResult, check: Check, context: JudgeContext, found: readonly Diagnostic[] = []): Judgement | null {
  if (result.timedOut) {
    const message = `was stopped after ${Math.round(result.durationMs / 100) / 10} s, its time limit; give it more with \`timeout\``;
    return { verdict: 'timeout', diagnostics: found, message };
  }
  if (result.cancelled) return { verdict: 'crash', diagnostics: found, message: 'was cancelled before it ended' };
  const missing = judgeMissing(result, check, context);
  if (missing !== null) return missing;
  const signal = result.signal ?? signalOf(result.exit);
  if (signal !== null) return { verdict: 'crash', diagnostics: found, message: `was ended by ${signal}${quoteEnd(result)}` };
  if (result.exit === null) return { verdict: 'crash', diagnostics: found, message: `ended without an exit code${quoteEnd(result)}` };
  return null;
}

const SIGNALS: Readonly<Record<number, string>> = {
  130: 'SIGINT',
  131: 'SIGQUIT',
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

function signalOf(exit: number | null): string | null {
  return exit === null ? null : (SIGNALS[exit] ?? null);
}

/** `: <last line that it printed>`, or nothing. */
export function quoteEnd(result: ToolResult): string {
  const line = lastLine(plain(result.stderr)) || lastLine(plain(result.stdout));
  return line === '' ? '' : `: ${line}`;
}

/** The same judgement with the absolute root taken out of its messages. */
export function withoutRoot(judgement: Judgement, root: string): Judgement {
  const diagnostics = judgement.diagnostics.map((diagnostic) => ({ ...diagnostic, message: fromRoot(diagnostic.message, root) }));
  return { ...judgement, diagnostics, ...(judgement.message === undefined ? {} : { message: fromRoot(judgement.message, root) }) };
}

const NOTHING = 'no test ran';

/**
 * The verdict of a test run that ended by itself. Failures beat a zero exit; a non-zero exit beats a good report; at least
 * one test must have run and not been skipped.
 */
export function judgeTests(tests: TestCounts, failures: readonly Diagnostic[], result: ToolResult): Judgement {
  if (tests.failed > 0 || failures.some((failure) => failure.severity === 'error')) {
    return {
      verdict: 'fail',
      diagnostics: failures,
      tests,
      message: tests.failed > 0 ? `${tests.failed} of ${tests.run} tests failed` : (failures[0]?.message ?? 'failed'),
    };
  }
  if (result.exit !== 0) {
    const verdict = tests.run === 0 ? 'crash' : 'fail';
    return {
      verdict,
      diagnostics: failures,
      tests,
      message: `every test that ran passed, but the command ended with exit code ${result.exit}${quoteEnd(result)}`,
    };
  }
  if (tests.run === 0) {
    return { verdict: 'empty', diagnostics: failures, tests, message: tests.skipped > 0 ? `${NOTHING}: all ${tests.skipped} are skipped` : NOTHING };
  }
  return { verdict: 'pass', diagnostics: failures, tests };
}

export const NO_TESTS: TestCounts = { run: 0, passed: 0, failed: 0, skipped: 0 };

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { run: a.run + b.run, passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
