/** What is installed beside the sources, as digests: tests answer for that too. Content, not times, so that worktrees share verdicts. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from '../model.ts';

const known = new Map<string, string>();

function once(key: string, make: () => string): string {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** For L2 and above: the installed node packages and the Python environment that the check's folder sees. */
export function environmentStamps(root: string, check: Check): Readonly<Record<string, string>> {
  if (check.level === 'L1' || check.level === 'L4') return {};
  const stamps: Record<string, string> = {};
  const node = nearest(root, check.cwd, 'node_modules/.package-lock.json');
  if (node !== null) stamps['node_modules'] = once(node, () => sha256(readFileSync(node)));
  const python = nearest(root, check.cwd, '.venv/pyvenv.cfg') ?? nearest(root, check.cwd, 'venv/pyvenv.cfg');
  if (python !== null) stamps['venv'] = once(python, () => sha256([readFileSync(python, 'utf8'), ...distributions(dirname(python))].join('\n')));
  return stamps;
}

function nearest(root: string, from: string, name: string): string | null {
  for (let folder = join(root, from); folder.length >= root.length; folder = dirname(folder)) {
    const file = join(folder, name);
    if (existsSync(file)) return file;
  }
  return null;
}

/** Names and versions as pip writes them: `requests-2.32.3.dist-info`. */
function distributions(venv: string): readonly string[] {
  const library = join(venv, 'lib');
  if (!existsSync(library)) return [];
  return readdirSync(library)
    .map((name) => join(library, name, 'site-packages'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.dist-info') || name.endsWith('.egg-link')))
    .sort();
}
