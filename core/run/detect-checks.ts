/** Detection as reading commands use it: what this repository offers, without running any of it. */
import { loadBuiltinValidators } from '../builtins.ts';
import type { Session } from '../session.ts';
import { detect, type Detection } from './detect.ts';
import type { Workspace } from './workspace.ts';

/** With a session its validators are asked, those of plugins among them; without one the built-in ones. */
export function detectChecks(workspace: Workspace, environment: NodeJS.ProcessEnv, session?: Pick<Session, 'validators'>): Promise<Detection> {
  const { source, data } = workspace.config;
  return detect({
    root: workspace.root,
    memo: workspace.memo,
    config: data,
    // A config that was not loaded, because nobody approved it, says nothing: what is detected then is not what it will say.
    configHash: source === null ? '' : source.code && !workspace.trusted ? 'not loaded' : source.hash,
    configFile: source === null ? '' : source.file.slice(workspace.root.length + 1),
    environment,
    validators: async () => session?.validators ?? new Map((await loadBuiltinValidators()).map((validator) => [validator.name, validator])),
  });
}
