/**
 * Before a run changes anything: end what a dead run left running, complete or undo the checkpoint that it was making, and learn
 * which changes of the tree are a failed or killed phase's own. Crash-only: after kill -9 and after Ctrl-C the same path is taken.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../errors.ts';
import { openingOf, openJournal } from '../state/journal.ts';
import { isElsewhere } from '../state/namespaces.ts';
import { listRuns, readRun, unfinishedLastRun, unfinishedRuns } from '../state/runs.ts';
import { sweepRun } from '../state/sweep.ts';
import { changedPaths, isArtefact, type Change } from '../vcs/changes.ts';
import { followIntent, settleIntent } from '../vcs/checkpoint.ts';
import type { Git } from '../vcs/git.ts';
import type { Workspace } from './workspace.ts';

/** What earlier runs left for this one. */
export interface Inheritance {
  /** Paths that belong to phases of the asked PRP that were not checkpointed. */
  readonly own: readonly string[];
  readonly byProducts: readonly string[];
  /** Path → sha256 of what an implementer last wrote there. */
  readonly written: ReadonlyMap<string, string | null>;
  /** Run ids that were settled here. */
  readonly recovered: readonly string[];
}

const TEMPORARY = /(^|\/)\.[^/]+\.ce-\d+\.tmp$/;

/** `prp` is the id of the PRP that goes on: what phases of another one left is not its own. */
export async function recover(
  workspace: Workspace,
  git: Git,
  changes: readonly Change[],
  prp: string,
  ask: (question: string) => Promise<boolean>,
): Promise<Result<Inheritance>> {
  const followed = await followLastRun(workspace, git);
  if (!followed.ok) return followed;
  if (followed.value === 'changed') return recover(workspace, git, await changedPaths(git), prp, ask);
  const recovered: string[] = [];
  for (const { path } of changes) if (TEMPORARY.test(path)) rmSync(join(workspace.root, path), { force: true });
  const remaining = changes.map(({ path }) => path).filter((path) => !TEMPORARY.test(path) && !isArtefact(path));
  for (const id of unfinishedRuns(workspace.paths, workspace.root)) {
    const state = readRun(workspace.paths, id);
    if (!state.ok) return state;
    if (isElsewhere(state.value.namespaces) && !(await ask(`Run ${id} was started in another container and did not end. Is it dead?`)))
      return fail(elsewhere(id));
    await sweepRun(id);
    const journal = openJournal(workspace.paths, id);
    if (!journal.ok) return journal;
    for (const intent of state.value.openIntents) {
      const settled = await settleIntent(git, intent);
      if (!settled.ok) return settled;
      if (settled.value === 'completed') journal.value.append({ type: 'settled', commit: intent.kind === 'checkpoint' ? intent.commit : intent.id }, 'durable');
    }
    // A phase that started and never said which paths it changed was killed while it worked: all that changed since is its own.
    for (const [key, paths] of state.value.openPhases) {
      const [prp = '', phase = ''] = key.split(':');
      if (paths === null) journal.value.append({ type: 'phase-paths', prp, phase, paths: remaining }, 'durable');
    }
    journal.value.append({ type: 'recovered' }, 'durable');
    journal.value.close();
    recovered.push(id);
  }
  const inherited = remaining.length === 0 ? ok({ own: [], byProducts: [], written: new Map() }) : inherit(workspace, prp);
  return inherited.ok ? ok({ ...inherited.value, recovered }) : inherited;
}

/** A run that ended by itself while another git held the index left its checkpoint made and the index behind. */
async function followLastRun({ paths, root }: Workspace, git: Git): Promise<Result<'changed' | 'same'>> {
  const id = unfinishedLastRun(paths, root);
  const state = id === null ? null : readRun(paths, id);
  if (id === null || state === null || !state.ok || state.value.endedAt === null) return ok('same');
  const journal = openJournal(paths, id);
  if (!journal.ok) return journal;
  try {
    let changed: 'changed' | 'same' = 'same';
    for (const intent of state.value.openIntents) {
      const followed = await followIntent(git, intent);
      if (!followed.ok) return followed;
      if (followed.value === 'not-made' || intent.kind === 'worktree') continue;
      journal.value.append({ type: 'settled', commit: intent.commit }, 'durable');
      changed = 'changed';
    }
    return ok(changed);
  } finally {
    journal.value.close();
  }
}

/** A process of another container can't be looked for from here. */
function elsewhere(id: string): Failure {
  return {
    code: 'CE_STATE_LOCKED',
    message: `run ${id} was started in another container and did not end`,
    why: "ce can't see from here whether it is still running",
    next: `Stop it there, or answer the question on a terminal; ce logs ${id}`,
  };
}

/** Looks back to the last run of this checkout that touched a phase of the PRP; runs that did not inherit on. */
function inherit(workspace: Workspace, prp: string): Result<Omit<Inheritance, 'recovered'>> {
  const own = new Set<string>();
  const byProducts = new Set<string>();
  const written = new Map<string, string | null>();
  for (const id of [...listRuns(workspace.paths)].reverse()) {
    const read = readRun(workspace.paths, id);
    if (!read.ok) return read;
    const { root, openPhases, checkpoints, byProducts: left } = read.value;
    if (root !== workspace.root || openingOf(workspace.paths, id) === null) continue;
    for (const path of left) byProducts.add(path);
    for (const [path, hash] of read.value.written) if (!written.has(path)) written.set(path, hash);
    const open = [...openPhases].filter(([key]) => key.slice(0, key.lastIndexOf(':')) === prp);
    for (const [, paths] of open) for (const path of paths ?? []) own.add(path);
    if (open.length > 0 || checkpoints.some((checkpoint) => checkpoint.prp === prp)) break;
  }
  return ok({ own: [...own], byProducts: [...byProducts], written });
}
