/** A path that a person types is from the folder that they stand in; the rooms below know paths from the root. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';

/** Arguments with existing paths rewritten to stand from `root`; ids and targets stay as they are. */
export function fromRoot(words: readonly string[], cwd: string, root: string): readonly string[] {
  return words.map((word) => {
    const absolute = resolve(cwd, word);
    if (!/[/\\]|\.md$/i.test(word) || !existsSync(absolute)) return word;
    const path = relative(root, absolute).replaceAll('\\', '/');
    return path === '' ? '.' : path.startsWith('..') ? absolute : path;
  });
}
