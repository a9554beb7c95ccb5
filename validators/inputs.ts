/**
 * The globs that a verdict depends on, from the repository root. Too many only costs a run; one too few is a wrong cache hit, so
 * whatever can be imported across projects is judged over the whole tree.
 */
import { inProject } from './text.ts';
import type { Project } from '../core/api.ts';

/** Manifests and lockfiles. What is installed enters the key by itself, as stamps that the engine reads. */
const NODE_STATE: readonly string[] = [
  '**/package.json',
  '**/package-lock.json',
  '**/npm-shrinkwrap.json',
  '**/pnpm-lock.yaml',
  '**/pnpm-workspace.yaml',
  '**/yarn.lock',
  '**/bun.lock',
  '**/bun.lockb',
];

const IGNORE_FILES = '**/.gitignore';

/** For type checks and linters of JavaScript: sources of every project, their config and what is installed. */
export function scriptInputs(extra: readonly string[]): readonly string[] {
  return ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,vue,svelte,astro,json,jsonc}', ...NODE_STATE, IGNORE_FILES, ...extra];
}

/** For ruff: Python sources of the project, and every config that it may inherit. */
export function ruffInputs(project: Project): readonly string[] {
  return [inProject(project.dir, '**/*.{py,pyi,pyw,ipynb}'), '**/{pyproject.toml,ruff.toml,.ruff.toml}', IGNORE_FILES];
}

/** For tests: they may read any file of the tree. */
export function testInputs(): readonly string[] {
  return ['**/*'];
}

/** Milliseconds that a check may take unless the config says otherwise. */
export const TIME_LIMIT = 600_000;
