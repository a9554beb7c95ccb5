/** What an implementer is given: the tree to read, processes that the engine owns, and a person to ask. */
import { readFile } from 'node:fs/promises';
import type { ImplementContext } from '../contracts.ts';
import { readOutput, runProcess } from '../process.ts';
import { safePath } from './safe-path.ts';

export interface ImplementServices {
  /** Absolute. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path without ending: the whole output goes beside it. */
  readonly log: string;
  readonly signal: AbortSignal;
  progress(message: string): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
  ask(prompt: string): Promise<boolean>;
}

export function implementContext(services: ImplementServices): ImplementContext {
  const reportFile = `${services.log}.report`;
  return {
    signal: services.signal,
    progress: (message) => services.progress(message),
    ask: (prompt) => services.ask(prompt),
    async readFile(path) {
      const place = safePath(services.root, path);
      if (!place.ok) return null;
      return readFile(place.value, 'utf8').catch(() => null);
    },
    async exec(command, options) {
      const { rm } = await import('node:fs/promises');
      await rm(reportFile, { force: true });
      const result = await runProcess({
        command,
        cwd: services.root,
        env: { ...services.environment, ...options.env, CE_REPORT: reportFile },
        timeoutMs: options.timeoutMs,
        ...(options.input === undefined ? {} : { input: options.input }),
        logFile: services.log,
        onOutput: (stream, text) => services.output(stream, text),
        signal: services.signal,
      });
      return {
        exit: result.exit,
        signal: result.signal,
        timedOut: result.timedOut,
        cancelled: result.cancelled,
        notFound: result.notFound,
        stdout: readOutput(`${services.log}.out`),
        stderr: readOutput(`${services.log}.err`),
        report: await readFile(reportFile, 'utf8').catch(() => null),
        durationMs: result.durationMs,
      };
    },
  };
}
