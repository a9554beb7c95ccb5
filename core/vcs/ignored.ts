/** Which paths git leaves out of every commit because an ignore file says so. */
import type { Git } from './git.ts';

/** Of `paths` (from the root) those that are ignored and not tracked. */
export async function ignoredPaths(git: Git, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const { stdout } = await git.ask(['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--', ...paths]);
  return stdout.split('\0').filter((path) => path !== '');
}
