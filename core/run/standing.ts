/** Where a phase stands: the branch and the tree that it starts from. What somebody commits meanwhile was not there when it was judged. */
import type { Failure } from '../errors.ts';
import { readHead } from '../vcs/refs.ts';
import { treeOfHead } from '../vcs/tree.ts';
import type { RunContext } from './context.ts';

export interface Standing {
  /** Null where refs are not kept in files. */
  readonly branch: string | null;
  readonly tree: string;
}

export async function standingOf({ workspace, git }: Pick<RunContext, 'workspace' | 'git'>): Promise<Standing> {
  return { branch: readHead(workspace.repo)?.branch ?? null, tree: await treeOfHead(git) };
}

/** Null while the same branch has the same tree. */
export async function movedSince(before: Standing, context: Pick<RunContext, 'workspace' | 'git'>): Promise<Failure | null> {
  const now = await standingOf(context);
  if (now.branch === before.branch && now.tree === before.tree) return null;
  return {
    code: 'CE_GIT_MOVED',
    message:
      now.branch === before.branch
        ? 'somebody committed to the branch while the phase was worked on'
        : `the checkout changed from ${before.branch} to ${now.branch ?? 'no branch'} while the phase was worked on`,
    why: 'What was judged is not the tree that the checkpoint would stand on. Implementers and gates must not commit.',
    next: 'Look at git log, then run the same command again: it goes on from what is there.',
  };
}
