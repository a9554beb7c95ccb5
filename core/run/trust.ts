/** Before the first command of a clone runs: what would run is listed, and a person says yes once. Without one it is exit 3. */
import { fail, ok, type Result } from '../errors.ts';
import type { Prp } from '../model.ts';
import { approve } from '../state/trust.ts';
import type { RunHost } from './host.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** The workspace to go on with: opened anew once it is approved, because a config that is code was not loaded before. */
export async function askTrust(workspace: Workspace, prps: readonly Prp[], host: Pick<RunHost, 'ask'>): Promise<Result<Workspace>> {
  if (workspace.trusted) return ok(workspace);
  const commands = prps.flatMap((prp) =>
    [...prp.phases.flatMap((phase) => phase.validate), ...prp.gates]
      .filter(({ kind }) => kind === 'command')
      .map(({ command, line }) => `  ${prp.path}:${line}  ${command.trim().split('\n')[0] ?? ''}`),
  );
  const config = workspace.config.source;
  const lines = [
    'This clone was not approved yet. A run executes its tools and',
    ...(config === null ? [] : [`  ${config.file.slice(workspace.root.length + 1)}`]),
    ...commands.slice(0, 20),
    ...(commands.length > 20 ? [`  and ${commands.length - 20} more commands`] : []),
  ];
  if (await host.ask(`${lines.join('\n')}\nRun them?`)) {
    approve(workspace.root);
    return openWorkspace(workspace.root, 'given');
  }
  return fail({
    code: 'CE_STATE_NOT_TRUSTED',
    message: 'the commands of this clone were not approved yet',
    why: lines.slice(1).join('\n'),
    next: 'Read them, then run the same command with --yes (CE_TRUST=1 in CI).',
  });
}
