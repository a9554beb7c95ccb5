/** Runs the checks of a gate: from the cache where the verdict is known, the rest at most `jobs` at a time, on threads when there are several. */
import type { CheckCache, Miss } from '../cache/lookup.ts';
import type { ToolVersions } from '../cache/tool-version.ts';
import { BUILTIN_VALIDATORS } from '../builtins.ts';
import type { Cleaner } from '../clean.ts';
import { secretValues } from '../environment.ts';
import type { EventBus } from '../events.ts';
import { runCheckHere, type CheckContext, type CheckOutcome } from '../exec/check.ts';
import { tapsOf } from '../exec/modules.ts';
import { createPool, type Pool } from '../exec/pool.ts';
import { join } from 'node:path';
import type { Check, Task, ValidatorResult } from '../model.ts';
import type { Session } from '../session.ts';
import { describeCheck } from './describe.ts';
import { versionsOf } from './check-versions.ts';

export interface ChecksRunnerOptions {
  readonly root: string;
  readonly session: Session;
  readonly cache: CheckCache;
  readonly versions: ToolVersions;
  readonly environment: NodeJS.ProcessEnv;
  readonly cleaner: Cleaner;
  readonly bus: EventBus;
  readonly jobs: number;
  readonly use: 'read' | 'refresh';
  /** Absolute folder for whole outputs. */
  readonly logs: string;
}

export interface ChecksRunner {
  /** In the order of `checks`. */
  run(task: Task, checks: readonly Check[], attempt: number, signal: AbortSignal): Promise<readonly ValidatorResult[]>;
  close(): Promise<void>;
}

/** Below this many checks a thread costs more than it gives. */
const WORTH_THREADS = 2;

export function createChecksRunner(options: ChecksRunnerOptions): ChecksRunner {
  const { session, cache, bus } = options;
  let pool: Pool | null = null;
  let onThreads: ReadonlySet<string> = new Set();

  const openThreads = async (): Promise<Pool> => {
    if (pool !== null) return pool;
    pool = createPool({
      threads: Math.max(1, Math.min(options.jobs, 2)),
      plugins: [],
      validators: [{ module: BUILTIN_VALIDATORS.url, export: BUILTIN_VALIDATORS.export }],
      secrets: secretValues(options.environment),
      taps: tapsOf((await import('../hooks.ts')).createHooks()),
    });
    onThreads = await pool.ready();
    return pool;
  };

  const runOne = async (
    task: Task,
    check: Check,
    index: number,
    attempt: number,
    signal: AbortSignal,
    threads: Pool | null,
    reason: string,
  ): Promise<ValidatorResult> => {
    const validator = session.validators.get(check.validator);
    const name = nameOf(check);
    if (validator === undefined) throw new Error(`no validator ${check.validator}`);
    const context: CheckContext = {
      root: options.root,
      log: join(options.logs, `${task.id.replace(/[^A-Za-z0-9._-]+/g, '-')}-${index + 1}-${name}-${attempt}`),
      environment: options.environment,
      cleaner: options.cleaner,
      signal,
      onOutput: (stream, text) => bus.emit({ type: 'task.output', task: task.id, stream, text }),
    };
    bus.emit({ type: 'check.start', task: task.id, check, attempt, ...(reason === '' ? {} : { reason }) });
    const outcome: CheckOutcome =
      threads !== null && isHeavy(check) && onThreads.has(check.validator) ? await threads.run(check, context) : await runCheckHere(check, validator, context);
    const result: ValidatorResult = {
      name,
      project: check.project,
      command: describeCheck(check),
      durationMs: outcome.result.durationMs,
      cached: false,
      log: outcome.log,
      ...outcome.judgement,
    };
    for (const note of outcome.notes) bus.emit({ type: 'log', level: 'warning', failure: null, message: `${name}: ${note}` });
    // What was cancelled has no verdict to tell.
    if (!signal.aborted) bus.emit({ type: 'check.end', task: task.id, level: check.level, result, attempt });
    return result;
  };

  /** A cache behind the local one, such as a remote one. Trouble there is a miss. */
  const fromPlugins = async ({ miss }: Miss): Promise<ValidatorResult | undefined> => {
    if (miss === null || options.use === 'refresh' || !session.hooks.cacheGet.isUsed()) return undefined;
    const found = await session.hooks.cacheGet.promise(miss).catch(cacheTrouble);
    return found?.verdict === 'pass' ? { ...found, cached: true } : undefined;
  };

  const toPlugins = async (key: string, result: ValidatorResult): Promise<void> => {
    await session.hooks.cacheStore.promise(key, result).catch(cacheTrouble);
  };

  const cacheTrouble = (thrown: unknown): undefined => {
    bus.emit({ type: 'log', level: 'warning', failure: null, message: `a cache plugin failed: ${thrown instanceof Error ? thrown.message : String(thrown)}` });
  };

  return {
    async run(task, checks, attempt, signal) {
      if (checks.length === 0) return [];
      const validators = Object.fromEntries([...session.validators.values()].map((validator) => [validator.name, validator.version]));
      const found = await cache.lookup(checks, await versionsOf(checks, options.root, { validators }, options.versions), options.use);
      const results: ValidatorResult[] = [];
      const todo: { readonly check: Check; readonly miss: Miss; readonly index: number }[] = [];
      for (const [index, lookup] of found.entries()) {
        const check = checks[index] as Check;
        const hit = 'hit' in lookup ? lookup.hit : await fromPlugins(lookup);
        if (hit !== undefined) {
          results[index] = hit;
          bus.emit({ type: 'check.end', task: task.id, level: check.level, result: hit, attempt });
        } else if (!('hit' in lookup)) todo.push({ check, miss: lookup, index });
      }
      const threads = todo.filter(({ check }) => isHeavy(check)).length >= WORTH_THREADS ? await openThreads() : null;
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let entry = todo[next++]; entry !== undefined && !signal.aborted; entry = todo[next++]) {
          const { check, miss, index } = entry;
          const result = await runOne(task, check, index, attempt, signal, threads, miss.reason);
          results[index] = result;
          if (signal.aborted) continue;
          const stored = await cache.store(miss, result, 'steady');
          if (stored.stored && miss.miss !== null && session.hooks.cacheStore.isUsed()) await toPlugins(miss.miss, result);
        }
      };
      await Promise.all(Array.from({ length: Math.min(options.jobs, todo.length) }, lane));
      return checks.map((check, index) => results[index] ?? cancelled(check));
    },
    async close() {
      await pool?.close();
    },
  };
}

/** Worth a thread: a tool whose report must be parsed. What a plain command says is read in less time than a message takes. */
const isHeavy = (check: Check): boolean => check.validator !== 'command' && !('argv' in check.command && check.command.argv.length === 0);

/** The config's name for it where it has one. */
export function nameOf(check: Check): string {
  const { options } = check;
  return typeof options === 'object' && options !== null && 'name' in options && typeof options['name'] === 'string' ? options['name'] : check.validator;
}

function cancelled(check: Check): ValidatorResult {
  return {
    name: nameOf(check),
    project: check.project,
    command: describeCheck(check),
    verdict: 'crash',
    message: 'it was cancelled',
    diagnostics: [],
    durationMs: 0,
    cached: false,
    log: null,
  };
}
