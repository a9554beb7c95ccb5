/** What lies between a revision and HEAD. The revision comes from a person, so it is resolved to an id before anything else sees it. */
import { fail, ok, type Result } from '../errors.ts';
import type { Git } from './git.ts';

/** Paths that differ between the revision and HEAD. Errors: CE_GIT_BAD_REF. */
export async function changedSince(git: Git, revision: string): Promise<Result<readonly string[]>> {
  const commit = await resolveCommit(git, revision);
  if (!commit.ok) return commit;
  const diff = await git.raw(['diff', '--name-only', '--no-renames', '--no-ext-diff', '-z', commit.value, 'HEAD', '--']);
  return diff.ok ? ok(diff.value.split('\0').filter((path) => path !== '')) : diff;
}

async function resolveCommit(git: Git, revision: string): Promise<Result<string>> {
  const bad = (why: string): Result<string> =>
    fail({ code: 'CE_GIT_BAD_REF', message: `"${revision}" is not a revision of this repository`, why, next: 'Give a branch, a tag, a commit id or HEAD~1.' });
  if (revision === '' || revision.startsWith('-') || /[\0\s:]/.test(revision)) return bad('it does not look like one');
  const answer = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  const id = answer.stdout.trim();
  return answer.exit === 0 && /^[0-9a-f]{40,64}$/.test(id) ? ok(id) : bad('git does not know it');
}

/** The merge base of HEAD with the default branch: of the remote's HEAD, `main` or `master`. Errors: CE_GIT_BAD_REF. */
export async function mergeBaseWithDefault(git: Git): Promise<Result<string>> {
  const remote = await git.ask(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD']);
  for (const candidate of [remote.stdout.trim(), 'refs/remotes/origin/main', 'refs/remotes/origin/master', 'refs/heads/main', 'refs/heads/master']) {
    if (candidate === '') continue;
    const base = await git.ask(['merge-base', 'HEAD', candidate]);
    if (base.exit === 0) return ok(base.stdout.trim());
  }
  return fail({ code: 'CE_GIT_BAD_REF', message: 'there is no default branch to compare with', next: 'Name one: ce validate --since <branch>' });
}
