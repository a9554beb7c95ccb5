/** A document as sections: each heading with what stands under it, by lines. */
import type { Diagnostic } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { balanceFences, type FencedBlock } from './fences.ts';
import { lineOf, parseMarkdown, sourceOf, type RootContent } from './markdown.ts';
import { parseWorkHeading } from './heading.ts';
import { rankOf } from './sections.ts';

export interface Section {
  /** 1 to 6; 0 for the document itself. */
  readonly depth: number;
  /** Source of the heading without `#`. */
  readonly heading: string;
  readonly line: number;
  endLine: number;
  readonly parent: Section | null;
  readonly children: Section[];
  /** Blocks between this heading and the next. */
  readonly blocks: RootContent[];
}

export interface Outline {
  readonly root: Section;
  /** Every section in order, without the root. */
  readonly sections: readonly Section[];
  /** The lines as written, header blanked. */
  readonly lines: readonly string[];
  /** The text that was parsed: fences normalised, their content blanked. Positions of blocks refer to it. */
  readonly text: string;
  /** Fenced blocks by the line of their opening fence. */
  readonly code: ReadonlyMap<number, FencedBlock>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Longer lines are blanked: no person wrote them, and no part of a spec is read from them. */
const LONGEST_LINE = 20_000;
/** Lines of one paragraph, list or table, for the same reason. */
const LONGEST_RUN = 2_000;

/** `body` has its header blanked already. */
export function readOutline(body: string): Outline {
  const diagnostics: Diagnostic[] = [];
  const lines = body.split('\n');
  const fenced = balanceFences(lines);
  leaveOutNonsense(fenced.lines, diagnostics);
  const text = fenced.lines.join('\n');
  const root: Section = { depth: 0, heading: '', line: 1, endLine: lines.length, parent: null, children: [], blocks: [] };
  const sections: Section[] = [];
  let current = root;
  const nodes = parseMarkdown(fenced.lines.map(maskInline).join('\n')).children;
  nodes.forEach((node, index) => {
    const opening = openingOf(node, nodes[index + 1], text);
    if (opening === null) {
      current.blocks.push(node);
      return;
    }
    let parent = current;
    while (parent.depth >= opening.depth && parent.parent !== null) {
      parent.endLine = lineOf(node) - 1;
      parent = parent.parent;
    }
    current = { ...opening, line: lineOf(node), endLine: lines.length, parent, children: [], blocks: [] };
    parent.children.push(current);
    sections.push(current);
  });
  return {
    root,
    sections,
    lines,
    text,
    code: new Map(fenced.blocks.map((block) => [block.start, block])),
    diagnostics: [...fenced.diagnostics, ...diagnostics],
  };
}

/** Blanks what is beyond the limits in place, so that no text costs more than its length is worth; each is an error with its line. */
function leaveOutNonsense(lines: string[], diagnostics: Diagnostic[]): void {
  let run = 0;
  lines.forEach((line, index) => {
    run = line.trim() === '' ? 0 : run + 1;
    const tooLong = line.length > LONGEST_LINE || tooNested(line);
    if (!tooLong && run <= LONGEST_RUN) return;
    lines[index] = '';
    if (tooLong || run === LONGEST_RUN + 1) {
      const why = tooLong
        ? `this line is not read: it is ${line.length} characters long or nests too deeply`
        : `no more of this paragraph, list or table is read: it has over ${LONGEST_RUN} lines`;
      diagnostics.push(diagnose('CE_SPEC_TOO_LARGE', 'error', why, index + 1));
    }
  });
}

/** The section's own blocks and those of its subsections, with their headings between them. */
export function* piecesOf(section: Section): Generator<{ readonly heading: Section } | { readonly block: RootContent }> {
  const stack: Section[] = [section];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next !== section) yield { heading: next };
    for (const block of next.blocks) yield { block };
    for (let index = next.children.length - 1; index >= 0; index -= 1) {
      const child = next.children[index];
      if (child !== undefined) stack.push(child);
    }
  }
}

export function ancestorsOf(section: Section): Section[] {
  const ancestors: Section[] = [];
  for (let at = section.parent; at !== null; at = at.parent) ancestors.push(at);
  return ancestors;
}

/** Text above `===` is a heading; above `---` only when it reads like one, for most who write that mean a rule. */
function openingOf(node: RootContent, next: RootContent | undefined, text: string): { readonly depth: number; readonly heading: string } | null {
  const source = node.type === 'heading' || node.type === 'paragraph' ? sourceOf(node, text).trim() : '';
  if (node.type === 'heading')
    return {
      depth: node.depth,
      heading: source
        .replace(/^#{1,6}[ \t]*/, '')
        .replace(/[ \t]+#+$/, '')
        .trim(),
    };
  if (source === '' || source.length > 400) return null;
  const lines = source.split('\n');
  const first = (lines[0] ?? '').trim();
  if (lines.length === 2 && /^=+$/.test(lines[1]?.trim() ?? '')) return { depth: 1, heading: first };
  const ruled = lines.length === 1 && next?.type === 'thematicBreak' && lineOf(next) === lineOf(node) + 1 && sourceOf(next, text).startsWith('-');
  return ruled && !/^(?:\*\*|[-*+] )/.test(first) && (parseWorkHeading(first) !== null || typeof rankOf(first) === 'number')
    ? { depth: 2, heading: first }
    : null;
}

/**
 * The line with what is special inside of it made plain, at the same length: only its structure is parsed, positions stay,
 * and the parser's cost no longer depends on what people write. Markers, rules, fences, tables and html keep their characters.
 */
function maskInline(line: string): string {
  if (!/[!&*_<\\`[\]]/.test(line) || /^[ \t>]*(?:<|```|~~~|(?:[-*_][ \t]*){3,}$)/.test(line)) return line;
  const marker = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*/.exec(line)?.[0].length ?? 0;
  return line.slice(0, marker) + line.slice(marker).replace(/\\(?!\|)|[!&*_<`[\]]/g, 'x');
}

/** `> > > …` or `- - - …` by the hundred: each line reopens every container above it. */
function tooNested(line: string): boolean {
  const head = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/.exec(line.length > 400 ? line.slice(0, 400) : line)?.[0] ?? '';
  return head.length > 60 && !/^[ \t]*(?:[-*_][ \t]*)+$/.test(line);
}
