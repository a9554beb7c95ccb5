/**
 * Makes a checkpoint in two steps: `prepareCheckpoint` writes objects and says which refs will move from what to what; the caller
 * journals that; `applyCheckpoint` moves them. Whoever resumes calls `settleIntent`, which ends it one way or the other.
 */
import { fail, ok, type Result } from '../errors.ts';
import { crashPoint } from '../crash.ts';
import type { CheckpointIntent, Intent } from '../intents.ts';
import type { Phase } from '../model.ts';
import { commitPaths } from './commit-tree.ts';
import type { Git } from './git.ts';
import { messageOf, subjectOf, type CheckpointFacts } from './message.ts';
import { checkpointRef, checkpointTag } from './ref-name.ts';
import { refreshIndex } from './refresh-index.ts';
import { clearStaleLocks } from './stale-locks.ts';
import { currentBranch, currentValue, updateRef, type RefChange } from './update-ref.ts';
import { recoverWorktree } from './worktree.ts';

export interface CheckpointRequest extends Omit<CheckpointFacts, 'heals'> {
  readonly git: Git;
  readonly title: string;
  /** As written in the spec; null for `final`. */
  readonly number: string | null;
  readonly kind: Phase['kind'];
  /** The phase's own changes. None: the commit has its parent's tree, and marks a phase that had nothing to change as done. */
  readonly paths: readonly string[];
  /** Default 0. */
  readonly heals?: number;
  readonly tags: 'yes' | 'no';
  readonly now: Date;
}

/** Moves nothing. Errors: CE_GIT_DETACHED, CE_GIT_NO_COMMIT, CE_GIT_IDENTITY, CE_GIT_FAILED. */
export async function prepareCheckpoint(request: CheckpointRequest): Promise<Result<CheckpointIntent>> {
  const { git, prp, phase, run } = request;
  const branch = await currentBranch(git);
  if (branch === null) return fail({ code: 'CE_GIT_DETACHED', message: 'HEAD is not on a branch', next: 'git switch <branch>, or git switch -c <new branch>' });
  const parent = await currentValue(git, 'HEAD');
  if (parent === null)
    return fail({ code: 'CE_GIT_NO_COMMIT', message: 'the repository has no commit yet', next: 'git add -A && git commit -m "first commit"' });
  const message = messageOf(request, { ...request, heals: request.heals ?? 0 });
  const made = await commitPaths({ git, parent, paths: request.paths, message, hooks: git.hooks });
  if (!made.ok) return made;
  const tag = request.tags === 'yes' ? await makeTag(request, made.value.commit, message) : ok(null);
  if (!tag.ok) return tag;
  const ref = checkpointRef(prp, phase);
  const refBefore = await currentValue(git, ref);
  return ok({ kind: 'checkpoint', prp, phase, run, parent, commit: made.value.commit, branch, ref, refBefore, tag: tag.value, paths: made.value.paths });
}

async function makeTag({ git, prp, phase, now }: CheckpointRequest, commit: string, message: string): Promise<Result<CheckpointIntent['tag']>> {
  const identity = await git.ask(['var', 'GIT_COMMITTER_IDENT']);
  const who = /^(.* <.*>) \d+ [+-]\d{4}$/.exec(identity.stdout.trim())?.[1];
  if (who === undefined)
    return fail({
      code: 'CE_GIT_IDENTITY',
      message: 'git has no name and e-mail to commit with',
      next: 'git config --global user.name "Your Name" && git config --global user.email you@example.com',
    });
  const base = checkpointTag(prp, phase, now);
  let name = base;
  for (let count = 2; (await currentValue(git, `refs/tags/${name}`)) !== null; count += 1) name = `${base}-${count}`;
  const text = `object ${commit}\ntype commit\ntag ${name}\ntagger ${who} ${Math.floor(now.getTime() / 1000)} +0000\n\n${message}`;
  const object = await git.withInput(['mktag'], text);
  return object.ok ? ok({ name, object: object.value.trim() }) : object;
}

