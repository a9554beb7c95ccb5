/**
 * What validators see of a project while they are detected: its files and where its tools are. Reads, and starts nothing.
 * A view remembers what it read; make a new one when the tree has changed.
 */
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join, relative, resolve, sep } from 'node:path';
import type { ProjectView } from '../contracts.ts';
import type { Json, Project } from '../model.ts';

export interface ViewEnvironment {
  /** As in `PATH`; the folders where programs are looked for last. */
  readonly path: string;
  /** Absolute folder of an active virtual environment; null when there is none. */
  readonly virtualEnv: string | null;
}

export function viewEnvironment(env: Readonly<Record<string, string | undefined>>): ViewEnvironment {
  return { path: env['PATH'] ?? '', virtualEnv: env['VIRTUAL_ENV'] ?? null };
}

/** Comments and trailing commas go, strings stay. Null when the rest is not JSON. */
export function parseJsonWithComments(text: string): Json | null {
  const bare = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? ' ')
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
  try {
    return JSON.parse(bare) as Json;
  } catch {
    return null;
  }
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isProgram(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const EXTENSIONS = process.platform === 'win32' ? ['.cmd', '.exe', '.bat', ''] : [''];

function programIn(folder: string, name: string): string | null {
  for (const extension of EXTENSIONS) {
    const file = join(folder, `${name}${extension}`);
    if (isProgram(file)) return file;
  }
  return null;
}

/** The folder and those above it up to the root, nearest first. */
function upward(root: string, dir: string): readonly string[] {
  const parts = dir === '.' ? [] : dir.split('/');
  return Array.from({ length: parts.length + 1 }, (_, up) => join(root, ...parts.slice(0, parts.length - up)));
}

const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';

/** `root` is absolute. Paths that leave the root are absent. */
export function createProjectView(root: string, project: Project, environment: ViewEnvironment): ProjectView {
  const base = resolve(root, project.dir);
  const texts = new Map<string, string | null>();
  const inside = (path: string): string | null => {
    const absolute = resolve(base, path);
    return absolute === root || absolute.startsWith(root.endsWith(sep) ? root : root + sep) ? absolute : null;
  };
  const read = (path: string): string | null => {
    const absolute = inside(path);
    if (absolute === null) return null;
    const known = texts.get(absolute);
    if (known !== undefined) return known;
    let text: string | null = null;
    try {
      text = readFileSync(absolute, 'utf8');
    } catch {
      text = null;
    }
    texts.set(absolute, text);
    return text;
  };
  const has = (path: string): boolean => {
    const absolute = inside(path);
    return absolute !== null && exists(absolute);
  };
  /** A program of the tree is named from the project's folder, so that the command is the same in every checkout. */
  const named = (program: string): string => {
    if (inside(program) === null) return program;
    return relative(base, program).split(sep).join('/');
  };
  const onPath = (name: string): readonly string[] | null =>
    environment.path.split(delimiter).some((folder) => folder !== '' && programIn(folder, name) !== null) ? [name] : null;
  const nodeTool = (name: string): readonly string[] | null => {
    const program = upward(root, project.dir)
      .map((folder) => programIn(join(folder, 'node_modules', '.bin'), name))
      .find((found) => found !== null);
    return program === undefined ? null : [named(program)];
  };
  const pythonTool = (name: string): readonly string[] | null => {
    const folders = upward(root, project.dir);
    const environments = [
      ...folders.flatMap((folder) => [join(folder, '.venv', BIN), join(folder, 'venv', BIN)]),
      ...(environment.virtualEnv === null ? [] : [join(environment.virtualEnv, BIN)]),
    ];
    const program = environments.map((folder) => programIn(folder, name)).find((found) => found !== null);
    if (program !== undefined) return [named(program)];
    const locked = folders.some((folder) => exists(join(folder, 'uv.lock')));
    return locked && onPath('uv') !== null ? ['uv', 'run', name] : null;
  };
  return {
    project,
    has,
    read,
    readJson(path) {
      const text = read(path);
      return text === null ? null : parseJsonWithComments(text);
    },
    tool(name, ecosystem) {
      switch (ecosystem) {
        case 'node':
          return nodeTool(name) ?? onPath(name);
        case 'python':
          return pythonTool(name) ?? onPath(name);
        case 'other':
          return onPath(name);
      }
    },
    list(path) {
      const absolute = inside(path);
      if (absolute === null) return [];
      try {
        return readdirSync(absolute).sort();
      } catch {
        return [];
      }
    },
  };
}
