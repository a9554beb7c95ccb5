/** Definitions of Python source and whether they are stubs. A line tokenizer: strings and comments are blanked first, then indentation tells bodies. */
import type { Definition } from './contract-definition.ts';

/**
 * Blanks comments and the content of strings, keeping every line and column. A docstring becomes an empty string literal
 * (`""`), so that a body of nothing else is seen. Linear. Nested quotes inside f-strings of Python 3.12 are not followed.
 */
function blankPython(text: string): string {
  return text.replace(
    /#[^\n]*|[rRbBuUfF]{0,2}("""|''')[\s\S]*?(?:\1|$(?![\s\S]))|[rRbBuUfF]{0,2}("|')(?:\\[\s\S]|(?!\2)[^\\\n])*(?:\2|(?=\n)|$(?![\s\S]))/g,
    (match) => {
      if (match.startsWith('#')) return ' '.repeat(match.length);
      const inside = match.replace(/[^\n]/g, ' ');
      return match.length < 2 ? inside : `"${inside.slice(1, -1)}"`;
    },
  );
}

const HEAD = /^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+([A-Za-z_]\w*)/;
const ASSIGNED = /^([ \t]*)([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)[ \t]*(\S.*)?$/;

/** Where the head of a definition ends: the colon at depth 0. Returns [line, column behind it]; null when it is not closed. */
function endOfHead(lines: readonly string[], from: number): readonly [number, number] | null {
  let depth = 0;
  for (let at = from; at < Math.min(lines.length, from + 200); at++) {
    const line = lines[at] ?? '';
    for (let column = 0; column < line.length; column++) {
      const unit = line[column];
      if (unit === '(' || unit === '[' || unit === '{') depth++;
      else if (unit === ')' || unit === ']' || unit === '}') depth--;
      else if (unit === ':' && depth === 0) return [at, column + 1];
    }
  }
  return null;
}

const indentOf = (line: string): number => /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;
const EMPTY_STATEMENT = /^(?:[)\]}]|pass|\.\.\.|["\s]+|raise NotImplementedError\b.*|return(?: (?:None|NotImplemented))?|assert False\b.*|todo\(\))$/;

/** Every function, class and assigned name, at any depth; methods carry the name of their class. */
export function pythonDefinitions(text: string): readonly Definition[] {
  const lines = blankPython(text).split(/\r?\n/);
  const source = text.split(/\r?\n/);
  const found: Definition[] = [];
  const classes: { readonly indent: number; readonly name: string }[] = [];
  lines.forEach((line, at) => {
    if (line.trim() === '') return;
    const indent = indentOf(line);
    while ((classes.at(-1)?.indent ?? -1) >= indent) classes.pop();
    const head = HEAD.exec(line);
    if (head === null) {
      const assigned = ASSIGNED.exec(line);
      if (assigned !== null && (indent === 0 || classes.length > 0))
        found.push({ name: assigned[2] ?? '', owner: classes.at(-1)?.name ?? null, line: at + 1, stub: 'no', kind: 'value' });
      return;
    }
    const name = head[3] ?? '';
    const owner = classes.at(-1)?.name ?? null;
    const decorators = decoratorsAbove(lines, at, indent);
    const abstract = /@(?:\w+\.)*(?:abstractmethod|overload)\b/.test(decorators);
    const end = endOfHead(lines, at);
    const body = end === null ? [] : bodyOf(lines, end, indent);
    const statements = body.map((statement) => statement.trim()).filter((statement) => statement !== '');
    const kind = head[2] === 'class' ? 'class' : 'function';
    if (kind === 'class') classes.push({ indent, name });
    // A class may be empty on purpose: exceptions and markers inherit all they need. It is a stub when it inherits nothing.
    const inherits = /\(\s*\w/.test(line) || decorators !== '';
    const only = statements.every((statement) => EMPTY_STATEMENT.test(statement));
    const justReturns =
      statements.some((statement) => /^return/.test(statement)) &&
      !/\bTODO\b|\bFIXME\b|not implemented/i.test(source.slice(at, at + body.length + 2).join('\n'));
    const stub = only && !abstract && !(kind === 'class' && inherits) && !justReturns;
    found.push({ name, owner, line: at + 1, stub: stub ? 'yes' : 'no', kind });
  });
  return found;
}

/** The decorators right above a head, at most 30 lines of them; empty when there is none. */
function decoratorsAbove(lines: readonly string[], at: number, indent: number): string {
  let first = at;
  for (let line = at - 1; line >= Math.max(0, at - 30); line--) {
    const text = lines[line] ?? '';
    if (text.trim() === '' || indentOf(text) < indent || HEAD.test(text)) break;
    if (indentOf(text) > indent || /^\s*[)\]}]/.test(text)) continue;
    if (!/^\s*@/.test(text)) break;
    first = line;
  }
  return lines.slice(first, at).join('\n');
}

/** Logical lines below the head, as far as they are indented deeper; what stands behind the colon is a body by itself. */
function bodyOf(lines: readonly string[], [at, column]: readonly [number, number], indent: number): readonly string[] {
  const rest = (lines[at] ?? '').slice(column).trim();
  if (rest !== '') return rest.split(';');
  const body: string[] = [];
  for (let line = at + 1; line < lines.length; line++) {
    const text = lines[line] ?? '';
    if (text.trim() === '') continue;
    if (indentOf(text) <= indent) break;
    body.push(text);
  }
  return body;
}
