/** Changes that gates left behind: new untracked files are told and left alone; a changed tracked file stops the run. */
import type { Failure } from '../errors.ts';
import type { Change } from '../vcs/changes.ts';
import type { RunContext } from './context.ts';

export function reviewLeftovers(unclaimed: readonly Change[], context: RunContext): Failure | null {
  const created = unclaimed.filter((change) => change.status === 'untracked').map(({ path }) => path);
  const touched = unclaimed.filter((change) => change.status !== 'untracked').map(({ path }) => path);
  if (touched.length > 0) return dirtyFailure(touched, 'a gate or another program changed tracked files that are not of this phase');
  if (created.length > 0) {
    context.ledger.addByProducts(created);
    context.journal.append({ type: 'by-products', paths: created }, 'lazy');
    context.bus.emit({
      type: 'log',
      level: 'warning',
      message: `left by a gate and not committed: ${created.slice(0, 5).join(', ')}${created.length > 5 ? ` and ${created.length - 5} more` : ''}; add them to .gitignore`,
      failure: null,
    });
  }
  return null;
}

/** CE_GIT_DIRTY with the list; at most ten paths are printed. */
export function dirtyFailure(paths: readonly string[], why: string): Failure {
  const shown = paths.slice(0, 10).join(', ');
  return {
    code: 'CE_GIT_DIRTY',
    message: `the tree has changes that are not of this phase: ${shown}${paths.length > 10 ? ` and ${paths.length - 10} more` : ''}`,
    why,
    next: 'Commit or stash them, or go on with --allow-dirty (such checkpoints do not count as done).',
  };
}
