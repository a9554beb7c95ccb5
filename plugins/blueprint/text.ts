/** Texts as lines, with their line ends known: a change keeps the line ends of the file it changes. Pure. */

export interface Text {
  readonly lines: readonly string[];
  readonly eol: '\n' | '\r\n';
  /** False when the last line has no end. */
  readonly ended: boolean;
}

export function readText(content: string): Text {
  const crlf = content.match(/\r\n/g)?.length ?? 0;
  const lf = (content.match(/\n/g)?.length ?? 0) - crlf;
  const ended = content === '' || content.endsWith('\n');
  const lines = content === '' ? [] : content.split(/\r?\n/);
  return { lines: ended && lines.length > 0 ? lines.slice(0, -1) : lines, eol: crlf > lf ? '\r\n' : '\n', ended };
}

export function writeText({ lines, eol, ended }: Text): string {
  return lines.join(eol) + (ended && lines.length > 0 ? eol : '');
}

/** A block as the content of a file: the file's line ends, one end at the end. */
export function blockText(block: string, eol: Text['eol'] = '\n'): Text {
  const lines = block.replace(/\r\n/g, '\n').replace(/\n+$/, '').split('\n');
  return { lines: lines.length === 1 && lines[0] === '' ? [] : lines, eol, ended: true };
}

export function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** True when `whole` holds every line of `part` that is not blank, in that order. */
export function holdsAllLines(whole: readonly string[], part: readonly string[]): boolean {
  const wanted = part.filter((line) => line.trim() !== '');
  let found = 0;
  for (const line of whole) if (found < wanted.length && line.trimEnd() === wanted[found]?.trimEnd()) found++;
  return found === wanted.length;
}

const ELISION =
  /^\s*(#|\/\/|\/\*+|<!--|--|;|\*)\s*(\[|\()?(\.{3}|…|(the )?(rest|remainder) of|(existing|other|remaining|previous) (code|imports?|content|functions?|methods?|logic|implementation)\b|same as (before|above)|unchanged\b)/i;

/** The first line (from 0) that stands for code which the block leaves out; -1 when it leaves nothing out. */
export function elisionAt(lines: readonly string[]): number {
  return lines.findIndex((line) => ELISION.test(line) || (/^\s*(\.{3}|…)\s*$/.test(line) && !/^\s+\.\.\.$/.test(line)));
}
