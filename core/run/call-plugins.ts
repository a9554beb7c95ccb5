/** Calls a hook so that what a plugin throws is told as the plugin's failure, and not as a bug of ce. */
import { CeError } from '../errors.ts';

export async function callPlugins<T>(hook: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof CeError) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw new CeError(
      {
        code: 'CE_PLUGIN_THREW',
        message: `a plugin threw in hooks.${hook}: ${error.message}`,
        why: error.stack ?? error.message,
        next: 'Correct the plugin, or take it out of the config.',
      },
      { cause: thrown },
    );
  }
}
