/** After a run: how long its tasks took is remembered, and a cache that outgrew its limit is cut back. Trouble here is nobody's failure. */
import { collect, planCollection } from '../cache/gc.ts';
import { recordDurations } from '../state/history.ts';
import { readRun } from '../state/runs.ts';
import type { Workspace } from './workspace.ts';

export function upkeep(workspace: Workspace, run: string): void {
  const state = readRun(workspace.paths, run);
  if (state.ok) recordDurations(workspace.paths, state.value);
  try {
    collect(planCollection(workspace.paths.ce, workspace.config.data.cache.maxBytes, Date.now()));
  } catch {
    // The next run, or `ce cache gc`, tries again.
  }
}
