/** What the text of a test run says about itself. */
import type { TestCounts } from '../../core/api.ts';

export interface Counted {
  readonly runner: string;
  readonly tests: TestCounts;
  /** Why this can't be a pass though the counts look good: a bail-out, fewer points than planned. Null when there is no such thing. */
  readonly broken: string | null;
}

export function counted(runner: string, passed: number, failed: number, skipped: number): Counted {
  return { runner, tests: { run: passed + failed, passed, failed, skipped }, broken: null };
}
