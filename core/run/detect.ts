/**
 * Which checks the repository itself offers. What detection looked at is remembered with its answer, so that an unchanged
 * repository needs stats alone and loads no validator.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Memo } from '../cache/memo.ts';
import type { ConfigData } from '../config-types.ts';
import type { ProjectView, Validator } from '../contracts.ts';
import { createProjectView, viewEnvironment } from '../exec/project-view.ts';
import { findProjects, isManifest } from '../exec/projects.ts';
import type { Check, Project } from '../model.ts';
import { configuredChecks } from './checks.ts';

export interface Detection {
  readonly projects: readonly Project[];
  readonly checks: readonly Check[];
  /** Name → version of every validator that was there: part of the key of its verdicts. */
  readonly validators: Readonly<Record<string, string>>;
}

interface ToolQuestion {
  readonly project: Project;
  readonly name: string;
  readonly ecosystem: 'node' | 'python' | 'other';
  readonly answer: readonly string[] | null;
}

interface Remembered extends Detection {
  /** What was looked at, with its stat signature. */
  readonly looked: Readonly<Record<string, string>>;
  readonly tools: readonly ToolQuestion[];
}

export interface DetectionRequest {
  readonly root: string;
  readonly memo: Memo;
  readonly config: ConfigData;
  /** Hash of the config that is in force; empty without one. */
  readonly configHash: string;
  /** Of the config, for the origin of its validators. */
  readonly configFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called only when something changed. */
  readonly validators: () => Promise<ReadonlyMap<string, Validator>>;
}

function signature(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return '-';
  return stat.isDirectory() ? `d${stat.mtimeMs}` : `${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}:${stat.ino}`;
}

export async function detect(request: DetectionRequest): Promise<Detection> {
  const { root, memo } = request;
  const where = viewEnvironment(request.environment);
  const key = `detect-${createHash('sha256')
    .update(JSON.stringify([2, root, request.configHash, where]))
    .digest('hex')
    .slice(0, 32)}`;
  const text = memo.get(key);
  if (text !== null) {
    const remembered = JSON.parse(text) as Remembered;
    const same = Object.entries(remembered.looked).every(([path, before]) => signature(path) === before);
    if (
      same &&
      remembered.tools.every(({ project, name, ecosystem, answer }) => String(createProjectView(root, project, where).tool(name, ecosystem)) === String(answer))
    )
      return remembered;
  }
  const looked = new Map<string, string>();
  const tools: ToolQuestion[] = [];
  const note = (path: string): void => void (looked.has(path) || looked.set(path, signature(path)));
  const found = await look(request, note, tools);
  memo.set(key, JSON.stringify({ ...found, looked: Object.fromEntries(looked), tools } satisfies Remembered));
  return found;
}

async function look(request: DetectionRequest, note: (absolute: string) => void, tools: ToolQuestion[]): Promise<Detection> {
  const { root, config } = request;
  const configured = configuredChecks(config, request.configFile);
  const validators = await request.validators();
  const versions = Object.fromEntries([...validators.values()].map((validator) => [validator.name, validator.version]));
  const projects = config.detect ? findProjects(manifestsBelow(root, note)) : [];
  const taken = new Set(configured.map((check) => check.level));
  const where = viewEnvironment(request.environment);
  const detected = projects.flatMap((project) => {
    const view = watched(createProjectView(root, project, where), join(root, project.dir), note, tools);
    return [...validators.values()].flatMap((validator) => validator.detect(view));
  });
  return {
    projects,
    validators: versions,
    checks: [...configured, ...detected.filter((check) => !taken.has(check.level)).map((check) => ({ ...check, env: [...check.env, ...config.env] }))],
  };
}

/** Folders that hold no project of their own, whatever manifests lie in them. */
const SKIPPED = new Set([
  'node_modules',
  'venv',
  'dist',
  'build',
  'target',
  'vendor',
  'coverage',
  '__pycache__',
  'fixtures',
  '__fixtures__',
  'testdata',
  'templates',
]);
const DEEPEST = 6;

function manifestsBelow(root: string, note: (absolute: string) => void): readonly string[] {
  const found: string[] = [];
  const visit = (directory: string, depth: number): void => {
    const absolute = join(root, directory);
    note(absolute);
    for (const entry of readdirSync(absolute, { withFileTypes: true })) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isFile() && isManifest(path)) found.push(path);
      else if (entry.isDirectory() && depth < DEEPEST && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) visit(path, depth + 1);
    }
  };
  visit('', 0);
  return found.sort();
}

/** The view, with every question noted. */
function watched(view: ProjectView, base: string, note: (absolute: string) => void, tools: ToolQuestion[]): ProjectView {
  const noted = <T>(path: string, answer: T): T => {
    note(join(base, path));
    return answer;
  };
  return {
    project: view.project,
    has: (path) => noted(path, view.has(path)),
    read: (path) => noted(path, view.read(path)),
    readJson: (path) => noted(path, view.readJson(path)),
    list: (path) => noted(path, view.list(path)),
    tool(name, ecosystem) {
      const answer = view.tool(name, ecosystem);
      tools.push({ project: view.project, name, ecosystem, answer });
      return answer;
    },
  };
}
