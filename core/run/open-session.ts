/** Opens the session of a repository: the config's plugins after the built-in ones. */
import { loadBuiltinPlugins, loadBuiltinValidators } from '../builtins.ts';
import { loadConfig, resolveConfig } from '../config.ts';
import { CeError, fail, ok, type Result } from '../errors.ts';
import { openSession, type Session } from '../session.ts';
import type { Workspace } from './workspace.ts';

export async function openRepositorySession(workspace: Workspace): Promise<Result<Session>> {
  const resolved = await resolveConfig(workspace.root, workspace.memo, 'yes');
  if (!resolved.ok) return resolved;
  const config = await loadConfig(workspace.root, resolved.value);
  if (!config.ok) return config;
  const [plugins, validators] = await Promise.all([loadBuiltinPlugins(), loadBuiltinValidators()]);
  try {
    return ok(openSession(config.value, { plugins, validators }));
  } catch (thrown) {
    if (thrown instanceof CeError) return fail(thrown.failure);
    throw thrown;
  }
}
