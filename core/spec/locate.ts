/**
 * From an id or a path to a PRP. Parsed PRPs are remembered under the hash of their text and an index keeps the stats of the files,
 * so that an unchanged tree needs stats alone and no markdown library. May read files; parsing itself is in prp.ts.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';
import type { Prp } from '../model.ts';
import { normaliseId } from './ids.ts';

export interface SpecStore {
  /** Every PRP of the globs, in the order of their paths. */
  all(): Promise<readonly Prp[]>;
  /** By id, or by path, also outside the globs. Errors: CE_SPEC_NOT_FOUND, CE_SPEC_AMBIGUOUS. */
  find(query: string): Promise<Result<Prp>>;
  /** An id, or a pattern such as `PRP-47.*`. Errors as `find`. */
  match(pattern: string): Promise<Result<readonly Prp[]>>;
}

export interface SpecStoreOptions {
  /** Absolute. */
  readonly root: string;
  readonly globs: readonly string[];
  readonly get: (key: string) => string | null;
  readonly set: (key: string, json: string) => void;
}

/** Raised when the parser reads the same text differently. */
const PARSER = 1;
const LARGEST = 4 * 1024 * 1024;

interface Entry {
  readonly stat: string;
  readonly key: string;
  readonly id: string;
  readonly listed: boolean;
}

export function createSpecStore({ root, globs, get, set }: SpecStoreOptions): SpecStore {
  const indexKey = `specs-${createHash('sha256').update(JSON.stringify([PARSER, root, globs])).digest('hex').slice(0, 24)}`;
  let index: Map<string, Entry> | null = null;
  let dirty = false;

  const known = (): Map<string, Entry> => (index ??= new Map(Object.entries(JSON.parse(get(indexKey) ?? '{}') as Record<string, Entry>)));

  const read = async (path: string): Promise<{ readonly entry: Entry; readonly prp: () => Promise<Prp> }> => {
    const file = resolve(root, path);
    const stat = statOf(file);
    const before = known().get(path);
    const remembered = before?.stat === stat ? get(before.key) : null;
    if (before !== undefined && remembered !== null) return { entry: before, prp: async () => JSON.parse(remembered) as Prp };
    const size = statSync(file).size;
    const text = size > LARGEST ? ' '.repeat(LARGEST) : readFileSync(file, 'utf8');
    const key = `spec-${createHash('sha256').update(`${PARSER}\0${path}\0${text}`).digest('hex').slice(0, 40)}`;
    const { parsePrp } = await import('./prp.ts');
    const prp = parsePrp(path, text);
    const entry: Entry = { stat, key, id: prp.id, listed: isListed(path, prp) };
    set(key, JSON.stringify(prp));
    known().set(path, entry);
    dirty = true;
    return { entry, prp: async () => prp };
  };

  const save = (): void => {
    if (!dirty) return;
    set(indexKey, JSON.stringify(Object.fromEntries(known())));
    dirty = false;
  };

  const entries = async (): Promise<readonly { readonly path: string; readonly entry: Entry; readonly prp: () => Promise<Prp> }[]> => {
    const found = [];
    for (const path of listSpecFiles(root, globs)) found.push({ path, ...(await read(path)) });
    save();
    return found.filter(({ entry }) => entry.listed);
  };

  const find = async (query: string): Promise<Result<Prp>> => {
    const path = isAbsolute(query) ? relative(root, query) : query.replace(/^\.\//, '').replaceAll('\\', '/');
    if (statSync(resolve(root, path), { throwIfNoEntry: false })?.isFile() === true) {
      const one = await read(path);
      save();
      return ok(await one.prp());
    }
    const all = await entries();
    const id = normaliseId(query);
    const matching = all.filter(({ entry }) => id !== null && entry.id === id);
    const [first, ...others] = matching;
    if (first === undefined) return notFound(query, all.map(({ entry }) => entry.id));
    if (others.length > 0) {
      return fail({ code: 'CE_SPEC_AMBIGUOUS', message: `${first.entry.id} is the id of ${matching.length} files`, why: matching.map((one) => one.path).join('\n'), next: `Give the path: ${first.path}` });
    }
    return ok(await first.prp());
  };

  return {
    async all() {
      return Promise.all((await entries()).map(({ prp }) => prp()));
    },
    find,
    async match(pattern): Promise<Result<readonly Prp[]>> {
      if (!pattern.endsWith('.*')) {
        const one = await find(pattern);
        return one.ok ? ok([one.value]) : one;
      }
      const prefix = normaliseId(pattern.slice(0, -2)) ?? pattern.slice(0, -2);
      const all = (await entries()).filter(({ entry }) => entry.id.startsWith(`${prefix}.`));
      if (all.length === 0) return notFound(pattern, []);
      const twice = all.find(({ entry }, at) => all.findIndex((other) => other.entry.id === entry.id) !== at);
      if (twice !== undefined) {
        const ambiguous = await find(twice.entry.id);
        if (!ambiguous.ok) return ambiguous;
      }
      return ok(await Promise.all(all.map(({ prp }) => prp())));
    },
  };
}

function statOf(file: string): string {
  const stat = statSync(file);
  return `${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}:${stat.ino}`;
}

async function notFound(query: string, ids: readonly string[]): Promise<Result<never>> {
  const { nearMisses } = await import('../suggest.ts');
  const near = nearMisses(query, new Set(ids));
  return fail({
    code: 'CE_SPEC_NOT_FOUND',
    message: `PRP file not found: ${query}`,
    ...(near.length > 0 ? { why: `Near: ${near.join(', ')}` } : {}),
    next: near.length > 0 ? `Did you mean ${near[0]}? \`ce list\` shows all.` : 'Give the full path, or put the file below PRPs/ (PRPs/feature-requests/); `ce list` shows what is there.',
  });
}

const ANCILLARY = /(^|[-_/])(README|TEMPLATE|INITIAL|SUMMARY|REVIEW|PLAN|INDEX)([-_.]|$)/i;

/** A file of the globs that is a PRP: it has phases, or an id of its own and no name of a companion file. */
function isListed(path: string, prp: Prp): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !ANCILLARY.test(name) && (prp.executable || /^PRP-/i.test(name) || /^PRP-/i.test(prp.id));
}

const SKIPPED = new Set(['node_modules', '.git', '.ce']);

/** Paths from the root that match a glob, sorted. */
export function listSpecFiles(root: string, globs: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const glob of globs) {
    const base = glob.split('/').slice(0, glob.split('/').findIndex((part) => /[*?[{]/.test(part))).join('/');
    const matches = globToTest(glob);
    for (const path of walk(root, base)) if (matches(path)) found.add(path);
  }
  return [...found].sort();
}

function walk(root: string, folder: string): readonly string[] {
  const absolute = join(root, folder);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() && /\.md$/i.test(entry.name) ? [path] : [];
  });
}

/** Globs of specs are few and plain: `**`, `*`, `?` and `{a,b}`. */
function globToTest(glob: string): (path: string) => boolean {
  const source = glob.replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?|\{|\}|,/g, (part) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')', ',': '|' })[part] ?? part);
  const pattern = new RegExp(`^${source}$`);
  return (path) => pattern.test(path);
}
