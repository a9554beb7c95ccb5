/**
 * What a block means for a file that exists and is to be modified. In order: the file has it all already; the block is the whole
 * file; the block replaces definitions; otherwise it is refused with the reason. Nothing is appended, guessed or merged by
 * likeness. Pure.
 */
import { chunksOf, type Chunk } from './chunks.ts';
import { elisionAt, holdsAllLines, type Text } from './text.ts';

type Merged =
  | { readonly kind: 'same' }
  | { readonly kind: 'whole' | 'definitions'; readonly lines: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

export function mergeBlock(path: string, file: Text, block: Text): Merged {
  const elided = elisionAt(block.lines);
  const told = block.lines.filter((_, at) => elisionAt(block.lines.slice(at, at + 1)) === -1);
  if (told.some((line) => /\w/.test(line)) && holdsAllLines(file.lines, told)) return { kind: 'same' };
  if (elided !== -1) return { kind: 'refused', reason: `it leaves out a part (${JSON.stringify(block.lines[elided]?.trim() ?? '')})` };
  if (coversFile(path, file.lines, block.lines)) return { kind: 'whole', lines: block.lines };
  return replaceDefinitions(path, file.lines, block.lines);
}

/** True when writing `block` in the place of `file` loses nothing by name: each definition is defined again, all else is there. */
export function coversFile(path: string, file: readonly string[], block: readonly string[]): boolean {
  if (holdsAllLines(block, file)) return true;
  const old = chunksOf(path, file);
  const now = chunksOf(path, block);
  if (old === null || now === null || old.length === 0 || now.every(({ name }) => name === null)) return false;
  return old.every((chunk) => {
    const same = now.some((other) => textOf(block, other) === textOf(file, chunk) || importsSame(textOf(file, chunk), textOf(block, other)));
    const twin = chunk.name === null ? undefined : only(now, chunk.name);
    return same || (twin !== undefined && only(old, twin.name) !== undefined && lostMembers(file, chunk, block, twin).length === 0);
  });
}

function replaceDefinitions(path: string, file: readonly string[], block: readonly string[]): Merged {
  const old = chunksOf(path, file);
  const now = chunksOf(path, block);
  if (old === null || now === null) return refused('it is a part of the file, and where it belongs cannot be told');
  const loose = now.find(({ name }) => name === null);
  if (loose !== undefined) return refused(`${JSON.stringify(block[loose.from] ?? '')} is no definition, and where it belongs cannot be told`);
  const pairs: { readonly from: Chunk; readonly to: Chunk }[] = [];
  for (const to of now) {
    const from = only(old, to.name);
    if (only(now, to.name) === undefined) return refused(`it defines ${to.name ?? ''} twice`);
    if (from === undefined)
      return refused(
        old.some(({ name }) => name === to.name)
          ? `the file defines ${to.name ?? ''} several times`
          : `the file has no ${to.name ?? ''} yet, and where it belongs is not said`,
      );
    const lost = lostMembers(file, from, block, to);
    if (lost.length > 0) return refused(`${to.name ?? ''} would lose ${lost.slice(0, 5).join(', ')}`);
    pairs.push({ from, to });
  }
  if (pairs.length === 0) return refused('it defines nothing');
  const lines = [...file];
  for (const { from, to } of pairs.sort((a, b) => b.from.from - a.from.from))
    lines.splice(from.from, from.to - from.from, ...withOldComments(file, from, block, to));
  return { kind: 'definitions', lines };
}

const refused = (reason: string): Merged => ({ kind: 'refused', reason });

function only(chunks: readonly Chunk[], name: string | null): Chunk | undefined {
  const found = chunks.filter((chunk) => chunk.name !== null && chunk.name === name);
  return found.length === 1 ? found[0] : undefined;
}

const textOf = (lines: readonly string[], { from, to }: Chunk): string =>
  lines
    .slice(from, to)
    .map((line) => line.trimEnd())
    .join('\n');

const MODULE = /^\s*(?:import\b[^'"]*['"]([^'"]+)['"]|from\s+(\S+)\s+import\b)/;

/** Two imports from one module, of which the second has every name of the first. */
function importsSame(old: string, now: string): boolean {
  const [a, b] = [MODULE.exec(old.replace(/\n/g, ' ')), MODULE.exec(now.replace(/\n/g, ' '))];
  if (a === null || b === null || (a[1] ?? a[2]) !== (b[1] ?? b[2])) return false;
  const names = new Set(now.match(/[\w$]+/g) ?? []);
  return (old.match(/[\w$]+/g) ?? []).every((name) => names.has(name));
}

/** Comments above a definition stay when the block brings none of its own. */
function withOldComments(file: readonly string[], from: Chunk, block: readonly string[], to: Chunk): readonly string[] {
  const isComment = (line: string | undefined): boolean => /^\s*(#|\/\/|\/\*|\*)/.test(line ?? '');
  const text = block.slice(to.from, to.to);
  if (isComment(text[0])) return text;
  let end = from.from;
  while (end < from.to && isComment(file[end])) end++;
  return [...file.slice(from.from, end), ...text];
}

const CONTAINER = /^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface|enum|namespace|type|const|let|var)\b/;
const MEMBER =
  /^\s+(?:(?:public|private|protected|static|readonly|override|abstract|async|get|set|declare|def|class)\s+)*\*?([\w$#]+|'[^']+'|"[^"]+")\s*[?!]?\s*[(:=;,<]/;

/** Members of a class, interface or object that the new text no longer has. */
function lostMembers(file: readonly string[], from: Chunk, block: readonly string[], to: Chunk): readonly string[] {
  const kept = new Set(membersOf(block.slice(to.from, to.to)));
  return membersOf(file.slice(from.from, from.to)).filter((name) => !kept.has(name));
}

function membersOf(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => CONTAINER.test(line))) return [];
  const indents = lines.filter((line) => MEMBER.test(line)).map((line) => line.search(/\S/));
  const outer = Math.min(...indents);
  return lines.filter((line) => line.search(/\S/) === outer).flatMap((line) => MEMBER.exec(line)?.[1] ?? []);
}
