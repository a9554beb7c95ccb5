/** Whether a repository is in a state that ce may commit to, and what is odd about it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../errors.ts';
import type { Git } from './git.ts';
import type { Repository } from './repository.ts';
import { currentBranch, currentValue } from './update-ref.ts';

/** A file or folder of the git folder that means an operation waits for a person, and how it ends. */
const UNDER_WAY = [
  ['MERGE_HEAD', 'a merge', 'git merge --continue, or git merge --abort'],
  ['rebase-merge', 'a rebase', 'git rebase --continue, or git rebase --abort'],
  ['rebase-apply', 'a rebase or `git am`', 'git rebase --continue, or git rebase --abort (git am --abort)'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick', 'git cherry-pick --continue, or git cherry-pick --abort'],
  ['REVERT_HEAD', 'a revert', 'git revert --continue, or git revert --abort'],
  ['BISECT_LOG', 'a bisect', 'git bisect reset'],
] as const;

/** Why nothing may be committed here now, in the order in which to mend it; empty when all is well. */
export async function repositoryState(repository: Repository, git: Git): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const [file, name, next] of UNDER_WAY) {
    if (existsSync(join(repository.gitDir, file)))
      failures.push({ code: 'CE_GIT_BUSY', message: `${name} is under way`, place: { file: join(repository.gitDir, file) }, next });
  }
  if ((await currentBranch(git)) === null)
    failures.push({
      code: 'CE_GIT_DETACHED',
      message: 'HEAD is not on a branch',
      why: 'A checkpoint is a commit on the branch that is checked out.',
      next: 'git switch <branch>, or git switch -c <new branch>',
    });
  else if ((await currentValue(git, 'HEAD')) === null)
    failures.push({ code: 'CE_GIT_NO_COMMIT', message: 'the repository has no commit yet', next: 'git add -A && git commit -m "first commit"' });
  const identity = await git.ask(['var', 'GIT_COMMITTER_IDENT']);
  if (identity.exit !== 0) {
    failures.push({
      code: 'CE_GIT_IDENTITY',
      message: 'git has no name and e-mail to commit with',
      next: 'git config --global user.name "Your Name" && git config --global user.email you@example.com',
    });
  }
  return failures;
}

/** What a person should know of this repository; nothing here stops a run. One line each. */
export function repositoryNotes({ root, commonDir }: Repository): readonly string[] {
  const notes: string[] = [];
  if (existsSync(join(commonDir, 'shallow'))) notes.push('this clone is shallow: checkpoints before its oldest commit are not seen (git fetch --unshallow)');
  if (existsSync(join(root, '.gitmodules')))
    notes.push('this repository has submodules: a checkpoint records which commit each is at, and nothing inside them');
  if (existsSync(join(commonDir, 'info', 'grafts'))) notes.push('this repository has grafts, which change what counts as history');
  if (/^\s*followTags\s*=\s*true/im.test(configOf(commonDir)))
    notes.push('push.followTags is on: `git push` also sends the checkpoint tags (checkpoint.tags: false in the config stops them)');
  return notes;
}

function configOf(commonDir: string): string {
  try {
    return readFileSync(join(commonDir, 'config'), 'utf8');
  } catch {
    return '';
  }
}
