/** `--events`: every event as one line of JSON, as it comes. */
import type { Output, Reporter } from './reporter.ts';

export function createNdjsonReporter(out: Pick<Output, 'write'>): Reporter {
  return {
    name: 'events',
    onEvent(event) {
      out.write(`${JSON.stringify(event)}\n`);
    },
  };
}
