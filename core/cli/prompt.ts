/** Asks a person on the terminal. Nobody is there without one, and then the answer is no; so it is after Ctrl-C, Ctrl-D and a signal. */

/** Who is asked. */
export interface Person {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Takes the question back. */
  readonly signal: AbortSignal;
  /** Ctrl-C at the question: while a line is read the terminal sends no signal. */
  onInterrupt(): void;
}

export async function confirm(question: string, { input, output, signal, onInterrupt }: Person): Promise<boolean> {
  if (input.isTTY !== true || output.isTTY !== true || signal.aborted) return false;
  const { createInterface } = await import('node:readline');
  const reader = createInterface({ input, output });
  const close = (): void => reader.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const answer = await new Promise<string>((resolve) => {
      reader.once('close', () => {
        output.write('\n');
        resolve('');
      });
      reader.once('SIGINT', () => {
        close();
        onInterrupt();
      });
      reader.question(`${question} [y/N] `, (line) => {
        reader.removeAllListeners('close');
        resolve(line);
      });
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
