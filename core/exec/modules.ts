/** Plugins and validators by address, so that a thread can make its own from the same config; and the list of taps by which both are compared. */
import type { Plugin, Validator } from '../contracts.ts';
import { createHooks, type Hooks } from '../hooks.ts';
import type { Json } from '../model.ts';

/** `options` goes to the exported function, which gives one or a list of plugins or validators. */
export interface ModuleUse {
  /** Absolute file URL. */
  readonly module: string;
  readonly export: string;
  readonly options?: Json;
}

/** Names of taps in order, by hook; hooks without taps are left out. */
export type Taps = Readonly<Record<string, readonly string[]>>;

async function made<T extends object>(use: ModuleUse): Promise<T[]> {
  const exports = (await import(use.module)) as Record<string, unknown>;
  const factory = exports[use.export];
  if (typeof factory !== 'function') throw new Error(`${use.module} exports no function \`${use.export}\``);
  const value: unknown = await factory(use.options);
  const all: unknown[] = [value].flat(Infinity);
  return all.filter((one): one is T => typeof one === 'object' && one !== null);
}

export interface Loaded {
  readonly hooks: Hooks;
  readonly validators: ReadonlyMap<string, Validator>;
}

/** Imports and applies them in order to hooks of their own. */
export async function loadModules(plugins: readonly ModuleUse[], validators: readonly ModuleUse[]): Promise<Loaded> {
  const hooks = createHooks();
  for (const use of plugins) for (const plugin of await made<Plugin>(use)) plugin.apply({ hooks });
  const byName = new Map<string, Validator>();
  const add = (validator: Validator): void => void byName.set(validator.name, validator);
  for (const use of validators) (await made<Validator>(use)).forEach(add);
  hooks.validators.call(add);
  return { hooks, validators: byName };
}

interface Tapped {
  readonly taps: readonly { readonly name: string }[];
}

function isTapped(hook: object): hook is Tapped {
  return 'taps' in hook && Array.isArray(hook.taps);
}

/** What the plugins put on the hooks. */
export function tapsOf(hooks: Hooks): Taps {
  const kinds = ['implement', 'gate', 'checkpoint', 'review', 'merge', 'sync', 'step', 'command'];
  const keyed = kinds.map((kind): [string, unknown] => [`execute:${kind}`, hooks.execute.get(kind)]);
  const plain = Object.entries(hooks).filter(([name]) => name !== 'execute');
  return Object.fromEntries(
    [...plain, ...keyed].flatMap(([name, hook]) =>
      typeof hook === 'object' && hook !== null && isTapped(hook) && hook.taps.length > 0 ? [[name, hook.taps.map((tap) => tap.name)]] : [],
    ),
  );
}
