/** The tree as the phase will leave it: what was read, with the changes so far on top. Nothing is written here. */
import type { FileWrite } from '../../core/api.ts';

export interface Draft {
  /** Null when the file does not exist. */
  read(path: string): Promise<string | null>;
  write(path: string, content: string): Promise<void>;
  setExecutable(path: string, executable: boolean): void;
  remove(path: string): Promise<void>;
  /** What differs from the tree, sorted by path. */
  writes(): readonly FileWrite[];
}

export function createDraft(source: { readFile(path: string): Promise<string | null> }): Draft {
  const originals = new Map<string, string | null>();
  const current = new Map<string, string | null>();
  const modes = new Map<string, boolean>();
  const read = async (path: string): Promise<string | null> => {
    if (!originals.has(path)) {
      const content = await source.readFile(path);
      originals.set(path, content);
      if (!current.has(path)) current.set(path, content);
    }
    return current.get(path) ?? null;
  };
  return {
    read,
    async write(path, content) {
      await read(path);
      current.set(path, content);
    },
    setExecutable: (path, executable) => void modes.set(path, executable),
    async remove(path) {
      await read(path);
      current.set(path, null);
    },
    writes() {
      const changed = [...current].filter(([path, content]) => content !== originals.get(path) || (content !== null && modes.has(path)));
      return changed
        .map(([path, content]) => {
          const executable = content === null ? undefined : modes.get(path);
          return executable === undefined ? { path, content } : { path, content, executable };
        })
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}
