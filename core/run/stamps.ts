/** What is installed beside the sources, as digests: tests and type checks answer for that too. Content, not times, so that worktrees share verdicts. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from '../model.ts';

/** What package managers leave behind in what they installed: npm, pnpm, yarn. */
const INSTALLED = ['node_modules/.package-lock.json', 'node_modules/.modules.yaml', 'node_modules/.yarn-state.yml'];

const digests = new Map<string, string>();

/** Read again only when the file's stat changed: a gate may install packages while ce runs. */
function digestOf(file: string): string {
  const { mtimeMs, ctimeMs, size, ino } = statSync(file);
  const key = `${file} ${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  const before = digests.get(key);
  if (before !== undefined) return before;
  const digest = sha256(readFileSync(file));
  digests.set(key, digest);
  return digest;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The node packages and the Python environment that the check's folder sees. A config's or a spec's own command declares its inputs itself. */
export function environmentStamps(root: string, check: Check): Readonly<Record<string, string>> {
  if (check.validator === 'command' || check.inputs === null) return {};
  const stamps: Record<string, string> = {};
  for (const name of INSTALLED) {
    const file = nearest(root, check.cwd, name);
    if (file !== null) stamps[name] = digestOf(file);
  }
  const python = nearest(root, check.cwd, '.venv/pyvenv.cfg') ?? nearest(root, check.cwd, 'venv/pyvenv.cfg');
  if (python !== null) stamps['venv'] = sha256([readFileSync(python, 'utf8'), ...distributions(dirname(python))].join('\n'));
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
