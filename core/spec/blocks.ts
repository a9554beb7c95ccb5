/**
 * Code blocks and the files they are bound to: by the info string, by a caption directly above, by the list item that
 * holds them; a diff by its own headers. A block that shows the present or a wrong state is bound to nothing.
 */
import type { CodeBlock, Diagnostic, FileAction } from '../model.ts';
import { isShell } from './commands.ts';
import { diagnose } from './diagnostic.ts';
import { actionOfLabel } from './files.ts';
import type { FencedBlock } from './fences.ts';
import { inlineCodes, keyOf, plainText, splitLabels } from './labels.ts';
import { lineOf, sourceOf, type ListItem, type RootContent } from './markdown.ts';
import { piecesOf, type Outline, type Section } from './outline.ts';
import { isGlob, pathOf, pathProblem } from './paths.ts';

/** A block with what its caption says will happen to the file. */
export interface BoundBlock extends CodeBlock {
  readonly action: FileAction | null;
  readonly endLine: number;
}

const SHOWN =
  /\b(?:before|current(?:ly)?|old|existing|original|wrong|incorrect|bad|example|sample|usage|output|expected|result|problem|today|previous(?:ly)?|pseudo-?code|pattern|reference|instead of|don't|avoid|from)\b/i;
const CAPTION_VERB =
  /^(?:(?:now|then|first|next|finally),?\s+)?(?:create|add|write|new file|file|replace|update|modify|edit|implement|content of|contents of|in|to|put|save|place)\b/i;
const SILENT = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'tree', 'mermaid', 'ascii', 'log', 'output', 'http', 'markdown', 'md']);

/** All blocks of a phase, in order. Shell blocks count only when something binds them to a file. */
export function readBlocks(section: Section, outline: Outline): readonly BoundBlock[] {
  const found: BoundBlock[] = [];
  let above: string | null = sectionCaption(section);
  for (const piece of piecesOf(section)) {
    if ('heading' in piece) {
      above = headingCaption(piece.heading.heading);
      continue;
    }
    readNode(piece.block, above, outline, found);
    above = piece.block.type === 'paragraph' ? sourceOf(piece.block, outline.text) : null;
  }
  return found;
}

/** The same for blocks without a heading. */
export function readLooseBlocks(blocks: readonly RootContent[], outline: Outline): readonly BoundBlock[] {
  const found: BoundBlock[] = [];
  let above: string | null = null;
  for (const block of blocks) {
    readNode(block, above, outline, found);
    above = block.type === 'paragraph' ? sourceOf(block, outline.text) : null;
  }
  return found;
}

/** Reports the code that no file is named for. Prose, trees and shell scripts are expected to have none. */
export function reportUnbound(blocks: readonly BoundBlock[], diagnostics: Diagnostic[]): void {
  for (const block of blocks) {
    if (block.path !== null || SILENT.has(block.language) || block.language === 'diff' || block.language === 'patch') continue;
    diagnostics.push(
      diagnose('CE_SPEC_UNBOUND_BLOCK', 'info', `this \`${block.language}\` block is bound to no file: write \`\`\`${block.language} path/to/file`, block.line),
    );
  }
}

function readNode(node: RootContent, above: string | null, outline: Outline, found: BoundBlock[]): void {
  if (node.type === 'code') {
    const fence = outline.code.get(lineOf(node));
    if (fence !== undefined) addBlock(fence, above === null ? null : readCaption(above), found);
    return;
  }
  if (node.type === 'list') for (const item of node.children) readItem(item, outline, found);
  if (node.type === 'blockquote') for (const child of node.children) readNode(child, null, outline, found);
}

function readItem(item: ListItem, outline: Outline, found: BoundBlock[]): void {
  const [first, ...rest] = item.children;
  const head = first?.type === 'paragraph' ? sourceOf(first, outline.text) : '';
  const holder = readCaption(head) ?? holderOf(head);
  let above: string | null = head;
  for (const child of rest) {
    if (child.type === 'code') {
      const fence = outline.code.get(lineOf(child));
      if (fence !== undefined) addBlock(fence, (above === null ? null : readCaption(above)) ?? (above === head ? holder : null), found);
    } else readNode(child, above, outline, found);
    above = child.type === 'paragraph' ? sourceOf(child, outline.text) : null;
  }
}

interface Caption {
  readonly path: string;
  readonly action: FileAction | null;
}

function addBlock(fence: FencedBlock, caption: Caption | null, found: BoundBlock[]): void {
  const info = readInfo(fence.language, fence.meta);
  const language = info.language.toLowerCase();
  const diff = language === 'diff' || language === 'patch';
  const bound = info.path === null ? caption : { path: info.path, action: null };
  if (isShell(language) && (bound === null || !/\.(?:sh|bash|zsh|bats)$/.test(bound.path))) return;
  const path = diff ? diffPath(fence.text) : (bound?.path ?? null);
  const usable = path !== null && pathProblem(path) === null && !isGlob(path) && !path.endsWith('/') ? path : null;
  found.push({
    language: diff ? 'diff' : language,
    path: usable,
    text: fence.text,
    line: fence.start,
    endLine: fence.end,
    action: usable === null || diff ? null : (bound?.action ?? null),
  });
}

