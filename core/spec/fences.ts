/**
 * Code fences, balanced on lines before markdown is parsed. Specs about specs nest fences that CommonMark does not, so
 * several readings are tried and the first that ends balanced is taken: a fence with an info string opens a child;
 * the same with bare fences told apart by their neighbours; with escaped fences counted; with stray fences dropped;
 * children in markdown samples only; CommonMark.
 * The inside of every block is then blanked, so that one markdown parse sees the right blocks at the right lines.
 */
import type { Diagnostic } from '../model.ts';
import { diagnose } from './diagnostic.ts';

export interface FencedBlock {
  /** 1-based lines of the two fences; `end` is the last line of the text when the fence is never closed. */
  readonly start: number;
  readonly end: number;
  /** First word of the info string as written; the rest of it. */
  readonly language: string;
  readonly meta: string;
  /** The content, with the fence's own indentation taken off, ending in a newline unless empty. */
  readonly text: string;
}

interface Fence {
  readonly line: number;
  readonly indent: string;
  readonly mark: string;
  readonly length: number;
  readonly info: string;
  readonly escaped: boolean;
  /** What the lines around a bare fence suggest: text above and nothing below closes, a label above and text below opens. */
  readonly looks: 'open' | 'close' | null;
}

interface Pair {
  readonly open: Fence;
  readonly close: number | null;
}

type Mode = 'any' | 'context' | 'escaped' | 'markdown' | 'commonmark';

interface Scan {
  readonly pairs: readonly Pair[];
  readonly open: Fence | null;
  /** Fences with an info string inside blocks that are no samples of markdown: a sign of a wrong reading. */
  readonly doubts: number;
  /** Bare fences read against what their neighbours suggest. */
  readonly against: number;
}

