/** One process's hooks and what the plugins put on them. Opens, applies, freezes, closes; nothing else. */
import type { Config } from './config-types.ts';
import type { Implementer, Plugin, Validator } from './contracts.ts';
import { CeError } from './errors.ts';
import { createHooks, type Hooks } from './hooks.ts';

export interface Session {
  readonly config: Config;
  readonly hooks: Hooks;
  readonly validators: ReadonlyMap<string, Validator>;
  readonly implementers: ReadonlyMap<string, Implementer>;
  close(): Promise<void>;
}

/** Arrays flatten and falsy entries vanish, so that a config may write `condition && plugin()`. */
export function flattenPlugins(entries: readonly unknown[]): readonly Plugin[] {
  return (entries.flat(Infinity) as readonly unknown[]).filter(Boolean).map((entry) => {
    if (isPlugin(entry)) return entry;
    throw new CeError({ code: 'CE_CONFIG_PLUGIN_INVALID', message: 'an entry of `plugins` is not of the form { name, apply }', next: 'Call the factory: plugins: [myPlugin()], not plugins: [myPlugin].' });
  });
}

function isPlugin(entry: unknown): entry is Plugin {
  return typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string' && 'apply' in entry && typeof entry.apply === 'function';
}

/** Applies plugins in order: built-in ones first, so that a later tap of the same stage comes after them. */
export function openSession(config: Config, builtin: { readonly plugins: readonly Plugin[]; readonly validators: readonly Validator[] }): Session {
  const hooks = createHooks();
  for (const plugin of [...builtin.plugins, ...config.plugins]) {
    try {
      plugin.apply({ hooks });
    } catch (thrown) {
      if (thrown instanceof CeError) throw new CeError({ ...thrown.failure, message: `plugin ${plugin.name}: ${thrown.failure.message}` });
      throw new CeError({ code: 'CE_PLUGIN_THREW', message: `plugin ${plugin.name} threw while it was applied: ${thrown instanceof Error ? thrown.message : String(thrown)}` });
    }
  }
  const validators = new Map<string, Validator>(builtin.validators.map((validator) => [validator.name, validator]));
  hooks.validators.call((validator) => validators.set(validator.name, validator));
  const implementers = new Map<string, Implementer>();
  hooks.implementers.call((implementer) => implementers.set(implementer.name, implementer));
  return { config: hooks.config.call(config), hooks, validators, implementers, close: () => hooks.close.promise() };
}
