/**
 * The hook catalogue: tapable hooks for those who change the outcome. Whoever only watches subscribes to events.
 * `undefined` declines. The set is frozen; asking for a hook that does not exist names those that do.
 */
import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, HookMap, SyncBailHook, SyncHook, SyncWaterfallHook } from 'tapable';
import type { Config } from './config-types.ts';
import { CeError, type Failure } from './errors.ts';
import type { Escalation } from './events.ts';
import type { Implementer, TaskContext, TaskResult, Validator } from './contracts.ts';
import type { Checkpoint, Diagnostic, Fix, GateResult, Task, TaskGraph, TaskKind, ValidatorResult } from './model.ts';

/** Order of taps of one hook: lower runs first. */
export const Stage = { first: -100, memory: -10, normal: 0, disk: 10, network: 20, last: 100 } as const;

/** What a healer gets and hands on: it moves from `open` to `fixes` what it can repair. */
export interface Healing {
  readonly open: readonly Diagnostic[];
  readonly fixes: readonly Fix[];
}

export interface HealContext {
  readonly task: Task;
  /** Files that may be edited, from the repository root. */
  readonly files: readonly string[];
  /** Null when the file does not exist. */
  readFile(path: string): Promise<string | null>;
  readonly signal: AbortSignal;
}

/** What a policy judges: the failing gate, and the fingerprints of the failures of earlier attempts, oldest first. */
export interface GateFailure {
  readonly task: Task;
  readonly failing: readonly ValidatorResult[];
  readonly failure: Failure;
  readonly fingerprint: string;
}

export interface Hooks {
  readonly config: SyncWaterfallHook<[Config]>;
  readonly validators: SyncHook<[(validator: Validator) => void]>;
  readonly implementers: SyncHook<[(implementer: Implementer) => void]>;
  readonly graph: AsyncSeriesWaterfallHook<[TaskGraph]>;
  readonly cacheGet: AsyncSeriesBailHook<[string], ValidatorResult | undefined>;
  readonly cacheStore: AsyncParallelHook<[string, ValidatorResult]>;
  readonly execute: HookMap<AsyncSeriesBailHook<[Task, TaskContext], TaskResult | undefined>>;
  readonly gate: AsyncSeriesWaterfallHook<[GateResult, Task]>;
  readonly escalate: SyncBailHook<[GateFailure, readonly string[]], Omit<Escalation, 'id'> | undefined>;
  readonly heal: AsyncSeriesWaterfallHook<[Healing, HealContext]>;
  readonly checkpoint: AsyncSeriesHook<[Checkpoint]>;
  readonly close: AsyncParallelHook<[]>;
}

export function createHooks(): Hooks {
  const hooks: Hooks = {
    config: new SyncWaterfallHook(['config'], 'config'),
    validators: new SyncHook(['add'], 'validators'),
    implementers: new SyncHook(['add'], 'implementers'),
    graph: new AsyncSeriesWaterfallHook(['graph'], 'graph'),
    cacheGet: new AsyncSeriesBailHook(['key'], 'cacheGet'),
    cacheStore: new AsyncParallelHook(['key', 'result'], 'cacheStore'),
    execute: new HookMap((kind: TaskKind) => new AsyncSeriesBailHook<[Task, TaskContext], TaskResult | undefined>(['task', 'context'], `execute:${kind}`)),
    gate: new AsyncSeriesWaterfallHook(['result', 'task'], 'gate'),
    escalate: new SyncBailHook(['failure', 'history'], 'escalate'),
    heal: new AsyncSeriesWaterfallHook(['healing', 'context'], 'heal'),
    checkpoint: new AsyncSeriesHook(['checkpoint'], 'checkpoint'),
    close: new AsyncParallelHook([], 'close'),
  };
  return new Proxy(Object.freeze(hooks), {
    get(target, name, receiver) {
      if (typeof name === 'string' && !(name in target) && name !== 'then' && name !== 'toJSON') {
        throw new CeError({ code: 'CE_HOOK_UNKNOWN', message: `there is no hook \`${name}\``, next: `Hooks: ${Object.keys(target).join(', ')}` });
      }
      return Reflect.get(target, name, receiver);
    },
  });
}
