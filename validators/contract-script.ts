/** Definitions of TypeScript and JavaScript source and whether they are stubs. A tokenizer by one pass; no types, no JSX text. */
import { indexLines } from './offsets.ts';
import type { Definition } from './contract.ts';

/** A `/` behind one of these begins a regular expression. */
const BEFORE_REGEX = /(?:^|[=(,[!&|?:;{}+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|do|else|throw|new|delete|void|await|yield))\s*$/;

/** Blanks comments, the content of strings and of regular expressions, keeping every line and column. Code in `${}` of templates is blanked too. */
export function blankScript(text: string): string {
  const out: string[] = [];
  const blank = (from: number, to: number): void => {
    out.push(text.slice(from, to).replace(/[^\n]/g, ' '));
  };
  let at = 0;
  while (at < text.length) {
    const unit = text[at] ?? '';
    const two = text.slice(at, at + 2);
    let end = at + 1;
    if (two === '//') end = endAt(text.indexOf('\n', at), text.length);
    else if (two === '/*') end = endAt(text.indexOf('*/', at + 2), text.length - 2) + 2;
    else if (unit === '"' || unit === "'") end = closing(text, at, unit);
    else if (unit === '`') end = template(text, at);
    else if (unit === '/' && BEFORE_REGEX.test(lastCode(out))) end = regexEnd(text, at);
    else {
      out.push(unit);
      at++;
      continue;
    }
    if (two === '//' || two === '/*') blank(at, end);
    else {
      out.push('"');
      blank(at + 1, Math.max(at + 1, end - 1));
      if (end - at > 1) out.push('"');
    }
    at = end;
  }
  return out.join('');
}

const endAt = (found: number, otherwise: number): number => (found === -1 ? otherwise : found);

/** Enough of what was written last to tell a division from a regular expression. */
function lastCode(out: readonly string[]): string {
  let text = '';
  for (let at = out.length - 1; at >= 0 && text.trim().length < 12 && text.length < 400; at--) text = (out[at] ?? '') + text;
  return text;
}

function closing(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    const unit = text[at];
    if (unit === '\\') at++;
    else if (unit === quote) return at + 1;
    else if (unit === '\n' && quote !== '`') return at;
  }
  return text.length;
}

/** Iterative: templates inside `${}` only move the depth. */
function template(text: string, from: number): number {
  const stack: string[] = ['`'];
  for (let at = from + 1; at < text.length; at++) {
    const unit = text[at] ?? '';
    const inTemplate = stack.at(-1) === '`';
    if (unit === '\\') at++;
    else if (inTemplate && unit === '`') {
      stack.pop();
      if (stack.length === 0) return at + 1;
    } else if (inTemplate && unit === '$' && text[at + 1] === '{') {
      stack.push('{');
      at++;
    } else if (!inTemplate && unit === '{') stack.push('{');
    else if (!inTemplate && unit === '}') stack.pop();
    else if (!inTemplate && unit === '`') stack.push('`');
    else if (!inTemplate && (unit === '"' || unit === "'")) at = closing(text, at, unit) - 1;
  }
  return text.length;
}

function regexEnd(text: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < text.length; at++) {
    const unit = text[at];
    if (unit === '\n') return from + 1;
    if (unit === '\\') at++;
    else if (unit === '[') inClass = true;
    else if (unit === ']') inClass = false;
    else if (unit === '/' && !inClass) return at + 1;
  }
  return from + 1;
}

const FUNCTION = /\b(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*([A-Za-z_$][\w$]*)/g;
const TYPE = /\b(?:abstract\s+)?(class|interface|enum|type|namespace)\s+([A-Za-z_$][\w$]*)/g;
const VALUE = /\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)/g;
const METHOD =
  /^[ \t]*(?:(?:public|private|protected|static|override|async|get|set|readonly|abstract)\s+)*\*?\s*(#?[A-Za-z_$][\w$]*)\s*(?:<[^>\n]*>)?\s*(?:=\s*(?:async\s*)?)?(?=\()/gm;
const PROPERTY = /^[ \t]*(?:exports|module\.exports|[A-Za-z_$][\w$]*\.prototype)\.([A-Za-z_$][\w$]*)\s*=/gm;
const KEYWORDS = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'await', 'super', 'new', 'typeof', 'else', 'do', 'import', 'throw']);
const EMPTY_BODY = /^(?:throw\s+(?:new\s+)?\w*(?:Error|Exception)?\s*\(.*\)\s*;?|return(?:\s+(?:undefined|null|void 0))?\s*;?|;)?$/s;
const SAYS_STUB = /\bTODO\b|\bFIXME\b|not\s+(?:yet\s+)?implemented|unimplemented/i;

