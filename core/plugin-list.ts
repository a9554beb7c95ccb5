/** The `plugins` of a config as a list. Loads nothing of the hooks, because an unchanged config is read on the way to "all fresh". */
import type { Plugin } from './contracts.ts';
import { CeError } from './errors.ts';

/** Arrays flatten and falsy entries vanish, so that a config may write `condition && plugin()`. */
export function flattenPlugins(entries: readonly unknown[]): readonly Plugin[] {
  return (entries.flat(Infinity) as readonly unknown[]).filter(Boolean).map((entry) => {
    if (isPlugin(entry)) return entry;
    throw new CeError({
      code: 'CE_CONFIG_PLUGIN_INVALID',
      message: 'an entry of `plugins` is not of the form { name, apply }',
      next: 'Call the factory: plugins: [myPlugin()], not plugins: [myPlugin].',
    });
  });
}

function isPlugin(entry: unknown): entry is Plugin {
  return (
    typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string' && 'apply' in entry && typeof entry.apply === 'function'
  );
}
