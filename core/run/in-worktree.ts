/** `ce run --worktree`: the run happens in a worktree of its own beside the repository. The same command again goes on in it. */
import { existsSync } from 'node:fs';
import type { Result } from '../errors.ts';
import type { Prp } from '../model.ts';
import { ensureStateDir } from '../state/dir.ts';
import { createJournal } from '../state/journal.ts';
import { newRunId } from '../state/runs.ts';
import { openGit } from '../vcs/git.ts';
import { findRepository } from '../vcs/repository.ts';
import { readHead } from '../vcs/refs.ts';
import { addWorktree, prepareWorktree, worktreePath } from '../vcs/worktree.ts';
import type { RunRequest } from './request.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);

/** The workspace of the worktree `../<repo>.worktrees/<id>` on branch `prp-<id>-<title>`. It holds what is committed. Errors: CE_GIT_WORKTREE, CE_GIT_NO_COMMIT. */
export async function enterWorktree(workspace: Workspace, prp: Prp, request: RunRequest, version: string): Promise<Result<Workspace>> {
  const id = slug(prp.id);
  const path = worktreePath(workspace.repo, id);
  const there = existsSync(path) ? findRepository(path) : null;
  if (there?.ok === true && there.value.commonDir === workspace.repo.commonDir) return openWorkspace(path, 'given');
  const state = ensureStateDir(workspace.paths);
  if (!state.ok) return state;
  const git = await openGit(workspace.repo, { hooks: 'off' });
  if (!git.ok) return git;
  const intent = await prepareWorktree(git.value, id, `prp-${id.replace(/^prp-/, '')}-${slug(prp.title)}`.replace(/-$/, ''));
  if (!intent.ok) return intent;
  const journal = createJournal(workspace.paths, newRunId(new Date()), { request, root: workspace.root, head: readHead(workspace.repo)?.oid ?? null, version });
  if (!journal.ok) return journal;
  try {
    journal.value.append({ type: 'intent', intent: intent.value }, 'durable');
    const added = await addWorktree(git.value, intent.value);
    if (!added.ok) return added;
    journal.value.append({ type: 'settled', commit: id }, 'durable');
    journal.value.append({ type: 'recovered' }, 'lazy');
    return await openWorkspace(added.value, 'given');
  } finally {
    journal.value.close();
  }
}
