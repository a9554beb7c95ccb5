/** `ce prp restore`: takes the lock, ends what a dead run left, then moves the branch and the tree back to a checkpoint. */
import { fail, type Result } from '../errors.ts';
import { ensureStateDir } from '../state/dir.ts';
import { acquireLock } from '../state/lock.ts';
import { newRunId } from '../state/runs.ts';
import { changedPaths } from '../vcs/changes.ts';
import { openGit } from '../vcs/git.ts';
import { repositoryState } from '../vcs/preconditions.ts';
import { restoreCheckpoint, type Restored } from '../vcs/restore.ts';
import { previewRestore, type RestorePreview } from '../vcs/restore-preview.ts';
import { recover } from './recover.ts';
import type { Workspace } from './workspace.ts';

export interface CheckpointName {
  readonly prp: string;
  /** Phase id or `final`; null for the newest checkpoint of the PRP. */
  readonly phase: string | null;
}

/** Errors: CE_STATE_LOCKED, CE_GIT_CHECKPOINT_MISSING, those of `repositoryState` and of `recover`. */
export async function restore(workspace: Workspace, { prp, phase }: CheckpointName): Promise<Result<Restored>> {
  const state = ensureStateDir(workspace.paths);
  if (!state.ok) return state;
  const lock = await acquireLock(workspace.paths, { run: newRunId(new Date()), command: `ce prp restore ${prp}${phase === null ? '' : ` ${phase}`}` });
  if (!lock.ok) return lock;
  try {
    const git = await openGit(workspace.repo, { hooks: 'off' });
    if (!git.ok) return git;
    const [refused] = await repositoryState(workspace.repo, git.value);
    if (refused !== undefined) return fail(refused);
    const recovered = await recover(workspace, git.value, await changedPaths(git.value), prp, async () => false);
    if (!recovered.ok) return recovered;
    return await restoreCheckpoint(git.value, { prp, phase, now: new Date() });
  } finally {
    await lock.value.release();
  }
}

/** The same request, and nothing moves. Takes no lock. */
export async function restoreDryRun(workspace: Workspace, name: CheckpointName): Promise<Result<RestorePreview>> {
  const git = await openGit(workspace.repo, { hooks: 'off' });
  return git.ok ? previewRestore(git.value, name) : git;
}
