/**
 * Back to a checkpoint: what is there now is kept under `refs/ce/safety/`, then the files and the branch go to the checkpoint.
 * Nothing else is deleted, so no question is asked. Killed half-way, the same command again ends it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import { changedPaths } from './changes.ts';
import { listCheckpoints, type ListedCheckpoint } from './checkpoint-list.ts';
import { commitPaths } from './commit-tree.ts';
import type { Git } from './git.ts';
import { timestamp } from './ref-name.ts';
import { repositoryState } from './preconditions.ts';
import { currentBranch, currentValue, updateRef } from './update-ref.ts';

export interface Restored {
  readonly checkpoint: ListedCheckpoint;
  /** Short name of the branch that moved. */
  readonly branch: string;
  /** `refs/ce/safety/<time>/head`, and `…/work` when there were uncommitted changes. */
  readonly safety: readonly string[];
  /** Commands that bring back what was there before. */
  readonly undo: readonly string[];
}

export interface RestoreRequest {
  readonly prp: string;
  /** Phase id or `final`; null for the newest checkpoint of the PRP. */
  readonly phase: string | null;
  readonly now: Date;
}

/** The newest checkpoint that a request means. Errors: CE_GIT_CHECKPOINT_MISSING with what there is. */
export async function findCheckpoint(git: Git, request: Pick<RestoreRequest, 'prp' | 'phase'>): Promise<Result<ListedCheckpoint>> {
  const all = await listCheckpoints(git, request.prp);
  const checkpoint = all.find(({ phase }) => request.phase === null || phase === request.phase);
  if (checkpoint !== undefined) return ok(checkpoint);
  const what = request.phase === null ? request.prp : `${request.prp} ${request.phase}`;
  const phases = [...new Set(all.map(({ phase }) => phase))];
  return fail({
    code: 'CE_GIT_CHECKPOINT_MISSING',
    message: `there is no checkpoint of ${what}`,
    ...(phases.length === 0 ? {} : { why: `There are checkpoints of ${phases.join(', ')}.` }),
    next: phases[0] === undefined ? 'ce prp list' : `ce prp restore ${request.prp} ${phases[0]}`,
  });
}

/** Errors: those of `findCheckpoint` and of `repositoryState`. */
export async function restoreCheckpoint(git: Git, request: RestoreRequest): Promise<Result<Restored>> {
  const [refused] = await repositoryState(git.repository, git);
  if (refused !== undefined) return fail(refused);
  const found = await findCheckpoint(git, request);
  if (!found.ok) return found;
  const checkpoint = found.value;
  const saved = await saveEverything(git, request.now);
  if (!saved.ok) return saved;
  const { branch, head, refs, created } = saved.value;
  const target = await git.raw(['ls-tree', '-r', '-z', '--name-only', '--full-tree', checkpoint.commit]);
  if (!target.ok) return target;
  const wanted = new Set(target.value.split('\0'));
  // Untracked files in the way are kept in the work ref by now.
  for (const path of created) if (wanted.has(path)) rmSync(join(git.repository.root, path), { force: true });
  crashPoint('vcs.restore.tree.before');
  const moved = await git.inTurn(async () => git.raw(['read-tree', '--reset', '-u', checkpoint.commit]));
  crashPoint('vcs.restore.tree.after');
  if (!moved.ok) return moved;
  crashPoint('vcs.restore.branch.before');
  const followed = await updateRef(git, { ref: branch, from: head, to: checkpoint.commit, why: `ce: restore ${checkpoint.prp} ${checkpoint.phase}` });
  crashPoint('vcs.restore.branch.after');
  if (!followed.ok) return followed;
  const [headRef = '', workRef] = refs;
  const undo = [`git reset --hard ${headRef}`, ...(workRef === undefined ? [] : [`git restore --source=${workRef} -- .`])];
  return ok({ checkpoint, branch: branch.replace(/^refs\/heads\//, ''), safety: refs, undo });
}

interface Saved {
  readonly branch: string;
  readonly head: string;
  readonly refs: readonly string[];
  /** Untracked files. */
  readonly created: readonly string[];
}

async function saveEverything(git: Git, now: Date): Promise<Result<Saved>> {
  const branch = await currentBranch(git);
  const head = await currentValue(git, 'HEAD');
  if (branch === null || head === null)
    return fail({ code: 'CE_GIT_NO_COMMIT', message: 'the repository has no commit yet', next: 'git add -A && git commit -m "first commit"' });
  let place = `refs/ce/safety/${timestamp(now)}`;
  for (let count = 2; (await currentValue(git, `${place}/head`)) !== null; count += 1) place = `refs/ce/safety/${timestamp(now)}-${count}`;
  const changes = (await changedPaths(git)).filter(({ path }) => !path.endsWith('/'));
  const values = [{ ref: `${place}/head`, to: head }];
  if (changes.length > 0) {
    const work = await commitPaths({
      git,
      parent: head,
      paths: changes.map(({ path }) => path),
      message: 'ce: uncommitted changes before a restore\n',
      hooks: 'off',
    });
    if (!work.ok) return work;
    values.push({ ref: `${place}/work`, to: work.value.commit });
  }
  for (const { ref, to } of values) {
    crashPoint('vcs.restore.safety.before');
    const kept = await updateRef(git, { ref, from: null, to, why: 'ce: before a restore' });
    crashPoint('vcs.restore.safety.after');
    if (!kept.ok) return kept;
  }
  return ok({ branch, head, refs: values.map(({ ref }) => ref), created: changes.filter(({ status }) => status === 'untracked').map(({ path }) => path) });
}
