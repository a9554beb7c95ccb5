/** Lends a run its outputs, the person at the terminal, and Ctrl-C: once stops it cleanly, twice kills at once. */
import { readFileSync } from 'node:fs';
import { ok, type Result } from '../errors.ts';
import { openReporters, type ReportRequest } from '../report/open-reporters.ts';
import type { RunHost } from '../run/host.ts';
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
  const interrupt = listen(stop);
  try {
    const work = body({
      version,
      environment: process.env,
      signal: stop.signal,
      subscribers: opened.value.subscribers,
      ask: (question) =>
        confirm(question, { input: process.stdin, output: process.stderr, signal: stop.signal, onInterrupt: () => void process.kill(process.pid, 'SIGINT') }),
    });
    const result = await Promise.race([work, interrupt.again]);
    if (result.ok) return result.value;
    opened.value.close();
    return await refuse(result.failure, invocation, command);
  } finally {
    interrupt.release();
    opened.value.close();
  }
}

/**
 * The first signal asks, and `body` ends in its own way; with a second one nobody waits for it. Crash-only: what is lost then is what
 * kill -9 loses, which is nothing.
 */
function listen(stop: AbortController): { readonly again: Promise<Result<number>>; release(): void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let tell: (code: Result<number>) => void = () => undefined;
  const again = new Promise<Result<number>>((settle) => {
    tell = settle;
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) stop.abort(signal);
    else void end(signal).then(tell);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    again,
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** Ends what was started, at once: the second call is the one that does not wait. */
async function end(signal: NodeJS.Signals): Promise<Result<number>> {
  const { killAllProcesses } = await import('../process.ts');
  void killAllProcesses();
  await killAllProcesses();
  return ok(signal === 'SIGTERM' ? 143 : 130);
}
