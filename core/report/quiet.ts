/** Beside `--json` and `--events` on a pipe: only warnings, errors and the reason of a failure, on stderr. */
import { failureLines } from './error.ts';
import { oneLine } from './format.ts';
import type { Output, Reporter } from './reporter.ts';
import type { Theme } from './theme.ts';

export function createQuietReporter(out: Output, theme: Theme): Reporter {
  const print = (lines: readonly string[]): void => out.write(`${lines.join('\n')}\n`);
  return {
    name: 'quiet',
    onEvent(event) {
      if (event.type === 'log' && event.level !== 'info')
        print(event.failure === null ? [`${event.level}: ${oneLine(event.message)}`] : failureLines(event.failure, theme, out.columns()));
      if (event.type === 'input') print([oneLine(event.prompt)]);
      if (event.type === 'run.end' && event.failure !== null) print(failureLines(event.failure, theme, out.columns()));
    },
  };
}
