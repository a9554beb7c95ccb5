/** Reads unified diffs as git, diff and people write them. Pure. */

export interface Hunk {
  /** First line of the old side, from 1; null when the hunk does not say. */
  readonly start: number | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Line of the block, from 0. */
  readonly line: number;
  /** What the markers say of the last line's end; null when they say nothing. */
  readonly endedBefore: boolean | null;
  readonly endedAfter: boolean | null;
}

export interface FileDiff {
  /** Null for a new file. */
  readonly from: string | null;
  /** Null for a deleted one. */
  readonly to: string | null;
  readonly hunks: readonly Hunk[];
  readonly executable: boolean | null;
  readonly line: number;
}

type ParsedDiff = { readonly ok: true; readonly files: readonly FileDiff[] } | { readonly ok: false; readonly line: number; readonly reason: string };

interface Draft {
  from: string | null | undefined;
  to: string | null | undefined;
  renamed: boolean;
  /** Its `---` and `+++` lines were read. */
  headed: boolean;
  executable: boolean | null;
  hunks: Hunk[];
  readonly line: number;
}

/**
 * Line counts of hunk headers are not trusted: people miscount, and the context has to match exactly anyway. A hunk ends where
 * the next header begins. `bound` is the path for a diff without headers of its own; null when there is none.
 */
export function parseDiff(text: string, bound: string | null): ParsedDiff {
  const lines = text.replace(/\r\n/g, '\n').replace(/\n+$/, '').split('\n');
  const drafts: Draft[] = [];
  const begin = (line: number): Draft => {
    const draft: Draft = { from: undefined, to: undefined, renamed: false, headed: false, executable: null, hunks: [], line };
    drafts.push(draft);
    return draft;
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const current = drafts.at(-1);
    if (isFileHeader(lines, at)) {
      const draft = current === undefined || current.headed || current.hunks.length > 0 ? begin(at) : current;
      readHeader(line.slice(4), (lines[at + 1] ?? '').slice(4), draft);
      at += 2;
    } else if (line.startsWith('diff --git ')) {
      const draft = begin(at++);
      const names = /^diff --git a\/(.+) b\/(.+)$/.exec(line);
      if (names?.[1] !== undefined && names[1] === names[2]) draft.from = draft.to = names[1];
    } else if (line.startsWith('@@')) {
      at = readHunk(lines, at + 1, at, current ?? begin(at));
    } else if (/^(GIT binary patch|Binary files .* differ|copy from )/.test(line)) {
      return { ok: false, line: at, reason: line.startsWith('copy') ? 'copies are not applied' : 'binary changes are not applied' };
    } else if (/^[-+ ]/.test(line) && (current === undefined ? bound !== null : current.headed && current.hunks.length === 0)) {
      at = readHunk(lines, at, at, current ?? begin(at));
    } else {
      if (current !== undefined) readExtended(line, current);
      at++;
    }
  }
  return finish(drafts, bound);
}

function isFileHeader(lines: readonly string[], at: number): boolean {
  return (lines[at] ?? '').startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ');
}

/** `a/` and `b/` are git's own only where both are there; a folder may be called `a`. */
function readHeader(old: string, now: string, draft: Draft): void {
  const [from, to] = [old, now].map((field) =>
    field
      .replace(/\t.*$/, '')
      .trim()
      .replace(/^"(.*)"$/, '$1'),
  );
  if (from === undefined || to === undefined) return;
  const prefixed = (from.startsWith('a/') || from === '/dev/null') && (to.startsWith('b/') || to === '/dev/null');
  const bare = (path: string): string | null => (path === '/dev/null' ? null : prefixed ? path.slice(2) : path);
  draft.headed = true;
  draft.to = bare(to);
  // Two names without a rename are a copy kept for comparison (`x.orig`) and the file itself.
  draft.from = bare(from) === null || draft.to === null || draft.renamed ? bare(from) : draft.to;
}

function startOf(header: string): number | null {
  const numbers = /^@@+ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(header);
  return numbers?.[1] === undefined ? null : Number(numbers[1]);
}

function readExtended(line: string, draft: Draft): void {
  const [, key, value] = /^(rename from|rename to|new file mode|deleted file mode|new mode) (.+)$/.exec(line) ?? [];
  if (key === undefined || value === undefined) return;
  if (key === 'rename from') [draft.from, draft.renamed] = [value, true];
  else if (key === 'rename to') [draft.to, draft.renamed] = [value, true];
  else if (key === 'deleted file mode') draft.to = null;
  else {
    draft.executable = value.endsWith('755');
    if (key === 'new file mode') draft.from = null;
  }
}

/** Adds the hunk to the draft; returns the line after it. Within a hunk, `---` is a header only when `@@` follows: SQL and Lua write comments so. */
function readHunk(lines: readonly string[], first: number, header: number, draft: Draft): number {
  const before: string[] = [];
  const after: string[] = [];
  let endedBefore: boolean | null = null;
  let endedAfter: boolean | null = null;
  let last = ' ';
  let at = first;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('@@') || line.startsWith('diff --git ') || (isFileHeader(lines, at) && (lines[at + 2] ?? '').startsWith('@@'))) break;
    if (line.startsWith('\\')) {
      if (last !== '+') endedBefore = false;
      if (last !== '-') endedAfter = false;
      continue;
    }
    // Editors trim the blank that marks an empty line of context.
    last = line === '' ? ' ' : line.charAt(0);
    const text = line.slice(1);
    if (last === ' ' || last === '-') before.push(text);
    if (last === ' ' || last === '+') after.push(text);
    if (last !== ' ' && last !== '-' && last !== '+') break;
  }
  while (before.at(-1) === '' && after.at(-1) === '' && lines[at - 1] === '') {
    before.pop();
    after.pop();
    at--;
  }
  const skip = lines.slice(at).findIndex((line) => line !== '');
  draft.hunks.push({ start: startOf(lines[header] ?? ''), before, after, line: header, endedBefore, endedAfter });
  return skip === -1 ? lines.length : at + skip;
}

function finish(drafts: readonly Draft[], bound: string | null): ParsedDiff {
  const files: FileDiff[] = [];
  for (const { from = bound ?? undefined, to = bound ?? undefined, hunks, executable, line } of drafts) {
    if (from === undefined || to === undefined || (from === null && to === null)) return { ok: false, line, reason: 'it names no file' };
    if (hunks.length === 0 && from === to && executable === null) continue;
    files.push({ from, to, hunks, executable, line });
  }
  return files.length === 0 ? { ok: false, line: 0, reason: 'it holds no change that could be read' } : { ok: true, files };
}
