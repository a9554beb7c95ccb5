/** Before the first command of a clone runs: what would run is listed, and a person says yes once. Without one it is exit 3. */
import { fail, ok, type Result } from '../errors.ts';
import type { Prp } from '../model.ts';
import { approve } from '../state/trust.ts';
import type { RunHost } from './host.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** More than a screen would not be read. */
const MOST_LINES = 40;

/** The workspace to go on with: opened anew once it is approved, because a config that is code was not loaded before. */
export async function askTrust(workspace: Workspace, prps: readonly Prp[], host: Pick<RunHost, 'ask'>): Promise<Result<Workspace>> {
  if (workspace.trusted) return ok(workspace);
  const commands = prps.flatMap((prp) =>
    [...prp.phases.flatMap((phase) => phase.validate), ...prp.gates]
      .filter(({ kind }) => kind === 'command')
      .flatMap(({ command, line }) => {
        const place = `  ${prp.path}:${line}  `;
        return command
          .trim()
          .split('\n')
          .map((text, at) => `${at === 0 ? place : ' '.repeat(place.length)}${text}`);
      }),
  );
  const config = workspace.config.source;
  const lines = [
    'This clone was not approved yet. A run executes its tools and',
    ...(config === null ? [] : [`  ${config.file.slice(workspace.root.length + 1)}`]),
    ...commands.slice(0, MOST_LINES),
    ...(commands.length > MOST_LINES ? [`  and ${commands.length - MOST_LINES} more lines of commands: read them in the files`] : []),
  ].map(visible);
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

/** A person decides by what is shown: nothing in it steers the terminal or hides a part, it stands there by its number. */
function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (unit) =>
    unit === '\t' ? unit : `<U+${(unit.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