/** `ts src/a.ts`, `ts:src/a.ts`, `ts title="src/a.ts"`, `src/a.ts`. */
function readInfo(language: string, meta: string): { language: string; path: string | null } {
  const named = /(?:^|\s|\{)(?:title|file|filename|path)\s*=\s*(?:"([^"]+)"|'([^']+)'|(\S+))/i.exec(meta);
  const given = named?.[1] ?? named?.[2] ?? named?.[3];
  if (given !== undefined) return { language: bareLanguage(language), path: pathOf(given) };
  const colon = language.indexOf(':');
  if (colon > 0) return { language: language.slice(0, colon), path: pathOf(language.slice(colon + 1)) };
  const first = meta.split(/\s+/)[0] ?? '';
  const path = first === '' ? null : pathOf(first);
  if (path !== null) return { language: bareLanguage(language), path };
  const own = language.includes('/') || /^[\w-]+\.[a-z]{1,5}$/i.test(language) ? pathOf(language) : null;
  return own === null ? { language: bareLanguage(language), path: null } : { language: own.split('.').at(-1) ?? '', path: own };
}

function bareLanguage(language: string): string {
  return language.replace(/^\{?\.?/, '').replace(/[{}].*$/, '');
}

/** The file a unified diff is about: the new name, or the old one when it deletes. */
function diffPath(text: string): string | null {
  const git = /^diff --git a\/(\S+) b\/(\S+)$/m.exec(text);
  const name = /^\+\+\+ (?:[bw]\/)?([^\t\n]+)/m.exec(text)?.[1] ?? git?.[2];
  const old = /^--- (?:[aiw]\/)?([^\t\n]+)/m.exec(text)?.[1] ?? git?.[1];
  const path = name === undefined || name === '/dev/null' ? old : name;
  return path === undefined || path === '/dev/null' ? null : pathOf(path.trim());
}

/** The paragraph directly above: its last line has to name one file, as a label, as a path alone, or behind a verb. */
function readCaption(source: string): Caption | null {
  const parts = splitLabels(source, 1);
  const last = parts.at(-1);
  if (last === undefined) return null;
  if (last.label === '') return readSentence(last.value.split('\n').at(-1) ?? '');
  for (const part of parts) {
    if (SHOWN.test(part.label)) return null;
    const action = actionOfLabel(keyOf(part.label));
    const path = onlyPath(part.value);
    if (action !== null && path !== null) return SHOWN.test(withoutCode(part.value)) ? null : { path, action: action === 'modify' ? null : action };
    const own = onlyPath(part.label) ?? pathOf(part.label);
    if (own !== null && part === last) return { path: own, action: /\bnew\b/i.test(part.value) || /^(?:create|new)\b/i.test(part.label) ? 'create' : null };
  }
  return null;
}

function readSentence(line: string): Caption | null {
  const text = line.trim();
  const path = onlyPath(text);
  if (path === null || SHOWN.test(withoutCode(text))) return null;
  const rest = plainText(withoutCode(text))
    .replace(/\([^()]*\)/g, '')
    .replace(/[:.]$/, '')
    .trim();
  if (rest === '' || (CAPTION_VERB.test(rest) && text.endsWith(':')))
    return { path, action: /^create|^new/i.test(rest) || /\(new\b/i.test(text) ? 'create' : null };
  return null;
}

/** A list item that starts with a path holds the blocks in it: ``- `src/a.ts` - the parser``. */
function holderOf(head: string): Caption | null {
  const text = head.replace(/^\[[ xX-]\]\s+/, '').split('\n')[0] ?? '';
  const path = onlyPath(text);
  if (path === null || SHOWN.test(withoutCode(text))) return null;
  const lead = plainText(text.slice(0, text.indexOf('`')))
    .replace(/:$/, '')
    .trim();
  return lead === '' || CAPTION_VERB.test(lead) ? { path, action: /^create|^new/i.test(lead) || /\(new\b/i.test(text) ? 'create' : null } : null;
}

function sectionCaption(section: Section): string | null {
  return section.depth === 0 ? null : headingCaption(section.heading);
}

/** A heading is a caption only when it names a file and next to nothing else. */
function headingCaption(heading: string): string | null {
  const path = onlyPath(heading) ?? pathOf(heading);
  const rest = plainText(withoutCode(heading))
    .replace(/^[\d.)\s]+/, '')
    .replace(/\([^()]*\)/g, '')
    .replace(/:$/, '')
    .trim();
  if (path === null || !(rest === '' || /^(?:create|add|update|modify|file|new file|write)$/i.test(rest) || pathOf(rest) === path)) return null;
  return `${/^(?:create|new file)/i.test(rest) || /\(new\b/i.test(heading) ? '**Create**' : '**File**'}: \`${path}\``;
}

function onlyPath(text: string): string | null {
  const paths = inlineCodes(text)
    .map(({ code }) => pathOf(code))
    .filter((path) => path !== null);
  return paths.length === 1 ? (paths[0] ?? null) : null;
}

function withoutCode(text: string): string {
  let rest = '';
  let from = 0;
  for (const { start, end } of inlineCodes(text)) {
    rest += text.slice(from, start);
    from = end;
  }
  return rest + text.slice(from);
}
