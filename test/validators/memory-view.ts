/** A project that exists only as a table of files, and the tools that are named. */
import { posix } from 'node:path';
import { parseJsonWithComments } from '../../core/exec/project-view.ts';
import type { Project, ProjectView } from '../../core/api.ts';

/** Paths of `files` are from the root. */
export function memoryView(files: Readonly<Record<string, string>>, tools: readonly string[] = [], project: Project = { dir: '.', kinds: [] }): ProjectView {
  const rooted = (path: string): string => posix.normalize(posix.join(project.dir, path));
  const read = (path: string): string | null => files[rooted(path)] ?? null;
  const list = (path: string): readonly string[] => {
    const folder = rooted(path) === '.' ? '' : `${rooted(path).replace(/\/$/, '')}/`;
    return [
      ...new Set(
        Object.keys(files)
          .filter((file) => file.startsWith(folder))
          .map((file) => file.slice(folder.length).split('/')[0] ?? ''),
      ),
    ].sort();
  };
  return {
    project,
    read,
    list,
    has: (path) => read(path) !== null || list(path).length > 0,
    readJson: (path) => (read(path) === null ? null : parseJsonWithComments(read(path) ?? '')),
    tool: (name) => (tools.includes(name) ? [name] : null),
  };
}
