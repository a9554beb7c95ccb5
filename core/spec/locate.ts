/** Finds spec files by globs. Reads folders, never files; knows which names are no specs. */
import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

const SKIPPED = new Set(['node_modules', '.git', '.hg', '.venv', 'venv', '__pycache__', 'dist', 'build', 'coverage']);
const NAMES = /^(?:readme|index|template|initial|summary|review|changelog|contributing|todo|notes|claude|agents)$/i;
const SUFFIX = /[-_.](?:INITIAL|SUMMARY|REVIEW|TEMPLATE|REPORT|README)$/;

/**
 * Paths from `root`, with forward slashes, sorted. Globs know `**`, `*`, `?` and `{a,b}`; one that starts with `!` excludes.
 * Links to folders are not followed. A folder that is not there or can't be read holds nothing.
 */
export function listSpecFiles(root: string, globs: readonly string[]): string[] {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map((glob) => glob.replace(/^\.\//, ''));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => globPattern(glob.slice(1).replace(/^\.\//, '')));
  const found = new Set<string>();
  for (const glob of wanted) {
    const pattern = globPattern(glob);
    for (const path of walk(root, literalBase(glob), glob.includes('**') ? 40 : glob.split('/').length)) {
      if (pattern.test(path) && !unwanted.some((each) => each.test(path))) found.add(path);
    }
  }
  return [...found].sort();
}

/** True for names that stand beside specs and are none: README, templates, INITIAL, SUMMARY, REVIEW. */
export function isBesideSpecs(path: string): boolean {
  const parts = path.split('/');
  const stem = (parts.at(-1) ?? '').replace(/\.[^.]+$/, '');
  return (
    NAMES.test(stem) ||
    SUFFIX.test(stem) ||
    /^prp[-_]?(?:base|template|spec[-_]template)/i.test(stem) ||
    parts.slice(0, -1).some((part) => /^(?:templates?|ai_docs|examples?)$/i.test(part))
  );
}

function* walk(root: string, base: string, depth: number): Generator<string> {
  const stack: string[] = [base];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && path.split('/').length < depth) stack.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    }
  }
}

/** A folder that cannot be read holds nothing. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The folders before the first special character. */
function literalBase(glob: string): string {
  const parts = glob.split('/');
  const at = parts.findIndex((part) => /[*?{[]/.test(part));
  return parts.slice(0, at < 0 ? -1 : at).join('/');
}

function globPattern(glob: string): RegExp {
  let source = '';
  let depth = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] ?? '';
    if (glob.startsWith('**/', index)) {
      source += '(?:[^/]+/)*';
      index += 2;
    } else if (glob.startsWith('**', index)) {
      source += '.*';
      index += 1;
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '{') {
      source += '(?:';
      depth += 1;
    } else if (character === '}' && depth > 0) {
      source += ')';
      depth -= 1;
    } else if (character === ',' && depth > 0) source += '|';
    else source += character.replace(/[.+^$()|[\]\\{}]/g, '\\$&');
  }
  return new RegExp(`^${source}${')'.repeat(depth)}$`);
}