const FENCE = /^([ \t]*)((?:\\?`){3,}|~{3,})[ \t]*(\S.*)?$/;
const INFO = /^[A-Za-z{.#+_/@][^`]*$/;
const MARKDOWN = /^(?:markdown|md|mdx)\b/i;

/** `lines` come from the text without its header. Linear: at most fifteen passes over the fence lines. */
export function balanceFences(lines: readonly string[]): {
  readonly lines: string[];
  readonly blocks: readonly FencedBlock[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const fences = findFences(lines);
  const diagnostics: Diagnostic[] = [];
  const scan = chooseScan(withMissingEnds(fences, lines, diagnostics), lines, diagnostics);
  const blanked = [...lines];
  for (const fence of fences) if (!fence.escaped) blanked[fence.line - 1] = '';
  const blocks: FencedBlock[] = [];
  for (const { open, close } of scan.pairs) {
    const end = close ?? lines.length;
    const inside = lines.slice(open.line, close === null ? end : end - 1);
    const [language = '', ...rest] = open.info.split(/\s+/);
    blocks.push({ start: open.line, end, language, meta: rest.join(' '), text: inside.length === 0 ? '' : `${dedent(inside, open.indent).join('\n')}\n` });
    blanked.fill('', open.line, end);
    const mark = open.mark.repeat(3);
    blanked[open.line - 1] = `${open.indent}${mark}${open.info === '' ? '' : 'x'}`;
    if (end > open.line) blanked[end - 1] = `${open.indent}${mark}`;
  }
  return { lines: blanked, blocks, diagnostics };
}

function findFences(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  lines.forEach((text, index) => {
    if (!text.includes('``') && !text.includes('~~~') && !text.includes('\\`')) return;
    const match = FENCE.exec(text);
    if (match === null) return;
    const [, indent = '', run = '', info = ''] = match;
    if (info !== '' && !INFO.test(info)) return;
    const bare = run.replaceAll('\\', '');
    fences.push({
      line: index + 1,
      indent,
      mark: bare[0] ?? '`',
      length: bare.length,
      info: info.trim(),
      escaped: bare.length !== run.length,
      looks: info === '' ? looksOf(lines, index, indent.length) : null,
    });
  });
  return fences;
}

function looksOf(lines: readonly string[], index: number, indent: number): Fence['looks'] {
  const above = (lines[index - 1] ?? '').trim();
  const below = (lines[index + 1] ?? '').trim();
  const free = below === '' || FENCE.test(below);
  const outside = /^[ \t]*/.exec(lines[index + 1] ?? '')?.[0].length ?? 0;
  if (!free && outside >= indent && (above === '' || /:\**$/.test(above))) return 'open';
  return free && above !== '' ? 'close' : null;
}

function scanFences(fences: readonly Fence[], mode: Mode, dropped: ReadonlySet<number>): Scan {
  const pairs: Pair[] = [];
  const stack: Fence[] = [];
  let doubts = 0;
  let against = 0;
  for (const fence of fences) {
    if (dropped.has(fence.line) || (fence.escaped && (mode !== 'escaped' || stack.length === 0))) continue;
    const top = stack.at(-1);
    if (top === undefined) {
      if (fence.looks === 'close') against += 1;
      stack.push(fence);
      continue;
    }
    if (fence.mark !== top.mark || fence.length < top.length) continue;
    if (fence.info === '') {
      if (mode === 'context' && fence.looks === 'open') {
        stack.push(fence);
        continue;
      }
      if (fence.looks === 'open') against += 1;
      stack.pop();
      if (stack.length === 0) pairs.push({ open: top, close: fence.line });
      continue;
    }
    const sample = MARKDOWN.test(top.info);
    if (!sample) doubts += 1;
    if (mode !== 'commonmark' && (mode !== 'markdown' || sample)) stack.push(fence);
  }
  return { pairs, open: stack[0] ?? null, doubts, against };
}

/**
 * Code whose end was forgotten: the fences do not balance, and between an opening and the next opening stands a section
 * heading. It is ended before that heading. A few times at most, so that the whole stays linear.
 */
function withMissingEnds(fences: readonly Fence[], lines: readonly string[], diagnostics: Diagnostic[]): readonly Fence[] {
  let known = fences;
  for (let turn = 0; turn < 5; turn += 1) {
    const { open } = scanFences(known, 'any', new Set<number>());
    if (open === null || open.info === '' || MARKDOWN.test(open.info)) return known;
    const at = known.indexOf(open);
    const next = known[at + 1];
    if (next === undefined || next.info === '') return known;
    const heading = lines.findIndex((line, index) => index >= open.line && index < next.line - 1 && /^#{2,6} \S/.test(line));
    if (heading <= open.line) return known;
    diagnostics.push(diagnose('CE_SPEC_FENCE', 'warning', `this code fence is not closed; it is read up to line ${heading}`, open.line));
    known = [...known.slice(0, at + 1), { ...open, line: heading, info: '', looks: 'close' }, ...known.slice(at + 1)];
  }
  return known;
}

/** The first balanced scan; when plain nesting does not balance, the balanced one with the fewest doubts. */
function chooseScan(fences: readonly Fence[], lines: readonly string[], diagnostics: Diagnostic[]): Scan {
  const none: ReadonlySet<number> = new Set<number>();
  const plain = scanFences(fences, 'any', none);
  if (plain.open === null && plain.against === 0) return plain;
  const context = scanFences(fences, 'context', none);
  if (context.open === null && context.against < plain.against) return context;
  if (plain.open === null) return plain;
  const escaped = scanFences(fences, 'escaped', none);
  if (escaped.open === null) return escaped;
  const candidates: Scan[] = context.open === null ? [context] : [];
  const dropped = new Set<number>();
  let scan = plain;
  for (let turn = 0; turn < 3 && scan.open !== null && scan.open.info === ''; turn += 1) {
    dropped.add(scan.open.line);
    scan = scanFences(fences, 'any', dropped);
    if (scan.open === null) candidates.push({ ...scan, doubts: scan.doubts + dropped.size });
  }
  for (const mode of ['markdown', 'commonmark'] as const) {
    const other = scanFences(fences, mode, none);
    if (other.open === null) candidates.push(other);
  }
  const [first, ...rest] = candidates;
  if (first === undefined) return closeAtHeading(plain, lines, diagnostics);
  const best = rest.reduce((winner, candidate) => (candidate.doubts < winner.doubts ? candidate : winner), first);
  diagnostics.push(diagnose('CE_SPEC_FENCE', 'warning', 'code fences do not nest: one is missing or too many', plain.open.line));
  return best;
}

/** Nothing balances: an open sample of markdown runs to the end, other code ends before the next section heading. */
function closeAtHeading(scan: Scan, lines: readonly string[], diagnostics: Diagnostic[]): Scan {
  const { open } = scan;
  if (open === null) return scan;
  const from = open.line;
  const at = MARKDOWN.test(open.info) ? -1 : lines.findIndex((line, index) => index >= from && /^#{2,6} \S/.test(line));
  diagnostics.push(
    diagnose('CE_SPEC_FENCE', 'warning', `this code fence is not closed; it is read up to ${at < 0 ? 'the end of the file' : `line ${at}`}`, from),
  );
  if (at === from) return scan;
  if (at < 0) return { ...scan, pairs: [...scan.pairs, { open, close: null }] };
  const later = scanFences(
    findFences(lines.slice(at)).map((fence) => ({ ...fence, line: fence.line + at })),
    'commonmark',
    new Set<number>(),
  );
  const rest = later.open === null ? later.pairs : [...later.pairs, { open: later.open, close: null }];
  return { ...scan, pairs: [...scan.pairs, { open: { ...open }, close: at }, ...rest] };
}

function dedent(lines: readonly string[], indent: string): string[] {
  if (indent === '') return [...lines];
  return lines.map((line) => {
    let cut = 0;
    while (cut < indent.length && (line[cut] === ' ' || line[cut] === '\t')) cut += 1;
    return line.slice(cut);
  });
}