/** Every function, class, type, value and method. `export { a as b }` and re-exports count for the names that they give. */
export function scriptDefinitions(text: string): readonly Definition[] {
  const code = blankScript(text);
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
  for (const match of code.matchAll(FUNCTION)) add(match[1] ?? '', match.index, 'function', functionBody(code, match.index + match[0].length));
  for (const match of code.matchAll(TYPE)) add(match[2] ?? '', match.index, 'class', null);
  for (const match of code.matchAll(VALUE)) add(match[1] ?? '', match.index, 'value', arrowBody(code, match.index + match[0].length));
  for (const match of code.matchAll(METHOD)) {
    const body = KEYWORDS.has(match[1] ?? '') ? null : functionBody(code, match.index + match[0].length);
    if (body !== null) add(match[1] ?? '', match.index, 'function', body);
  }
  for (const match of code.matchAll(PROPERTY)) add(match[1] ?? '', match.index, 'value', arrowBody(code, match.index + match[0].length));
  for (const list of code.matchAll(/\bexport\s*(?:type\s*)?\{([^}]*)\}/g)) {
    for (const name of (list[1] ?? '').split(',')) add(/([\w$]+)\s*$/.exec(name)?.[1] ?? '', list.index, 'value', null);
  }
  return found;
}

function matching(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const unit = code[at];
    if (unit === '(' || unit === '[' || unit === '{') depth++;
    else if ((unit === ')' || unit === ']' || unit === '}') && --depth === 0) return at + 1;
  }
  return code.length;
}

/** The range inside the braces behind the parameters and the return type; null for an overload or a declaration. */
function functionBody(code: string, from: number): readonly [number, number] | null {
  const open = code.indexOf('(', from);
  if (open === -1) return null;
  let at = matching(code, open);
  const colon = /^\s*:/.exec(code.slice(at, at + 200));
  if (colon === null) {
    const brace = /^\s*\{/.exec(code.slice(at, at + 200));
    return brace === null ? null : block(code, at + brace[0].length - 1);
  }
  at += colon[0].length;
  // A return type may itself have braces: the body is the last block before the statement ends.
  for (let last: number | null = null; at < code.length; at++) {
    const unit = code[at];
    if (unit === ';' || unit === '}') return last === null ? null : block(code, last);
    if (unit === '{') {
      const end = matching(code, at);
      const typeGoesOn = /^\s*(?:\{|[|&[>])/.test(code.slice(end, end + 40));
      if (!typeGoesOn) return block(code, at);
      last = at;
      at = end - 1;
    } else if (unit === '(' || unit === '[') at = matching(code, at) - 1;
  }
  return null;
}

/** The body of `= (…) => {…}`, `= function (…) {…}` or an expression behind the arrow; null when the value is none of these. */
function arrowBody(code: string, from: number): readonly [number, number] | null {
  const head = /^\s*(?::[^=;\n]+)?=?\s*(?:async\s*)?(?:function\s*\*?\s*\w*\s*)?(?:<[^>\n]*>\s*)?(?=\()/.exec(code.slice(from, from + 600));
  if (head === null) return null;
  const end = matching(code, from + head[0].length);
  if (/function/.test(head[0])) return functionBody(code, from + head[0].length);
  const arrow = /^[^;{}\n]*?=>\s*/.exec(code.slice(end, end + 400));
  if (arrow === null) return null;
  const at = end + arrow[0].length;
  return code[at] === '{' ? block(code, at) : null;
}

function block(code: string, brace: number): readonly [number, number] {
  return [brace + 1, matching(code, brace) - 1];
}

/** Empty, only a `throw` that says it is not implemented, or a bare return with a TODO. */
function isStub(text: string, code: string, [from, to]: readonly [number, number]): boolean {
  const body = code.slice(from, to).trim();
  const source = text.slice(from, to);
  if (body === '') return true;
  return EMPTY_BODY.test(body) && SAYS_STUB.test(source);
}
