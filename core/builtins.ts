/**
 * Where the optional parts live. Core never imports a plugin or a validator: it loads both by address, as it loads those of a
 * stranger, here on the main thread and once more in every worker.
 */
import type { Plugin, Validator } from './contracts.ts';

/** A module and the function in it that makes plugins or validators; `options` is JSON and goes to that function. */
export interface ModuleAddress {
  readonly url: string;
  readonly export: string;
}

const fromSource = import.meta.url.endsWith('.ts');
const address = (source: string, built: string): string => new URL(fromSource ? source : built, import.meta.url).href;

const BUILTIN_PLUGINS: ModuleAddress = { url: address('../plugins/index.ts', './plugins.js'), export: 'builtinPlugins' };
export const BUILTIN_VALIDATORS: ModuleAddress = { url: address('../validators/index.ts', './validators.js'), export: 'builtinValidators' };

type Factory<T> = () => readonly T[];

async function load<T>(where: ModuleAddress): Promise<readonly T[]> {
  const module = (await import(where.url)) as Record<string, unknown>;
  const factory = module[where.export];
  if (typeof factory !== 'function') throw new Error(`${where.url} has no export ${where.export}`);
  return (factory as Factory<T>)();
}

export function loadBuiltinPlugins(): Promise<readonly Plugin[]> {
  return load<Plugin>(BUILTIN_PLUGINS);
}

export function loadBuiltinValidators(): Promise<readonly Validator[]> {
  return load<Validator>(BUILTIN_VALIDATORS);
}
