/** What stands inside a paragraph: `**Goal**: text`, inline code, plain words. Linear readers over one block's source. */
import { lineOf, sourceOf, type ListItem, type RootContent } from './markdown.ts';
import type { Outline, Section } from './outline.ts';
import { piecesOf } from './outline.ts';
import { plainTitle } from './heading.ts';

/** A label and its value, or a subheading and what follows it. */
export interface Entry {
  /** Lower case, without parentheses, emoji and colon: `files to modify`. Empty for text without a label. */
  readonly key: string;
  /** As written. */
  readonly label: string;
  /** What stands in the same paragraph after the label. */
  readonly value: string;
  readonly line: number;
  /** Blocks that belong to it: the rest of its list item, or what follows up to the next label or heading. */
  readonly blocks: RootContent[];
  readonly kind: 'label' | 'heading' | 'item' | 'text';
  /** Key of the subheading that it stands under; empty when there is none. */
  readonly under: string;
}

const BOLD = /^(\*\*|__)(?=\S)((?:(?!\1).){1,160}?)\1[ \t]*(.*)$/s;
const PLAIN =
  /^(goal|objective|approach|files? to (?:create|modify|change|delete|update)|validation command|validation|validate|checkpoint|commit|estimated (?:time|hours|effort)|duration|effort|depends on|dependencies|expected(?: output)?|command)[ \t]*:[ \t]*(.*)$/is;

/** Splits a paragraph into its labelled parts; text before the first label has no key. */
export function splitLabels(source: string, line: number): readonly { readonly label: string; readonly value: string; readonly line: number }[] {
  const parts: { label: string; value: string; line: number }[] = [];
  source.split('\n').forEach((raw, index) => {
    const text = raw.trim().replace(/^\[[ xX-]\]\s+/, '');
    const label = readLabel(text);
    const last = parts.at(-1);
    if (label !== null) parts.push({ ...label, line: line + index });
    else if (last === undefined) parts.push({ label: '', value: text, line: line + index });
    else last.value = last.value === '' ? text : `${last.value}\n${text}`;
  });
  return parts;
}

function readLabel(text: string): { label: string; value: string } | null {
  const plain = PLAIN.exec(text);
  if (plain?.[1] !== undefined) return { label: plain[1], value: (plain[2] ?? '').trim() };
  const bold = BOLD.exec(text.length > 4000 ? text.slice(0, 4000) : text);
  if (bold?.[2] === undefined) return null;
  const inner = bold[2].trim();
  const rest = text.slice(text.length - (bold[3] ?? '').length).replace(/^(\([^()]*\)|\[[^\]]*\])\s*(?=[:\-–—]|$)/, '');
  const inside = /^([^:`]{1,60}):\s+(\S.*)$/.exec(inner);
  if (inside?.[1] !== undefined) return { label: inside[1].trim(), value: `${inside[2] ?? ''} ${rest}`.trim() };
  if (inner.endsWith(':')) return { label: inner.slice(0, -1).trim(), value: rest.trim() };
  const separated = /^(?::|[-–—→](?=\s|$))\s*(.*)$/s.exec(rest);
  if (separated !== null) return { label: inner, value: (separated[1] ?? '').trim() };
  return rest === '' ? { label: inner, value: '' } : null;
}

/** Everything of a phase or gate, by label. */
export function entriesOf(section: Section, outline: Outline): readonly Entry[] {
  const reader = createReader(outline);
  for (const piece of piecesOf(section)) {
    if ('heading' in piece) reader.heading(piece.heading);
    else reader.block(piece.block);
  }
  return reader.entries;
}

/** The same for blocks that have no heading of their own. */
export function entriesOfBlocks(blocks: readonly RootContent[], outline: Outline): readonly Entry[] {
  const reader = createReader(outline);
  for (const block of blocks) reader.block(block);
  return reader.entries;
}

function createReader(outline: Outline): { readonly entries: Entry[]; heading(section: Section): void; block(node: RootContent): void } {
  const entries: Entry[] = [];
  let under = '';
  let current: Entry | null = null;
  const add = (label: string, value: string, line: number, kind: Entry['kind']): Entry => {
    const entry: Entry = { key: keyOf(label), label, value, line, blocks: [], kind: label === '' ? 'text' : kind, under };
    entries.push(entry);
    return entry;
  };
  /** What belongs to no label or heading goes to an entry without a name. */
  const loose = (line: number): Entry => {
    current ??= add('', '', line, 'text');
    return current;
  };
  const item = (node: ListItem): Entry | null => {
    const [first, ...rest] = node.children;
    if (first?.type !== 'paragraph') return null;
    const parts = splitLabels(sourceOf(first, outline.text), lineOf(first));
    if (parts[0] === undefined || parts[0].label === '') return null;
    let last: Entry | null = null;
    for (const part of parts) last = add(part.label, part.value, part.line, 'item');
    last?.blocks.push(...rest);
    return last;
  };
  return {
    entries,
    heading(section) {
      under = keyOf(section.heading);
      current = add(section.heading, '', section.line, 'heading');
    },
    block(node) {
      if (node.type === 'paragraph') {
        for (const part of splitLabels(sourceOf(node, outline.text), lineOf(node))) {
          if (part.label === '') loose(part.line).blocks.push(node);
          else current = add(part.label, part.value, part.line, 'label');
        }
        return;
      }
      if (node.type === 'list' && node.children.some((child) => isLabelled(child, outline))) {
        let last: Entry | null = null;
        for (const child of node.children) {
          last = item(child);
          if (last === null)
            add('', '', lineOf(child), 'text').blocks.push({
              type: 'list',
              ordered: node.ordered ?? false,
              children: [child],
              ...(node.position === undefined ? {} : { position: node.position }),
            });
        }
        if (last !== null && last.value === '' && last.blocks.length === 0) current = last;
        else if (current === null || current.kind !== 'heading') current = null;
        return;
      }
      loose(lineOf(node)).blocks.push(node);
    },
  };
}

function isLabelled(node: ListItem, outline: Outline): boolean {
  const [first] = node.children;
  return first?.type === 'paragraph' && (splitLabels(sourceOf(first, outline.text), 1)[0]?.label ?? '') !== '';
}

export function keyOf(label: string): string {
  return plainTitle(label)
    .replace(/\s*\([^()]*\)/g, '')
    .replace(/[`*_]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Inline code, as written between its ticks. */
export function inlineCodes(text: string): readonly { readonly code: string; readonly start: number; readonly end: number }[] {
  const codes: { code: string; start: number; end: number }[] = [];
  let from = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const start = text.indexOf('`', from);
    if (start < 0) break;
    let width = 1;
    while (text[start + width] === '`') width += 1;
    const mark = '`'.repeat(width);
    let end = text.indexOf(mark, start + width);
    while (end >= 0 && text[end + width] === '`') {
      while (text[end] === '`') end += 1;
      end = text.indexOf(mark, end);
    }
    if (end < 0) {
      from = start + width;
      continue;
    }
    const code = text.slice(start + width, end);
    codes.push({ code: width > 1 ? code.replace(/^ (.*) $/s, '$1') : code, start, end: end + width });
    from = end + width;
  }
  return codes;
}

/** One line of plain words: marks of emphasis and code are taken off. */
export function plainText(text: string): string {
  return text
    .replace(/\*\*|__/g, '')
    .replace(/(^|\s)[*_](?=\S)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
