/** `ce cache clear`: empties the cache. Checkpoints are in git, and runs keep their journals. */
import { cacheStatus, clearCache } from '../../cache/gc.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'cache clear');
  const { paths } = workspace.value;
  const { byteSize } = await import('../../report/cache.ts');
  const bytes = invocation.flag('dry-run') ? cacheStatus(paths.ce).bytes : clearCache(paths.ce);
  printLines([`${invocation.flag('dry-run') ? 'would remove' : 'removed'} ${byteSize(bytes)} in ${paths.cache}`]);
  return 0;
};
