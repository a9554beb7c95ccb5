/** What changed since a revision: commits after it, and the tree as it is. */
import { ok, type Result } from '../errors.ts';
import { changedPaths, isArtefact } from '../vcs/changes.ts';
import { openGit } from '../vcs/git.ts';
import { changedSince, mergeBaseWithDefault } from '../vcs/since.ts';
import type { Workspace } from './workspace.ts';

/** Paths from the root. `affected`: since the merge base with the default branch. Errors: CE_GIT_BAD_REF, CE_GIT_FAILED. */
export async function pathsChangedSince(workspace: Workspace, since: string | 'affected'): Promise<Result<readonly string[]>> {
  const git = await openGit(workspace.repo, { hooks: 'off' });
  if (!git.ok) return git;
  const base = since === 'affected' ? await mergeBaseWithDefault(git.value) : ok(since);
  if (!base.ok) return base;
  const committed = await changedSince(git.value, base.value);
  if (!committed.ok) return committed;
  const now = (await changedPaths(git.value)).map(({ path }) => path);
  return ok([...new Set([...committed.value, ...now])].filter((path) => !isArtefact(path)).sort());
}
