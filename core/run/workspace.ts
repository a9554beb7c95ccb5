/**
 * The composition room. It wires specs, graph, cache, execution, git and state into one request, and holds no parsing, hashing,
 * process or git code of its own. This file opens what every request needs: repository, config data, memory of derived facts.
 */
import { openMemo, type Memo } from '../cache/memo.ts';
import { resolveConfig, type ResolvedConfig } from '../config.ts';
import { ok, type Result } from '../errors.ts';
import { createSpecStore, type SpecStore } from '../spec/spec-store.ts';
import { statePaths, type StatePaths } from '../state/paths.ts';
import { isTrusted } from '../state/trust.ts';
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

/** Reads only. A config that is code runs here once it was approved, and never before. */
export async function openWorkspace(cwd: string, approval: 'ask' | 'given'): Promise<Result<Workspace>> {
  const repo = findRepository(cwd);
  if (!repo.ok) return repo;
  const paths = statePaths(repo.value);
  const memo = openMemo(paths.memo);
  const trusted = approval === 'given' || isTrusted(repo.value.root);
  const config = await resolveConfig(repo.value.root, memo, trusted ? 'yes' : 'no');
  if (!config.ok) return config;
  const specs = createSpecStore({ root: repo.value.root, globs: config.value.data.prps, cache: memo });
  return ok({ repo: repo.value, root: repo.value.root, paths, config: config.value, memo, specs, trusted });
}
