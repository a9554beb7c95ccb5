/** Entry of a thread: makes its own hooks and validators once, then answers calls. It starts no process and writes nothing to the terminal. */
import { readFile } from 'node:fs/promises';
import { workerData, type MessagePort } from 'node:worker_threads';
import { createCleaner } from '../clean.ts';
import { CeError } from '../errors.ts';
import type { Healing } from '../hooks.ts';
import type { Check, GateResult, Task } from '../model.ts';
import type { ProcessResult } from '../process.ts';
import { RING_BYTES } from '../process/output.ts';
import { runCheck, type CheckOutcome } from './check.ts';
import { loadModules, tapsOf, type Loaded, type ModuleUse, type Taps } from './modules.ts';
import { callOn } from './port.ts';
import { safePath } from './safe-path.ts';

/** Given to every thread at its start. */
export interface WorkerSetup {
  readonly plugins: readonly ModuleUse[];
  readonly validators: readonly ModuleUse[];
  readonly secrets: readonly string[];
}

/** What a thread is asked; `port` leads to the main thread. */
export type WorkerCall =
  | { readonly name: 'facts' }
  | { readonly name: 'check'; readonly check: Check; readonly root: string; readonly log: string; readonly port: MessagePort }
  | { readonly name: 'heal'; readonly healing: Healing; readonly task: Task; readonly files: readonly string[]; readonly root: string }
  | { readonly name: 'gate'; readonly gate: GateResult; readonly task: Task };

export interface WorkerFacts {
  readonly taps: Taps;
  readonly validators: readonly string[];
}

const setup = workerData as WorkerSetup;
let loaded: Promise<Loaded> | null = null;

function load(): Promise<Loaded> {
  loaded ??= loadModules(setup.plugins, setup.validators);
  return loaded;
}

export default async function answer(call: WorkerCall): Promise<WorkerFacts | CheckOutcome | Healing | GateResult> {
  const { hooks, validators } = await load();
  switch (call.name) {
    case 'facts':
      return { taps: tapsOf(hooks), validators: [...validators.keys()] };
    case 'check':
      return check(call, validators);
    case 'heal':
      return hooks.heal.promise(call.healing, {
        task: call.task,
        files: call.files,
        readFile: (path) => readIn(call.root, path),
        signal: new AbortController().signal,
      });
    case 'gate':
      return hooks.gate.promise(call.gate, call.task);
  }
}

async function readIn(root: string, path: string): Promise<string | null> {
  const place = safePath(root, path);
  return place.ok ? readFile(place.value, 'utf8').catch(() => null) : null;
}

async function check(call: Extract<WorkerCall, { name: 'check' }>, validators: Loaded['validators']): Promise<CheckOutcome> {
  const validator = validators.get(call.check.validator);
  if (validator === undefined) throw new CeError({ code: 'CE_INTERNAL_BUG', message: `no validator \`${call.check.validator}\` on the thread` });
  const main = callOn(call.port);
  const cleaner = createCleaner(setup.secrets);
  try {
    const start = async (request: unknown): Promise<ProcessResult> => (await main.call('start', request)) as ProcessResult;
    const outcome = await runCheck(call.check, { root: call.root, log: call.log, validator, start, redact: (text) => cleaner.redact(text) });
    return { ...outcome, result: { ...outcome.result, stdout: ends(outcome.result.stdout), stderr: ends(outcome.result.stderr), report: null } };
  } finally {
    call.port.close();
  }
}

/** Copying is what a large text costs between threads, and the whole is on disk. */
function ends(text: string): string {
  return text.length <= RING_BYTES ? text : `${text.slice(0, RING_BYTES / 2)}\n[ce: the middle is left out]\n${text.slice(-RING_BYTES / 2)}`;
}
