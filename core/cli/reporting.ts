/** Lends a run its outputs, the person at the terminal, and Ctrl-C: once stops it cleanly, twice kills at once. */
import { readFileSync } from 'node:fs';
import type { Result } from '../errors.ts';
import { openReporters, type ReportRequest } from '../report/open-reporters.ts';
import type { RunHost } from '../run/run.ts';
import type { Invocation } from './invocation.ts';
import { refuse } from './print.ts';
import { confirm } from './prompt.ts';

function stdoutOf(invocation: Invocation): ReportRequest['stdout'] {
  if (invocation.flag('json')) return 'json';
  if (invocation.flag('events')) return 'events';
  return invocation.value('format') === 'levels' ? 'levels' : 'text';
}

function programVersion(): string {
  const file = new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Returns the exit code of the body, or that of its failure after printing it. */
export async function withReporters(invocation: Invocation, root: string, body: (host: RunHost) => Promise<Result<number>>): Promise<number> {
  const command = invocation.name;
  if (invocation.flag('json') && invocation.flag('events')) {
    return refuse({ code: 'CE_USAGE_BAD_VALUE', message: '--json and --events both write to stdout', next: 'Choose one.' }, invocation, command);
  }
  const version = programVersion();
  const opened = await openReporters(
    { stdout: stdoutOf(invocation), reports: invocation.values('report'), root, cwd: invocation.cwd, version },
    { stdout: process.stdout, stderr: process.stderr, env: process.env },
  );
  if (!opened.ok) return refuse(opened.failure, invocation, command);
  const stop = new AbortController();
  const release = listen(stop, () => opened.value.close());
  try {
    const result = await body({
      version,
      environment: process.env,
      signal: stop.signal,
      subscribers: opened.value.subscribers,
      ask: (question) =>
        confirm(question, { input: process.stdin, output: process.stderr, signal: stop.signal, onInterrupt: () => void process.kill(process.pid, 'SIGINT') }),
    });
    if (result.ok) return result.value;
    opened.value.close();
    return await refuse(result.failure, invocation, command);
  } finally {
    release();
    opened.value.close();
  }
}

/** The first signal asks; a second one does not wait. Crash-only: what is lost then is what kill -9 loses, which is nothing. */
function listen(stop: AbortController, restore: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let count = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count === 1) {
      stop.abort(signal);
      return;
    }
    void import('../process.ts').then(async ({ killAllProcesses }) => {
      void killAllProcesses();
      await killAllProcesses();
      restore();
      // The end that the signal brings to a program without handlers: the shell sees 130, a script that ce runs in stops too.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
