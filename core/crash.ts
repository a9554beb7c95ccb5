/** Named places where a test may kill this process, to show that nothing is lost there. Does nothing unless CE_CRASH_AT is set. */

/** One line a place; a test holds that every rename, ref update, spawn and fsync has one beside it. */
export const CRASH_POINTS = [
  'process.spawn.before',
  'process.spawn.after',
  'exec.write.rename.before',
  'exec.write.rename.after',
  'cache.memo.rename.before',
  'cache.blob.sync.before',
  'cache.blob.rename.before',
  'cache.blob.rename.after',
  'cache.action.sync.before',
  'cache.action.rename.before',
  'cache.action.rename.after',
  'cache.index.rename.before',
  'cache.index.rename.after',
  'cache.results.rename.before',
  'cache.results.rename.after',
  'cache.history.rename.before',
  'cache.history.rename.after',
  'cache.tools.rename.before',
  'cache.tools.rename.after',
  'vcs.index.write.before',
  'vcs.index.write.after',
  'vcs.checkpoint.ref.before',
  'vcs.checkpoint.ref.after',
  'vcs.checkpoint.tag.before',
  'vcs.checkpoint.tag.after',
  'vcs.checkpoint.branch.before',
  'vcs.checkpoint.branch.after',
  'vcs.index.rename.before',
  'vcs.index.rename.after',
  'vcs.undo.before',
  'vcs.undo.after',
  'vcs.restore.safety.before',
  'vcs.restore.safety.after',
  'vcs.restore.tree.before',
  'vcs.restore.tree.after',
  'vcs.restore.branch.before',
  'vcs.restore.branch.after',
  'vcs.worktree.add.before',
  'vcs.worktree.add.after',
  'vcs.worktree.remove.before',
  'vcs.worktree.remove.after',
  'state.journal.create.sync',
  'state.journal.append.write',
  'state.journal.append.sync.before',
  'state.journal.append.sync.after',
  'state.journal.repair.before',
  'state.journal.repair.after',
  'state.file.sync',
  'state.file.rename.before',
  'state.file.rename.after',
  'state.trust.rename.before',
  'state.trust.rename.after',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

const seen = new Map<string, number>();

/** With `CE_CRASH_AT=name` or `name:n` in the environment the n-th call (default: the first) of that name kills the process with SIGKILL. */
export function crashPoint(name: CrashPoint): void {
  const wanted = process.env['CE_CRASH_AT'];
  if (wanted === undefined) return;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  if (wanted === `${name}:${count}` || (wanted === name && count === 1)) process.kill(process.pid, 'SIGKILL');
}
