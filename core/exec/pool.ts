/** Threads for what must run in JavaScript: validators, parsers, healers. The only importer of piscina, which is loaded with the first thread. */
import { MessageChannel } from 'node:worker_threads';
import { CeError } from '../errors.ts';
import type { Healing } from '../hooks.ts';
import type { Check, GateResult, Task } from '../model.ts';
import { nameWithheld, starter, type CheckContext, type CheckOutcome } from './check.ts';
import type { ModuleUse, Taps } from './modules.ts';
import { answerOn } from './port.ts';
import type { WorkerCall, WorkerFacts, WorkerSetup } from './worker.ts';

export interface PoolOptions {
  readonly threads: number;
  readonly plugins: readonly ModuleUse[];
  readonly validators: readonly ModuleUse[];
  /** Values that must not be shown (`secretValues`). */
  readonly secrets: readonly string[];
  /** Taps of the same plugins on the main thread. */
  readonly taps: Taps;
}

export interface Pool {
  /** Starts the first thread. Fails with CE_PLUGIN_NOT_DETERMINISTIC when its taps differ. The names are those of its validators. */
  ready(): Promise<ReadonlySet<string>>;
  /** Runs a check on a thread; its process runs here. When the context's signal aborts, the process is ended and the result says `cancelled`. */
  run(check: Check, context: CheckContext): Promise<CheckOutcome>;
  /** The healers of modules, on a thread. */
  heal(request: { readonly healing: Healing; readonly task: Task; readonly files: readonly string[]; readonly root: string }): Promise<Healing>;
  /** The gate hook of modules, on a thread. */
  gate(gate: GateResult, task: Task): Promise<GateResult>;
  /** Ends the threads. Checks that still run are waited for: cancel them first. */
  close(): Promise<void>;
}

/** Checks mostly wait for their process, so a thread holds many at once; how many run is the scheduler's matter. */
const CHECKS_PER_THREAD = 64;
/** Another thread starts when each has this many: a thread costs more than a short wait. */
const ENOUGH = 2;

/** The entry beside this file: TypeScript in a checkout, JavaScript in the built package. */
function entry(): string {
  return new URL(import.meta.url.endsWith('.ts') ? './worker-source.mjs' : './worker.js', import.meta.url).href;
}

function differences(here: Taps, there: Taps): string[] {
  return [...new Set([...Object.keys(here), ...Object.keys(there)])].filter((hook) => JSON.stringify(here[hook]) !== JSON.stringify(there[hook]));
}

/** Makes a pool; nothing is loaded and no thread starts before it is asked something. */
export function createPool(options: PoolOptions): Pool {
  const setup: WorkerSetup = { plugins: options.plugins, validators: options.validators, secrets: options.secrets };
  const running = new Set<Promise<unknown>>();
  let opened: Promise<{ run(call: WorkerCall, transfer: readonly object[]): Promise<unknown>; destroy(): Promise<void> }> | null = null;
  let facts: Promise<ReadonlySet<string>> | null = null;

  async function open(): Promise<Awaited<NonNullable<typeof opened>>> {
    const { Piscina } = await import('piscina');
    const pool = new Piscina({
      filename: entry(),
      // Not ce's own: a debugger or loader of the main thread is not the threads' business.
      execArgv: [],
      workerData: setup,
      minThreads: 0,
      maxThreads: Math.max(1, options.threads),
      concurrentTasksPerWorker: CHECKS_PER_THREAD,
      idleTimeout: Infinity,
      // A thread that blocks while it is idle could not answer over a port.
      atomics: 'disabled',
      recordTiming: false,
      loadBalancer: (_task, workers) => {
        const least = workers.reduce<(typeof workers)[number] | null>(
          (best, one) => (best === null || one.currentUsage < best.currentUsage ? one : best),
          null,
        );
        return least === null || least.currentUsage >= (workers.length < options.threads ? ENOUGH : CHECKS_PER_THREAD) ? null : least;
      },
    });
    return { run: (call, transfer) => pool.run(call, { transferList: [...transfer] as never }), destroy: () => pool.destroy() };
  }

  async function ask<T>(call: WorkerCall, transfer: readonly object[] = []): Promise<T> {
    opened ??= open();
    return (await (await opened).run(call, transfer)) as T;
  }

  async function look(): Promise<ReadonlySet<string>> {
    const found = await ask<WorkerFacts>({ name: 'facts' });
    const [hook] = differences(options.taps, found.taps);
    if (hook === undefined) return new Set(found.validators);
    const [here, there] = [options.taps[hook] ?? [], found.taps[hook] ?? []].map((names) => (names.length === 0 ? 'nothing' : names.join(', ')));
    throw new CeError({
      code: 'CE_PLUGIN_NOT_DETERMINISTIC',
      message: `the hook \`${hook}\` is tapped by ${here} on the main thread and by ${there} on a worker thread`,
      why: 'A plugin is made again on every thread and must tap the same hooks each time, whatever the time, environment or thread.',
      next: 'Make `apply` of that plugin depend on its options alone.',
    });
  }

  async function ready(): Promise<ReadonlySet<string>> {
    facts ??= look();
    return facts;
  }

  async function run(check: Check, context: CheckContext): Promise<CheckOutcome> {
    await ready();
    const { port1, port2 } = new MessageChannel();
    // A thread that dies must not leave its process: the abort below is this check's own.
    const gone = new AbortController();
    const signal = AbortSignal.any([context.signal, gone.signal]);
    const processes = new Set<Promise<unknown>>();
    const start = starter({ ...context, signal });
    answerOn(port1, {
      start: (request: Parameters<typeof start>[0]) => {
        const process = start(request);
        processes.add(process);
        return process;
      },
    });
    try {
      const outcome = await ask<CheckOutcome>({ name: 'check', check, root: context.root, log: context.log, port: port2 }, [port2]);
      return nameWithheld(check, outcome, context.environment);
    } finally {
      gone.abort();
      await Promise.allSettled(processes);
      port1.close();
    }
  }

  const tracked = <T>(promise: Promise<T>): Promise<T> => {
    const settled = promise.then(
      () => undefined,
      () => undefined,
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
    return promise;
  };

  return {
    ready,
    run: (check, context) => tracked(run(check, context)),
    heal: (request) => tracked(ready().then(() => ask<Healing>({ name: 'heal', ...request }))),
    gate: (gate, task) => tracked(ready().then(() => ask<GateResult>({ name: 'gate', gate, task }))),
    async close() {
      await Promise.all(running);
      if (opened !== null) await (await opened).destroy();
    },
  };
}
