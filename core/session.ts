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

/** Applies plugins in order: built-in ones first, so that a later tap of the same stage comes after them. */
export function openSession(config: Config, builtin: { readonly plugins: readonly Plugin[]; readonly validators: readonly Validator[] }): Session {
  const hooks = createHooks();
  for (const plugin of [...builtin.plugins, ...config.plugins]) {
    try {
      plugin.apply({ hooks });
    } catch (thrown) {
      if (thrown instanceof CeError) throw new CeError({ ...thrown.failure, message: `plugin ${plugin.name}: ${thrown.failure.message}` });
      throw new CeError({
        code: 'CE_PLUGIN_THREW',
        message: `plugin ${plugin.name} threw while it was applied: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      });
    }
  }
  const validators = new Map<string, Validator>(builtin.validators.map((validator) => [validator.name, validator]));
  hooks.validators.call((validator) => validators.set(validator.name, validator));
  const implementers = new Map<string, Implementer>();
  hooks.implementers.call((implementer) => implementers.set(implementer.name, implementer));
  return { config: hooks.config.call(config), hooks, validators, implementers, close: () => hooks.close.promise() };
}
