/**
 * Projects: the nearest folder with a manifest. The answer depends on nothing but which manifest files exist, so it may be
 * remembered under their list. Reads no file.
 */
import type { Project } from '../model.ts';

type Kind = Project['kinds'][number];

const MANIFESTS: Readonly<Record<string, Kind>> = {
  'package.json': 'node',
  'pyproject.toml': 'python',
  'setup.py': 'python',
  'setup.cfg': 'python',
  'requirements.txt': 'python',
  'go.mod': 'go',
  'Cargo.toml': 'rust',
};
const KINDS: readonly Kind[] = ['node', 'python', 'go', 'rust'];

/** Folders of other people's code, of tools, and of test data: a manifest in there is no project of this repository. */
const SKIPPED = /(?:^|\/)(?:node_modules|\.git|\.ce|\.venv|venv|site-packages|\.tox|\.nox|vendor|dist|build|target|fixtures|__fixtures__|testdata)(?:\/|$)/;

/** The folder of a path from the root; `.` for the root itself. */
function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

/** True for a file whose presence makes its folder a project: what a remembered list of projects depends on. */
export function isManifest(path: string): boolean {
  return MANIFESTS[path.slice(path.lastIndexOf('/') + 1)] !== undefined && !SKIPPED.test(path);
}

/**
 * `listing` holds files from the root with forward slashes, those that git ignores left out, in any order. Sorted by folder; the
 * root is always a project, of no kind when it has no manifest, so that every file has one.
 */
export function findProjects(listing: Iterable<string>): readonly Project[] {
  const kinds = new Map<string, Set<Kind>>([['.', new Set()]]);
  for (const path of listing) {
    const kind = MANIFESTS[path.slice(path.lastIndexOf('/') + 1)];
    if (kind === undefined || SKIPPED.test(path)) continue;
    const folder = folderOf(path);
    const known = kinds.get(folder) ?? new Set<Kind>();
    known.add(kind);
    kinds.set(folder, known);
  }
  return [...kinds]
    .map(([dir, found]) => ({ dir, kinds: KINDS.filter((kind) => found.has(kind)) }))
    .sort((a, b) => (a.dir < b.dir ? -1 : a.dir > b.dir ? 1 : 0));
}

/** The project that a path (from the root) belongs to: the one of the nearest folder. */
export function projectOf(path: string, projects: readonly Project[]): Project {
  const byDir = new Map(projects.map((project) => [project.dir, project]));
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const found = byDir.get(folder);
    if (found !== undefined) return found;
    if (folder === '.') return { dir: '.', kinds: [] };
  }
}
