/** `ce cache gc`: brings the cache down to its limit, the entries used longest ago first. */
import { collect, planCollection } from '../../cache/gc.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'cache gc');
  const { paths, config } = workspace.value;
  const plan = planCollection(paths.ce, config.data.cache.maxBytes, Date.now());
  const dryRun = invocation.flag('dry-run');
  if (!dryRun) collect(plan);
  if (invocation.flag('json')) {
    printJson({
      v: 1,
      ...(dryRun ? { dry_run: true } : {}),
      entries: plan.entries,
      blobs: plan.blobs,
      bytes: plan.bytes,
      bytes_left: plan.bytesLeft,
      max_bytes: config.data.cache.maxBytes,
    });
    return 0;
  }
  const { collectionLine } = await import('../../report/cache.ts');
  printLines([collectionLine(plan, dryRun ? 'would' : 'did')]);
  return 0;
};
