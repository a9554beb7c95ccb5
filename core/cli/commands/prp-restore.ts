/** `ce prp restore`: back to a checkpoint. Nothing is lost, so nothing is asked; how to undo it is printed. */
import { checkpointNameOf } from '../../run/prp-name.ts';
import { restore, restoreDryRun } from '../../run/restore.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import type { CheckpointName } from '../../run/restore.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { note, printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  if (invocation.args.length === 0)
    return refuse(
      { code: 'CE_USAGE_BAD_TARGET', message: 'ce prp restore takes the id of a PRP, and a phase', next: 'ce prp list' },
      invocation,
      'prp restore',
    );
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'prp restore');
  const name = await checkpointNameOf(workspace.value, invocation.args);
  if (!name.ok) return refuse(name.failure, invocation, 'prp restore');
  return invocation.flag('dry-run') ? preview(workspace.value, name.value, invocation) : move(workspace.value, name.value, invocation);
};

async function move(workspace: Workspace, name: CheckpointName, invocation: Invocation): Promise<number> {
  const restored = await restore(workspace, name);
  if (!restored.ok) return refuse(restored.failure, invocation, 'prp restore');
  const { checkpoint, branch, safety, undo } = restored.value;
  if (invocation.flag('json')) {
    printJson({ v: 1, prp_id: checkpoint.prp, phase: checkpoint.phase, commit: checkpoint.commit, tag: checkpoint.tag, branch, safety, undo });
    return 0;
  }
  printLines([
    `${branch} is at ${checkpoint.prp}:${checkpoint.phase}, ${checkpoint.commit.slice(0, 7)}${checkpoint.tag === null ? '' : ` (${checkpoint.tag})`}`,
    ...safety.map((ref) => `  kept in ${ref}`),
  ]);
  note(`  undo: ${undo.join(' && ')}`);
  return 0;
}

async function preview(workspace: Workspace, name: CheckpointName, invocation: Invocation): Promise<number> {
  const seen = await restoreDryRun(workspace, name);
  if (!seen.ok) return refuse(seen.failure, invocation, 'prp restore');
  const { checkpoint, branch, head, files, uncommitted } = seen.value;
  if (invocation.flag('json')) {
    printJson({
      v: 1,
      dry_run: true,
      prp_id: checkpoint.prp,
      phase: checkpoint.phase,
      commit: checkpoint.commit,
      tag: checkpoint.tag,
      branch,
      head,
      files,
      uncommitted,
    });
    return 0;
  }
  printLines([
    `${branch ?? 'HEAD'} would move from ${head?.slice(0, 7) ?? 'nothing'} to ${checkpoint.prp}:${checkpoint.phase}, ${checkpoint.commit.slice(0, 7)}${checkpoint.tag === null ? '' : ` (${checkpoint.tag})`}`,
    ...files.map((file) => `  ${file}`),
    ...uncommitted.map((path) => `  would be kept under refs/ce/safety/: ${path}`),
    ...(files.length === 0 && uncommitted.length === 0 ? ['  no file would change'] : []),
  ]);
  return 0;
}
