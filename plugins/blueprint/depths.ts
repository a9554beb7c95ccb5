/**
 * How deep each line begins: 0 at the top level, -1 inside a comment there, more inside brackets and strings. Null when brackets
 * or strings do not close, so that nothing is guessed from a text that was misread. Pure, linear.
 */

/** Python: brackets, strings, triple strings, comments. */
export function pythonDepths(lines: readonly string[]): readonly number[] | null {
  const depths: number[] = [];
  let brackets = 0;
  let triple = '';
  for (const line of lines) {
    depths.push(brackets + (triple === '' ? 0 : 1));
    for (let at = 0; at < line.length; at++) {
      const char = line.charAt(at);
      if (triple !== '') {
        if (char === '\\') at++;
        else if (line.startsWith(triple, at)) {
          at += 2;
          triple = '';
        }
      } else if (char === '#') break;
      else if (line.startsWith('"""', at) || line.startsWith("'''", at)) {
        triple = line.slice(at, at + 3);
        at += 2;
      } else if (char === '"' || char === "'") {
        const end = closing(line, at, char);
        if (end === -1) return null;
        at = end;
      } else if ('([{'.includes(char)) brackets++;
      else if (')]}'.includes(char) && --brackets < 0) return null;
    }
  }
  return brackets === 0 && triple === '' ? depths : null;
}

/** Where the string that begins at `from` ends in its line; -1 when it does not. */
function closing(line: string, from: number, quote: string): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line.charAt(at) === '\\') at++;
    else if (line.charAt(at) === quote) return at;
  }
  return -1;
}

/** A slash begins a regular expression after an operator or a keyword, and divides after a value. */
const BEFORE_REGEX = /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))\s*$/;

/** TypeScript and JavaScript: brackets, strings, templates with their expressions, comments, regular expressions. No JSX text with quotes. */
export function scriptDepths(lines: readonly string[]): readonly number[] | null {
  const depths: number[] = [];
  const open: string[] = [];
  let comment = false;
  for (const line of lines) {
    depths.push(comment && open.length === 0 ? -1 : open.length);
    for (let at = 0; at < line.length; at++) {
      const char = line.charAt(at);
      const top = open.at(-1);
      if (comment) {
        if (!line.startsWith('*/', at)) continue;
        comment = false;
        at++;
      } else if (top === '`') {
        if (char === '\\') at++;
        else if (char === '`') open.pop();
        else if (line.startsWith('${', at)) {
          open.push('{');
          at++;
        }
      } else if (line.startsWith('//', at)) break;
      else if (line.startsWith('/*', at)) {
        comment = true;
        at++;
      } else if (char === '"' || char === "'") {
        const end = closing(line, at, char);
        if (end === -1) return null;
        at = end;
      } else if (char === '/' && BEFORE_REGEX.test(line.slice(Math.max(0, at - 20), at))) {
        const end = regexEnd(line, at);
        if (end === -1) return null;
        at = end;
      } else if ('([{`'.includes(char)) open.push(char);
      else if (')]}'.includes(char)) {
        const wanted = { ')': '(', ']': '[', '}': '{' }[char];
        if (open.pop() !== wanted) return null;
      }
    }
  }
  return open.length === 0 && !comment ? depths : null;
}

function regexEnd(line: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at;
  }
  return -1;
}
