/** The lines around a finding, with a mark under the place. Reads nothing: the caller gives the text. */
import { codeLine } from './format.ts';
import { fit, widthOf } from './width.ts';

export interface FramePlace {
  /** From 1. */
  readonly line: number;
  readonly column?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
}

const BEFORE = 2;
const AFTER = 1;

/**
 * `  > 12 | code` with two lines before and one after, and carets under the columns when they are known. Columns count UTF-16
 * units. Empty when the line is not in the text.
 */
export function codeFrame(text: string, place: FramePlace, columns: number): readonly string[] {
  const source = text.split(/\r\n|\n|\r/);
  const target = source[place.line - 1];
  if (target === undefined) return [];
  const first = Math.max(1, place.line - BEFORE);
  const last = Math.min(source.length, place.line + AFTER);
  const digits = String(last).length;
  const room = Math.max(8, columns - digits - 6);
  const start = place.column === undefined ? 0 : place.column - 1;
  // A place far to the right is brought into view, for all lines alike.
  const shift = widthOf(codeLine(target.slice(0, start))) > room - 8 ? Math.max(0, start - Math.floor(room / 2)) : 0;
  const frame: string[] = [];
  for (let line = first; line <= last; line += 1) {
    const shown = fit(codeLine((source[line - 1] ?? '').slice(shift, shift + room * 2)), room);
    frame.push(`${line === place.line ? '>' : ' '} ${String(line).padStart(digits)} | ${shown}`.trimEnd());
    if (line === place.line && place.column !== undefined) {
      const offset = widthOf(codeLine(target.slice(shift, start)));
      const sameLine = place.endLine === undefined || place.endLine === place.line;
      const end = place.endColumn !== undefined && sameLine ? place.endColumn - 1 : sameLine ? start + 1 : target.length;
      const length = Math.max(1, Math.min(widthOf(codeLine(target.slice(start, end))), room - offset));
      if (offset < room) frame.push(`  ${' '.repeat(digits)} | ${' '.repeat(offset)}${'^'.repeat(length)}`);
    }
  }
  return frame;
}
