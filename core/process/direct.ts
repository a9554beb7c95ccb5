/** Watches a child of this process: its exit, its pipes, its input. */
import type { Readable, Writable } from 'node:stream';
import { createRing, MEMORY_BYTES, type OnOutput, type Stream } from './output.ts';
import type { Exit, Started } from './request.ts';

/** What is used of a started child, as execa and Node give it. */
export interface Child {
  readonly pid?: number | undefined;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
  ref(): void;
  unref(): void;
}

/** Milliseconds that pipes may stay open after the command and all it left behind are gone. */
const HELD_PIPE_MS = 200;

/** Follows a child with a pid. Output that does not go to files is kept in memory and handed to `onOutput`. */
export function attach(child: Child, pid: number, input: string | Uint8Array | undefined, onOutput: OnOutput | undefined): Started {
  const exited = new Promise<Exit>((settle) => child.once('exit', (code, signal) => settle({ code, signal })));
  const rings = { stdout: createRing(MEMORY_BYTES), stderr: createRing(MEMORY_BYTES) };
  const collect = (name: Stream): Promise<void> => {
    const stream = child[name];
    if (stream === null) return Promise.resolve();
    const decoder = new TextDecoder();
    stream.on('data', (chunk: Buffer) => {
      rings[name].push(chunk);
      const text = decoder.decode(chunk, { stream: true });
      if (text !== '') onOutput?.(name, text);
    });
    return new Promise((settle) => {
      stream.once('close', settle);
      stream.on('error', settle);
    });
  };
  const closed = Promise.all([collect('stdout'), collect('stderr')]);
  child.stdin?.on('error', () => undefined); // A command need not read its input to the end.
  child.stdin?.end(input);
  return {
    pid,
    exited,
    async output() {
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, HELD_PIPE_MS);
      await closed;
      clearTimeout(timer);
      const { stdout, stderr } = rings;
      return { stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated() || stderr.truncated(), stdoutBytes: stdout.bytes() };
    },
  };
}
