/**
 * The state room: with the cache the only one that writes under `.ce/`. It records and replays; it may not run git, start work or
 * judge it. This file is the one place that knows where each file is.
 */
import { join } from 'node:path';

/** What is needed of a repository; `vcs/repository.ts` has it. */
export interface Places {
  /** Absolute root of this checkout. */
  readonly root: string;
  /** Absolute root of the main checkout, whose `.ce` all linked ones share. */
  readonly mainRoot: string;
}

/** Absolute paths. */
export interface StatePaths {
  readonly root: string;
  /** `.ce` of the main checkout. */
  readonly ce: string;
  /** `.ce` of this checkout: holds the session file only, where it is a linked one. */
  readonly ownCe: string;
  readonly version: string;
  readonly ignore: string;
  readonly runs: string;
  readonly cache: string;
  readonly memo: string;
  readonly history: string;
  readonly lock: string;
  /** `.ce/active_prp_session`, as the seeds name it. */
  readonly session: string;
  /** Notes that outlive sessions. */
  readonly memories: string;
  readonly temporary: string;
  run(id: string): string;
  journal(id: string): string;
  /** Prefix of a task's log files. */
  taskLog(id: string, task: string): string;
}

export function statePaths({ root, mainRoot }: Places): StatePaths {
  const ce = join(mainRoot, '.ce');
  const ownCe = join(root, '.ce');
  const runs = join(ce, 'runs');
  return {
    root,
    ce,
    ownCe,
    version: join(ce, 'version'),
    ignore: join(ce, '.gitignore'),
    runs,
    cache: join(ce, 'cache'),
    memo: join(ce, 'cache', 'memo'),
    history: join(ce, 'history.json'),
    lock: join(ce, 'lock'),
    session: join(ownCe, 'active_prp_session'),
    memories: join(ce, 'memories'),
    temporary: join(ce, 'tmp'),
    run: (id) => join(runs, id),
    journal: (id) => join(runs, id, 'journal.jsonl'),
    taskLog: (id, task) => join(runs, id, 'logs', fileName(task)),
  };
}

/** A task id as a file name: `PRP-5:phase2:L1` is `PRP-5.phase2.L1`. */
function fileName(task: string): string {
  return (
    task
      .replace(/[^A-Za-z0-9._-]+/g, '.')
      .replace(/^\.+/, '')
      .slice(0, 150) || 'task'
  );
}
