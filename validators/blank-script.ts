/** TypeScript and JavaScript with everything blanked that is no code: comments, and the content of strings, templates and regular expressions. */

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
