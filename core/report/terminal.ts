/** The process's own streams as an output: the one place that this room writes through. */
import type { Output } from './reporter.ts';

/** What is used of `process.stdout` and `process.stderr`. */
export interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** A pipe has no size: 100 columns, which is only used to wrap prose. */
export function terminalOutput(stream: Stream): Output {
  return {
    write: (text) => void stream.write(text),
    columns: () => Math.max(1, stream.columns ?? 100),
    rows: () => Math.max(1, stream.rows ?? 24),
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}
