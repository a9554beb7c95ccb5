/** Definitions of TypeScript and JavaScript source and whether they are stubs. By their form alone: no types, no JSX text. */
import { blankScript } from './blank-script.ts';
import type { Definition } from './contract-definition.ts';
import { indexLines } from './offsets.ts';

const FUNCTION = /\b(?:export\s+)?(?:default\s+)?(?:async\s+)?function(?:\s*\*)?\s*([A-Za-z_$][\w$]*)/g;
const TYPE = /\b(?:abstract\s+)?(class|interface|enum|type|namespace)\s+([A-Za-z_$][\w$]*)/g;
const VALUE = /\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)/g;
const METHOD =
  /^[ \t]*(?:(?:public|private|protected|static|override|async|get|set|readonly|abstract)\s+)*(?:\*\s*)?(#?[A-Za-z_$][\w$]*)(?:\s*<[^>\n]*>)?(?:\s*=(?:\s*async)?)?\s*(?=\()/gm;
const PROPERTY = /^[ \t]*(?:exports|module\.exports|[A-Za-z_$][\w$]*\.prototype)\.([A-Za-z_$][\w$]*)\s*=/gm;
const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'await', 'super', 'new', 'typeof', 'else', 'do', 'import', 'throw']);
const EMPTY_BODY = /^(?:throw\s+(?:new\s+)?\w*(?:Error|Exception)?\s*\(.*\)\s*;?|return(?:\s+(?:undefined|null|void 0))?\s*;?|;)?$/s;
const SAYS_STUB = /\bTODO\b|\bFIXME\b|not\s+(?:yet\s+)?implemented|unimplemented/i;

/** Every function, class, type, value and method. `export { a as b }` and re-exports count for the names that they give. */
export function scriptDefinitions(text: string): readonly Definition[] {
  const code = blankScript(text);
  const paired = pairBrackets(code);
  const { starts } = indexLines(code);
  const found: Definition[] = [];
  const add = (name: string, index: number, kind: Definition['kind'], body: readonly [number, number] | null): void => {
    found.push({
      name,
      owner: null,
      line: starts.findLastIndex((start) => start <= index) + 1,
      stub: body !== null && isStub(text, code, body) ? 'yes' : 'no',
      kind,
    });
  };
  for (const match of code.matchAll(FUNCTION)) add(match[1] ?? '', match.index, 'function', functionBody(paired, match.index + match[0].length));
  for (const match of code.matchAll(TYPE)) add(match[2] ?? '', match.index, 'class', null);
  for (const match of code.matchAll(VALUE)) add(match[1] ?? '', match.index, 'value', arrowBody(paired, match.index + match[0].length));
  for (const match of code.matchAll(METHOD)) {
    const body = KEYWORDS.has(match[1] ?? '') ? null : functionBody(paired, match.index + match[0].length);
    if (body !== null) add(match[1] ?? '', match.index, 'function', body);
  }
  for (const match of code.matchAll(PROPERTY)) add(match[1] ?? '', match.index, 'value', arrowBody(paired, match.index + match[0].length));
  for (const list of code.matchAll(/\bexport\s*(?:type\s*)?\{([^}]*)\}/g)) {
    for (const name of (list[1] ?? '').split(',')) add(/([\w$]+)\s*$/.exec(name)?.[1] ?? '', list.index, 'value', null);
  }
  return found;
}

/** Blanked code, and for each opening bracket the offset behind its partner; the end of the text where it has none. */
interface Code {
  readonly text: string;
  readonly partners: Int32Array;
}

function pairBrackets(text: string): Code {
  const partners = new Int32Array(text.length).fill(text.length);
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === '(' || unit === '[' || unit === '{') open.push(at);
    else if (unit === ')' || unit === ']' || unit === '}') {
      const partner = open.pop();
      if (partner !== undefined) partners[partner] = at + 1;
    }
  }
  return { text, partners };
}

function behind({ text, partners }: Code, bracket: number): number {
  return partners[bracket] ?? text.length;
}

/** No parameter list, return type or head is longer, in UTF-16 units: what is, is not followed. */
const HEAD_LIMIT = 2000;

/** The range inside the braces behind the parameters and the return type; null for an overload or a declaration. */
function functionBody(code: Code, from: number): readonly [number, number] | null {
  const { text } = code;
  const open = text.slice(from, from + HEAD_LIMIT).indexOf('(') + from;
  if (open < from) return null;
  let at = behind(code, open);
  const colon = /^\s*:/.exec(text.slice(at, at + 200));
  if (colon === null) {
    const brace = /^\s*\{/.exec(text.slice(at, at + 200));
    return brace === null ? null : block(code, at + brace[0].length - 1);
  }
  at += colon[0].length;
  const start = at;
  // A return type may itself have braces: the body is the last block before the statement ends.
  for (let last: number | null = null; at < Math.min(text.length, start + HEAD_LIMIT); at++) {
    const unit = text[at];
    if (unit === ';' || unit === '}') return last === null ? null : block(code, last);
    if (unit === '{') {
      const end = behind(code, at);
      const typeGoesOn = /^\s*(?:\{|[|&[>])/.test(text.slice(end, end + 40));
      if (!typeGoesOn) return block(code, at);
      last = at;
      at = end - 1;
    } else if (unit === '(' || unit === '[') at = behind(code, at) - 1;
  }
  return null;
}

/** The body of `= (…) => {…}`, `= function (…) {…}` or an expression behind the arrow; null when the value is none of these. */
function arrowBody(code: Code, from: number): readonly [number, number] | null {
  const { text } = code;
  const head = /^\s*(?::[^=;\n]+)?=?\s*(?:async\s*)?(?:function\s*\*?\s*\w*\s*)?(?:<[^>\n]*>\s*)?(?=\()/.exec(text.slice(from, from + 600));
  if (head === null) return null;
  const end = behind(code, from + head[0].length);
  if (/function/.test(head[0])) return functionBody(code, from + head[0].length);
  const arrow = /^[^;{}\n]*?=>\s*/.exec(text.slice(end, end + 400));
  if (arrow === null) return null;
  const at = end + arrow[0].length;
  return text[at] === '{' ? block(code, at) : null;
}

function block(code: Code, brace: number): readonly [number, number] {
  return [brace + 1, behind(code, brace) - 1];
}

/** Empty, only a `throw` that says it is not implemented, or a bare return with a TODO. */
function isStub(text: string, code: string, [from, to]: readonly [number, number]): boolean {
  const body = code.slice(from, to).trim();
  const source = text.slice(from, to);
  if (body === '') return true;
  return EMPTY_BODY.test(body) && SAYS_STUB.test(source);
}
