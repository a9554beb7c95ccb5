/** `.gitignore` files as git reads them (gitignore(5)). Pure: text in, an answer for a path out. */

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  /** Only a directory matches. */
  readonly directory: boolean;
  /** Matched against the last name of the path, at any depth. */
  readonly anywhere: boolean;
}

/** The rules of one `.gitignore`, in the order of the file. `folder` is where it lies, from the root; empty for the root. */
export interface IgnoreFile {
  readonly folder: string;
  readonly rules: readonly Rule[];
}

export function parseIgnoreFile(folder: string, text: string): IgnoreFile {
  const rules: Rule[] = [];
  for (const line of asBytes(text.replace(/^\uFEFF/, '')).split('\n')) {
    const rule = parseRule(line.replace(/\r$/, ''));
    if (rule !== null) rules.push(rule);
  }
  return { folder: asBytes(folder), rules };
}

/**
 * Whether git ignores this path, given the ignore files of the folders above it, outermost first. The last rule that matches
 * decides, and the files nearer to the path come later. A path inside an ignored folder is ignored too: the caller does not descend.
 */
export function isIgnored(files: readonly IgnoreFile[], of: string, isDirectory: boolean): boolean {
  const path = asBytes(of);
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (let i = files.length - 1; i >= 0; i--) {
    const file = files[i];
    if (file === undefined) continue;
    const below = file.folder === '' ? path : path.slice(file.folder.length + 1);
    for (let j = file.rules.length - 1; j >= 0; j--) {
      const rule = file.rules[j];
      if (rule === undefined || (rule.directory && !isDirectory)) continue;
      if (rule.pattern.test(rule.anywhere ? name : below)) return !rule.negated;
    }
  }
  return false;
}

/** git matches bytes, so that `?` and a class take one byte of a letter: one character for each byte of UTF-8. */
function asBytes(text: string): string {
  return /[^\0-\x7f]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}

function parseRule(line: string): Rule | null {
  let text = stripBlanks(line);
  if (text === '' || text.startsWith('#')) return null;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  const directory = text.endsWith('/');
  if (directory) text = text.slice(0, -1);
  if (text === '') return null;
  const anywhere = !text.includes('/');
  const source = toRegex(text.startsWith('/') ? text.slice(1) : text, anywhere);
  return source === null ? null : { pattern: new RegExp(`^${source}$`, 's'), negated, directory, anywhere };
}

/** Blanks at the end do not count unless a backslash stands before them. */
function stripBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ') end--;
  let backslashes = 0;
  while (end - backslashes > 0 && line[end - backslashes - 1] === '\\') backslashes++;
  return end < line.length && backslashes % 2 === 1 ? line.slice(0, end + 1) : line.slice(0, end);
}

/** Null for a pattern that matches nothing: an unclosed class or a backslash at the end. */
function toRegex(glob: string, anywhere: boolean): string | null {
  let out = '';
  for (let i = 0; i < glob.length; ) {
    const char = glob[i] ?? '';
    if (char === '*') {
      let end = i;
      while (glob[end] === '*') end++;
      const after = glob[end];
      const folders = end - i === 2 && !anywhere && (i === 0 || glob[i - 1] === '/') && (after === '/' || after === undefined);
      if (folders && after === '/') {
        out += '(?:.*/)?';
        end++;
      } else out += folders ? '.*' : '[^/]*';
      i = end;
    } else if (char === '?') {
      out += '[^/]';
      i++;
    } else if (char === '[') {
      const found = readClass(glob, i);
      if (found === null) return null;
      out += found.source;
      i = found.end;
    } else {
      const literal = char === '\\' ? glob[i + 1] : char;
      if (literal === undefined) return null;
      out += escapeForRegex(literal);
      i += char === '\\' ? 2 : 1;
    }
  }
  return out;
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: 'A-Fa-f0-9',
};

/** A `[…]` class that starts at `from`; it never matches a slash. */
function readClass(glob: string, from: number): { readonly source: string; readonly end: number } | null {
  let i = from + 1;
  const negated = glob[i] === '!' || glob[i] === '^';
  if (negated) i++;
  let body = '';
  for (let first = true; first || glob[i] !== ']'; first = false) {
    const posix = /^\[:(\w*):\]/.exec(glob.slice(i));
    if (posix !== null) {
      const set = POSIX[posix[1] ?? ''];
      if (set === undefined) return null;
      body += set;
      i += posix[0].length;
      continue;
    }
    const low = readMember(glob, i);
    if (low === null) return null;
    i = low.end;
    if (glob[i] === '-' && glob[i + 1] !== ']' && glob[i + 1] !== undefined) {
      const high = readMember(glob, i + 1);
      if (high === null) return null;
      i = high.end;
      if (low.char <= high.char) body += `${escapeForRegex(low.char)}-${escapeForRegex(high.char)}`;
    } else body += escapeForRegex(low.char);
  }
  if (body === '') return negated ? { source: '[^/]', end: i + 1 } : { source: '(?!)', end: i + 1 };
  return { source: `(?!/)[${negated ? '^' : ''}${body}]`, end: i + 1 };
}

function readMember(glob: string, at: number): { readonly char: string; readonly end: number } | null {
  const char = glob[at] === '\\' ? glob[at + 1] : glob[at];
  return char === undefined ? null : { char, end: glob[at] === '\\' ? at + 2 : at + 1 };
}

function escapeForRegex(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}
