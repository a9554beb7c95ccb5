/** `ce cache status`: size and entries of the cache. Reads only. */
import { cacheStatus } from '../../cache/gc.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'cache status');
  const { paths, config } = workspace.value;
  const status = cacheStatus(paths.ce);
  const { maxBytes } = config.data.cache;
  if (invocation.flag('json')) {
    printJson({ v: 1, folder: paths.cache, entries: status.entries, blobs: status.blobs, bytes: status.bytes, max_bytes: maxBytes, oldest: status.oldest });
    return 0;
  }
  const { cacheStatusLines } = await import('../../report/cache.ts');
  printLines(cacheStatusLines(status, maxBytes, paths.cache));
  return 0;
};
