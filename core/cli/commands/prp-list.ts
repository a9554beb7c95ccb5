/** `ce prp list`: every checkpoint that git still knows, also those that the branch has left. Takes no lock. */
import { prpIdOf } from '../../run/prp-name.ts';
import { openWorkspace } from '../../run/workspace.ts';
import { listCheckpoints } from '../../vcs/checkpoint-list.ts';
import { openGit } from '../../vcs/git.ts';
import { readHead } from '../../vcs/refs.ts';
import type { CommandBody } from '../invocation.ts';
import { note, printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'prp list');
  const [word] = invocation.args;
  const prp = word === undefined ? null : await prpIdOf(workspace.value, word);
  if (prp !== null && !prp.ok) return refuse(prp.failure, invocation, 'prp list');
  const id = prp?.value ?? null;
  const git = await openGit(workspace.value.repo, { hooks: 'off' });
  if (!git.ok) return refuse(git.failure, invocation, 'prp list');
  // Without a commit there is no history to look through.
  const checkpoints = readHead(workspace.value.repo)?.oid === null ? [] : await listCheckpoints(git.value, id);
  if (invocation.flag('json')) {
    printJson({
      v: 1,
      checkpoints: checkpoints.map(({ prp: of, phase, commit, tag, date, gates, tree, reachable, run }) => ({
        prp_id: of,
        phase,
        commit,
        tag,
        date,
        gates,
        tree,
        reachable,
        run_id: run,
      })),
    });
    return 0;
  }
  if (checkpoints.length === 0) {
    note(`there is no checkpoint${id === null ? '' : ` of ${id}`}\n  next: ce run ${id ?? ''}`.trimEnd());
    return 0;
  }
  const widest = Math.max(...checkpoints.map((one) => `${one.prp}:${one.phase}`.length));
  printLines(
    checkpoints.map(({ prp: of, phase, commit, tag, date, gates, tree, reachable }) =>
      [
        `${of}:${phase}`.padEnd(widest),
        commit.slice(0, 7),
        date,
        gates,
        tag ?? 'no tag',
        ...(tree === 'dirty' ? ['(dirty tree)'] : []),
        ...(reachable ? [] : ['(not on this branch)']),
      ].join('  '),
    ),
  );
  return 0;
};
