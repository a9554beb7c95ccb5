/** Reads HEAD and refs from their files, loose ones before packed ones as git does. Starts no process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository.ts';

export interface Head {
  /** Short name, `main`; null when HEAD is detached. */
  readonly branch: string | null;
  /** Null when the branch has no commit yet. */
  readonly oid: string | null;
}

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const DEPTH = 5;

/** Null when the refs of this repository are not kept in files (reftable): then git must be asked. */
export function readHead(repository: Repository): Head | null {
  if (kindOfRefs(repository) === 'table') return null;
  const text = read(join(repository.gitDir, 'HEAD'))?.trim() ?? '';
  const target = /^ref:\s*(\S+)$/.exec(text)?.[1];
  if (target === undefined) return { branch: null, oid: OID.test(text) ? text : null };
  return { branch: target.replace(/^refs\/heads\//, ''), oid: readRef(repository, target) };
}

/** The object that a ref names, through symbolic refs; null when it does not exist. For repositories with refs in files. */
export function readRef(repository: Repository, ref: string): string | null {
  let name = ref;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const loose = read(join(folderOf(repository, name), name))?.trim();
    if (loose === undefined || loose === '') return readPacked(repository).get(name) ?? null;
    const target = /^ref:\s*(\S+)$/.exec(loose)?.[1];
    if (target === undefined) return OID.test(loose) ? loose : null;
    name = target;
  }
  return null;
}

/** Every ref whose full name starts with `prefix` (`refs/ce/`, `refs/tags/checkpoint-`), sorted by name. An annotated tag is its tag object. */
export function readRefs(repository: Repository, prefix: string): ReadonlyMap<string, string> | null {
  if (kindOfRefs(repository) === 'table') return null;
  const found = new Map<string, string>();
  const folder = prefix.slice(0, prefix.lastIndexOf('/'));
  // Loose first: a ref that is packed meanwhile is then seen at least once.
  const loose = looseNames(repository.commonDir, folder).filter((name) => name.startsWith(prefix));
  for (const [name, oid] of readPacked(repository)) if (name.startsWith(prefix)) found.set(name, oid);
  for (const name of loose) {
    const oid = readRef(repository, name);
    if (oid !== null) found.set(name, oid);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function looseNames(commonDir: string, folder: string): string[] {
  try {
    return readdirSync(join(commonDir, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return looseNames(commonDir, name);
      return entry.name.endsWith('.lock') ? [] : [name];
    });
  } catch {
    return [];
  }
}

/** HEAD and the refs of a bisect belong to the checkout, all others to the repository. */
function folderOf({ gitDir, commonDir }: Repository, name: string): string {
  return /^refs\/(?:bisect|worktree|rewritten)\/|^[A-Z_]+$/.test(name) ? gitDir : commonDir;
}

function readPacked({ commonDir }: Repository): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of (read(join(commonDir, 'packed-refs')) ?? '').split('\n')) {
    const space = line.indexOf(' ');
    const oid = line.slice(0, space);
    if (space > 0 && OID.test(oid)) refs.set(line.slice(space + 1).trimEnd(), oid);
  }
  return refs;
}

function kindOfRefs({ commonDir }: Repository): 'files' | 'table' {
  return /^\s*refstorage\s*=\s*reftable\s*$/im.test(read(join(commonDir, 'config')) ?? '') ? 'table' : 'files';
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
