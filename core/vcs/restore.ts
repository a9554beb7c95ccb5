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
import { findObstacles } from './obstacles.ts';
import type { Git } from './git.ts';
import { timestamp } from './ref-name.ts';
import { repositoryState } from './preconditions.ts';
import { currentBranch, currentValue, updateRef } from './update-ref.ts';

export interface Restored {
  readonly checkpoint: ListedCheckpoint;
  /** Short name of the branch that moved. */
  readonly branch: string;
  /** `refs/ce/safety/<time>/head`, `…/work` when there were uncommitted changes, and `…/index` when some were staged. */
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
  const obstacles = await findObstacles(git, checkpoint.commit);
  if (!obstacles.ok) return obstacles;
  const saved = await saveEverything(git, request.now, obstacles.value);
  if (!saved.ok) return saved;
  const { branch, head, refs } = saved.value;
  // What no commit of the branch holds is in the work ref by now.
  for (const path of obstacles.value) rmSync(join(git.repository.root, path), { force: true });
  crashPoint('vcs.restore.tree.before');
  const moved = await git.inTurn(async () => git.raw(['read-tree', '--reset', '-u', checkpoint.commit]));
  crashPoint('vcs.restore.tree.after');
  if (!moved.ok) return moved;
  crashPoint('vcs.restore.branch.before');
  const followed = await updateRef(git, { ref: branch, from: head, to: checkpoint.commit, why: `ce: restore ${checkpoint.prp} ${checkpoint.phase}` });
  crashPoint('vcs.restore.branch.after');
  if (!followed.ok) return followed;
  const back = {
    head: (ref: string) => `git reset --hard ${ref}`,
    work: (ref: string) => `git restore --source=${ref} -- .`,
    index: (ref: string) => `git read-tree ${ref}`,
  };
  const undo = refs.map(({ kind, ref }) => back[kind](ref));
  return ok({ checkpoint, branch: branch.replace(/^refs\/heads\//, ''), safety: refs.map(({ ref }) => ref), undo });
}

interface Saved {
  readonly branch: string;
  readonly head: string;
  readonly refs: readonly SafetyRef[];
}

interface SafetyRef {
  readonly kind: 'head' | 'work' | 'index';
  readonly ref: string;
  readonly to: string;
}

async function saveEverything(git: Git, now: Date, obstacles: readonly string[]): Promise<Result<Saved>> {
  const branch = await currentBranch(git);
  const head = await currentValue(git, 'HEAD');
  if (branch === null || head === null)
    return fail({ code: 'CE_GIT_NO_COMMIT', message: 'the repository has no commit yet', next: 'git add -A && git commit -m "first commit"' });
  let place = `refs/ce/safety/${timestamp(now)}`;
  for (let count = 2; (await currentValue(git, `${place}/head`)) !== null; count += 1) place = `refs/ce/safety/${timestamp(now)}-${count}`;
  const changes = (await changedPaths(git)).filter(({ path }) => !path.endsWith('/'));
  const refs: SafetyRef[] = [{ kind: 'head', ref: `${place}/head`, to: head }];
  const paths = [...new Set([...changes.map(({ path }) => path), ...obstacles])];
  if (paths.length > 0) {
    const work = await commitPaths({
      git,
      parent: head,
      paths,
      message: 'ce: uncommitted changes before a restore\n',
      hooks: 'off',
    });
    if (!work.ok) return work;
    refs.push({ kind: 'work', ref: `${place}/work`, to: work.value.commit });
  }
  if (changes.some(({ staged }) => staged)) {
    const index = await commitIndex(git, head);
    if (!index.ok) return index;
    refs.push({ kind: 'index', ref: `${place}/index`, to: index.value });
  }
  for (const { ref, to } of refs) {
    crashPoint('vcs.restore.safety.before');
    const kept = await updateRef(git, { ref, from: null, to, why: 'ce: before a restore' });
    crashPoint('vcs.restore.safety.after');
    if (!kept.ok) return kept;
  }
  return ok({ branch, head, refs });
}

/** What is staged may differ from the files: a commit of the index as it is. */
async function commitIndex(git: Git, head: string): Promise<Result<string>> {
  const tree = await git.raw(['write-tree']);
  if (!tree.ok) return tree;
  const commit = await git.withInput(['commit-tree', '-p', head, '-F', '-', tree.value.trim()], 'ce: staged changes before a restore\n');
  return commit.ok ? ok(commit.value.trim()) : commit;
}
