/** What package.json says: scripts, declared packages, and the package manager that the lockfile belongs to. */
import type { Json, ProjectView } from '../core/api.ts';

export interface PackageJson {
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of all declared packages, of any kind. */
  readonly declared: ReadonlySet<string>;
  /** The parsed file. */
  readonly data: Readonly<Record<string, Json>>;
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

function isRecord(value: Json | undefined | null): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringsOf(value: Json | undefined): Readonly<Record<string, string>> {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) : {};
}

/** The scripts of a package.json's text; none when it is missing or broken. */
export function readScripts(text: string | null): Readonly<Record<string, string>> {
  try {
    const parsed = text === null ? null : (JSON.parse(text) as Json);
    return isRecord(parsed) ? stringsOf(parsed['scripts']) : {};
  } catch {
    return {};
  }
}

/** Null when the project has no package.json, or one that is no JSON object. */
export function readPackage(view: ProjectView): PackageJson | null {
  const data = view.readJson('package.json');
  if (!isRecord(data)) return null;
  const declared = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) => Object.keys(stringsOf(data[key])));
  return { scripts: stringsOf(data['scripts']), declared: new Set(declared), data };
}

/** By `packageManager`, then by the lockfile; npm when nothing says otherwise. */
export function packageManager(view: ProjectView, manifest: PackageJson): PackageManager {
  const named = manifest.data['packageManager'];
  const name = typeof named === 'string' ? named.split('@')[0] : undefined;
  if (name === 'pnpm' || name === 'yarn' || name === 'bun' || name === 'npm') return name;
  if (view.has('pnpm-lock.yaml')) return 'pnpm';
  if (view.has('yarn.lock')) return 'yarn';
  return view.has('bun.lock') || view.has('bun.lockb') ? 'bun' : 'npm';
}
