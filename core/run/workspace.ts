/**
 * The composition room. It wires specs, graph, cache, execution, git and state into one request, and holds no parsing, hashing,
 * process or git code of its own. This file opens what every request needs: repository, config data, memory of derived facts.
 */
import { openMemo, type Memo } from '../cache/memo.ts';
import { resolveConfig, type ResolvedConfig } from '../config.ts';
import { ok, type Result } from '../errors.ts';
import { createSpecStore, type SpecStore } from '../spec/spec-store.ts';
import { ensureStateDir } from '../state/dir.ts';
import { statePaths, type StatePaths } from '../state/paths.ts';
import { approve, isTrusted } from '../state/trust.ts';
import { findRepository, type Repository } from '../vcs/repository.ts';

export interface Workspace {
  readonly repo: Repository;
  /** Absolute root of this checkout. */
  readonly root: string;
  readonly paths: StatePaths;
  readonly config: ResolvedConfig;
  readonly memo: Memo;
  readonly specs: SpecStore;
  /** True when this clone's commands and config were approved. */
  readonly trusted: boolean;
}

/**
 * Reads only, but for what it remembers: derived facts under `.ce/cache`, and an approval that was given. A config that is code runs
 * here once it was approved, and never before.
 */
export async function openWorkspace(cwd: string, approval: 'ask' | 'given'): Promise<Result<Workspace>> {
  const repo = findRepository(cwd);
  if (!repo.ok) return repo;
  const paths = statePaths(repo.value);
  const memo = carefulMemo(paths);
  const known = isTrusted(repo.value.root);
  // What can't be remembered holds for this command all the same.
  if (approval === 'given' && !known) approve(repo.value.root);
  const trusted = approval === 'given' || known;
  const config = await resolveConfig(repo.value.root, memo, trusted ? 'yes' : 'no');
  if (!config.ok) return config;
  const specs = createSpecStore({ root: repo.value.root, globs: config.value.data.prps, cache: memo });
  return ok({ repo: repo.value, root: repo.value.root, paths, config: config.value, memo, specs, trusted });
}

/** Writes only into a `.ce` that is safe to write to and ignored by git, which the first write makes. */
function carefulMemo(paths: StatePaths): Memo {
  const memo = openMemo(paths.memo);
  let safe: boolean | null = null;
  return {
    get: memo.get,
    set(key, json) {
      safe ??= ensureStateDir(paths).ok;
      if (safe) memo.set(key, json);
    },
  };
}
