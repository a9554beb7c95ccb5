/**
 * Finds metadata headers on lines, in the five dialects of the wild: standard, after the title, `name:` without an opening
 * `---`, inside a ```yaml fence, and two of them. Each is handed on as plain YAML with the line that it starts at.
 */
import type { Diagnostic } from '../model.ts';
import { diagnose } from './diagnostic.ts';

export interface HeaderBlock {
  /** 1-based, delimiters included. */
  readonly start: number;
  readonly end: number;
  /** The YAML, and the line of the file that its first line stands on. */
  readonly yaml: string;
  readonly firstLine: number;
}

/** How far down a header may begin. */
const REACH = 60;
const RULE = /^---[ \t]*$/;
const OPENING = /^---[ \t]*([A-Za-z][\w+-]*)?[ \t]*$/;
const KEY = /^(?:"[^"]+"|'[^']+'|[A-Za-z_$][\w .$/-]{0,60}?)[ \t]*:(?:[ \t]|$)/;
const KNOWN =
  /^["']?(?:prp_id|prp|id|name|title|feature_name|feature|description|status|dependencies|project_name|project|created|priority|complexity|estimated_hours|effort_hours|batch_id|stage|issue|version|author|tags|type)["']?[ \t]*:/i;

/** Blocks in file order. `lines` are those of the whole text, without a byte order mark. */
export function findHeaders(lines: readonly string[]): { readonly blocks: readonly HeaderBlock[]; readonly diagnostics: readonly Diagnostic[] } {
  const blocks: HeaderBlock[] = [];
  const diagnostics: Diagnostic[] = [];
  let index = nextText(lines, 0);
  const first = index < lines.length ? (opened(lines, index, diagnostics) ?? bare(lines, index)) : null;
  if (first !== null) {
    blocks.push(first);
    index = first.end;
  }
  const limit = Math.min(lines.length, index + REACH);
  let sections = 0;
  while (index < limit && blocks.length < 3) {
    const line = lines[index] ?? '';
    if (/^#{2,6}\s/.test(line)) sections += 1;
    const block = /^---/.test(line) ? later(lines, index) : /^(?:```|~~~)\s*ya?ml\s*$/i.test(line) && sections === 0 ? fenced(lines, index) : null;
    if (block === null) {
      index += 1;
      continue;
    }
    blocks.push(block);
    index = block.end;
  }
  return { blocks, diagnostics };
}

/** The standard form at the top of the file. */
function opened(lines: readonly string[], at: number, diagnostics: Diagnostic[]): HeaderBlock | null {
  const match = OPENING.exec(lines[at] ?? '');
  if (match === null) return null;
  const language = (match[1] ?? 'yaml').toLowerCase();
  const end = lines.findIndex((line, index) => index > at && RULE.test(line));
  if (language !== 'yaml' && language !== 'yml') {
    diagnostics.push(
      diagnose('CE_SPEC_FRONTMATTER_LANGUAGE', 'error', `front matter in \`${language}\` is not read, and nothing in it was run: only YAML is`, at + 1),
    );
    return { start: at + 1, end: end < 0 ? at + 1 : end + 1, yaml: '', firstLine: at + 2 };
  }
  const next = lines.find((line, index) => index > at && line.trim() !== '' && !/^#(?:\s|$)/.test(line)) ?? '';
  const looksLikeData = KEY.test(next) || RULE.test(next) || /^[{[&!%?"']/.test(next);
  if (end < 0) {
    if (match[1] !== undefined || KNOWN.test(next))
      diagnostics.push(diagnose('CE_SPEC_FRONTMATTER', 'error', 'the front matter is not closed by a line `---`', at + 1));
    return null;
  }
  return looksLikeData && !lines.slice(at, end).some((line) => /^#{2,6}\s/.test(line))
    ? { start: at + 1, end: end + 1, yaml: lines.slice(at + 1, end).join('\n'), firstLine: at + 2 }
    : null;
}

/** `name: …` at the top, without an opening `---`; text under `description: |` stands unindented until a blank line. */
function bare(lines: readonly string[], at: number): HeaderBlock | null {
  if (!KNOWN.test(lines[at] ?? '')) return null;
  const yaml: string[] = [];
  let index = at;
  let inText = false;
  for (; index < lines.length && index < at + REACH; index += 1) {
    const line = lines[index] ?? '';
    if (RULE.test(line) || /^#{1,6}\s/.test(line) || /^(?:```|~~~)/.test(line)) break;
    if (line.trim() === '') {
      const next = lines[nextText(lines, index)] ?? '';
      if (!KNOWN.test(next) && !(inText && /^\s/.test(next))) break;
      yaml.push('');
      continue;
    }
    const key = KEY.test(line) && (!inText || KNOWN.test(line));
    if (key) inText = /:[ \t]*[|>][-+\d]*[ \t]*$/.test(line);
    if (!key && !/^[\s#-]/.test(line) && !inText) break;
    yaml.push(inText && !key && !/^\s/.test(line) ? `  ${line}` : line);
  }
  // The rule that ends this dialect may stand after prose; directly below the keys it belongs to the header.
  const rule = nextText(lines, index);
  const end =
    RULE.test(lines[rule] ?? '') && !KNOWN.test(lines[nextText(lines, rule + 1)] ?? '') && !isComment(lines[nextText(lines, rule + 1)]) ? rule + 1 : index;
  return { start: at + 1, end, yaml: yaml.join('\n'), firstLine: at + 1 };
}

/** A header further down: between two rules stands nothing but YAML, and a key of a spec among it. */
function later(lines: readonly string[], at: number): HeaderBlock | null {
  if (!RULE.test(lines[at] ?? '')) return null;
  const end = lines.findIndex((line, index) => index > at && RULE.test(line));
  if (end < 0 || end - at > 400) return null;
  const inside = lines.slice(at + 1, end);
  const first = inside.find((line) => line.trim() !== '' && !/^#\s/.test(line));
  const data = first !== undefined && KEY.test(first) && inside.some((line) => KNOWN.test(line));
  const plain = inside.every((line) => line.trim() === '' || /^[\s#-]/.test(line) || KEY.test(line) || /^[\]}]/.test(line));
  return data && plain && !inside.some((line) => /^#{2,6}\s/.test(line)) ? { start: at + 1, end: end + 1, yaml: inside.join('\n'), firstLine: at + 2 } : null;
}

/** A ```yaml fence above the first section that holds a whole header. */
function fenced(lines: readonly string[], at: number): HeaderBlock | null {
  const close = lines.findIndex((line, index) => index > at && /^(?:```|~~~)\s*$/.test(line));
  const open = nextText(lines, at + 1);
  if (close < 0 || !RULE.test(lines[open] ?? '')) return null;
  const end = lines.findIndex((line, index) => index > open && RULE.test(line));
  if (end < 0 || end > close || !lines.slice(open, end).some((line) => KNOWN.test(line))) return null;
  return { start: at + 1, end: close + 1, yaml: lines.slice(open + 1, end).join('\n'), firstLine: open + 2 };
}

function nextText(lines: readonly string[], from: number): number {
  let index = from;
  while (index < lines.length && (lines[index] ?? '').trim() === '') index += 1;
  return index;
}

function isComment(line: string | undefined): boolean {
  return line !== undefined && /^# /.test(line);
}
