/** Where a process lives: its pid, and the lock of a Linux socket, mean something only inside the same namespaces. */
import { readlinkSync } from 'node:fs';

/** The namespaces of this process; empty where the system has none. */
export function namespaces(): readonly string[] {
  return ['pid', 'net', 'mnt'].flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/ns/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Whether a journal was written in another container or sandbox: its run may be alive where neither lock nor sweep can see it. */
export function isElsewhere(recorded: readonly string[]): boolean {
  const here = namespaces();
  return recorded.length > 0 && here.length > 0 && recorded.some((name) => !here.includes(name));
}
