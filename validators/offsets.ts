/** Lines and columns of tools as UTF-16 offsets into a file. */

export interface LineIndex {
  readonly text: string;
  /** Offset of the first unit of each line. */
  readonly starts: readonly number[];
}

/** Lines end at `\n`, `\r\n` or `\r`. */
export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || (unit === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return { text, starts };
}

/**
 * Offset of a 1-based line and a 1-based column that counts code points, as ruff does. The line after the last is the end
 * of the file; null for a place that the file does not have.
 */
export function offsetOf(index: LineIndex, line: number, column: number): number | null {
  if (line === index.starts.length + 1 && column === 1) return index.text.length;
  const start = index.starts[line - 1];
  if (start === undefined || column < 1) return null;
  const end = index.starts[line] ?? index.text.length;
  let at = start;
  for (let seen = 1; seen < column; seen++) {
    if (at >= end) return null;
    at += (index.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** The 1-based UTF-16 column of a 1-based code point column of a line; the column itself where the file does not have it. */
export function utf16Column(index: LineIndex, line: number, column: number): number {
  const offset = offsetOf(index, line, column);
  const start = index.starts[line - 1];
  return offset === null || start === undefined ? column : offset - start + 1;
}