/** The three refs of an intent in the order in which they move; the branch is last, so a commit on it always has its ref and tag. */
function changesOf(intent: CheckpointIntent): readonly { readonly name: 'ref' | 'tag' | 'branch'; readonly change: RefChange }[] {
  const why = `ce: checkpoint ${intent.prp} ${intent.phase}`;
  const tag = intent.tag === null ? [] : [{ name: 'tag' as const, change: { ref: `refs/tags/${intent.tag.name}`, from: null, to: intent.tag.object, why } }];
  return [
    { name: 'ref', change: { ref: intent.ref, from: intent.refBefore, to: intent.commit, why } },
    ...tag,
    { name: 'branch', change: { ref: intent.branch, from: intent.parent, to: intent.commit, why } },
  ];
}

/** Moves the refs of an intent and refreshes its paths in the index; doing it again changes nothing. Errors: CE_GIT_MOVED, CE_GIT_FAILED; then what had moved is moved back. */
export async function applyCheckpoint(git: Git, intent: CheckpointIntent): Promise<Result<null>> {
  for (const { name, change } of changesOf(intent)) {
    const moved = await move(git, name, change);
    if (moved.ok) continue;
    const undone = await undo(git, intent);
    return undone.ok ? moved : undone;
  }
  return followInIndex(git, intent);
}

async function move(git: Git, name: 'ref' | 'tag' | 'branch', change: RefChange): Promise<Result<null>> {
  crashPoint(`vcs.checkpoint.${name}.before`);
  const moved = await updateRef(git, change);
  crashPoint(`vcs.checkpoint.${name}.after`);
  return moved;
}

/** Left out when another branch is checked out by now. */
async function followInIndex(git: Git, intent: CheckpointIntent): Promise<Result<null>> {
  if ((await currentBranch(git)) !== intent.branch) return ok(null);
  const refreshed = await refreshIndex(git, intent.paths);
  if (refreshed.ok) return refreshed;
  return fail({
    ...refreshed.failure,
    why: `The checkpoint ${intent.commit.slice(0, 7)} is made; until the index follows, \`git status\` shows its changes as undone.`,
  });
}

/** What `settleIntent` came to. */
export type Settlement = 'completed' | 'undone';

/**
 * Ends what a dead run began. Done when the branch holds the commit; completed when the branch is where it was; undone when
 * someone moved it or the objects are gone. Removes only stale locks of the refs that the intent names.
 */
export async function settleIntent(git: Git, intent: Intent): Promise<Result<Settlement>> {
  if (intent.kind === 'worktree') return recoverWorktree(git, intent);
  const refs = changesOf(intent).map(({ change }) => change.ref);
  clearStaleLocks(git.repository, refs);
  const exists = await git.ask(['cat-file', '-e', `${intent.commit}^{commit}`]);
  if (exists.exit !== 0) return undo(git, intent);
  const now = await currentValue(git, intent.branch);
  const holds = now !== null && (await git.ask(['merge-base', '--is-ancestor', intent.commit, now])).exit === 0;
  if (!holds && now !== intent.parent) return undo(git, intent);
  for (const { name, change } of changesOf(intent)) {
    if (holds && name === 'branch') continue;
    const moved = await move(git, name, change);
    if (!moved.ok && !(holds && moved.failure.code === 'CE_GIT_MOVED')) return moved;
  }
  const refreshed = await followInIndex(git, intent);
  return refreshed.ok ? ok('completed') : refreshed;
}

/** Brings the index to a checkpoint that was made while something else held the index. One that was not made is left as it is. */
export async function followIntent(git: Git, intent: Intent): Promise<Result<'followed' | 'not-made'>> {
  if (intent.kind === 'worktree' || (await currentValue(git, intent.branch)) !== intent.commit) return ok('not-made');
  const refreshed = await followInIndex(git, intent);
  return refreshed.ok ? ok('followed') : refreshed;
}

/** Puts the ref and the tag back where they were, unless someone else moved them since; the branch was not moved. */
async function undo(git: Git, intent: CheckpointIntent): Promise<Result<Settlement>> {
  const why = `ce: undo ${subjectOf({ prp: intent.prp, title: intent.phase, number: null, kind: 'phase' })}`;
  const back: RefChange[] = [{ ref: intent.ref, from: intent.commit, to: intent.refBefore, why }];
  if (intent.tag !== null) back.push({ ref: `refs/tags/${intent.tag.name}`, from: intent.tag.object, to: null, why });
  for (const change of back) {
    crashPoint('vcs.undo.before');
    const moved = await updateRef(git, change);
    if (!moved.ok && moved.failure.code !== 'CE_GIT_MOVED') return moved;
  }
  crashPoint('vcs.undo.after');
  return ok('undone');
}
