/** What a restore would move, without moving it. */
import { ok, type Result } from '../errors.ts';
import { changedPaths } from './changes.ts';
import type { ListedCheckpoint } from './checkpoint-list.ts';
import type { Git } from './git.ts';
import { findCheckpoint, type RestoreRequest } from './restore.ts';
import { currentBranch, currentValue } from './update-ref.ts';

export interface RestorePreview {
  readonly checkpoint: ListedCheckpoint;
  /** Short name of the branch that would move; null when HEAD is detached. */
  readonly branch: string | null;
  /** Where it is now. */
  readonly head: string | null;
  /** Committed files that would change, as `git diff --name-status` writes them: `M src/a.ts`. */
  readonly files: readonly string[];
  /** Uncommitted paths, which would be kept under `refs/ce/safety/`. */
  readonly uncommitted: readonly string[];
}

/** Errors: CE_GIT_CHECKPOINT_MISSING, CE_GIT_FAILED. */
export async function previewRestore(git: Git, request: Pick<RestoreRequest, 'prp' | 'phase'>): Promise<Result<RestorePreview>> {
  const found = await findCheckpoint(git, request);
  if (!found.ok) return found;
  const changed = await git.raw(['diff', '--name-status', '--no-renames', '-z', 'HEAD', found.value.commit, '--']);
  if (!changed.ok) return changed;
  const words = changed.value.split('\0');
  return ok({
    checkpoint: found.value,
    branch: (await currentBranch(git))?.replace(/^refs\/heads\//, '') ?? null,
    head: await currentValue(git, 'HEAD'),
    files: words.flatMap((word, at) => (at % 2 === 0 && word !== '' ? [`${word} ${words[at + 1] ?? ''}`] : [])),
    uncommitted: (await changedPaths(git)).map(({ path }) => path),
  });
}
