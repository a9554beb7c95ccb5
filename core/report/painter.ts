/** Repaints a block of lines at the bottom of a terminal: only the lines that changed are written again. */
import { stripVTControlCharacters } from 'node:util';
import type { Output } from './reporter.ts';
import { widthOf } from './width.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\u001b[K';

export interface Painter {
  /** Replaces the block. Each line must be narrower than the terminal, and the block lower than it. */
  paint(lines: readonly string[]): void;
  /** Takes the block away; what is written next stands in its place. */
  clear(): void;
  /** Leaves the block where it is, for good; the next one begins below it. */
  keep(): void;
  /** Gives the cursor back. May be called more than once. */
  end(): void;
}

export function createPainter(out: Output): Painter {
  let shown: readonly string[] = [];
  let columns = 0;
  let hidden = false;

  /** After the terminal became narrower, a line of the block may stand on several rows. */
  const rowsShown = (): number => {
    const now = out.columns();
    if (now >= columns) return shown.length;
    return shown.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / now)), 0);
  };
  const up = (rows: number): string => (rows > 0 ? `\r\u001b[${rows}A` : '\r');

  const clear = (): void => {
    if (shown.length > 0) out.write(up(rowsShown()) + CLEAR_BELOW);
    shown = [];
  };

  return {
    paint(lines) {
      const resized = columns !== out.columns();
      if (!resized && lines.length === shown.length && lines.every((line, index) => line === shown[index])) return;
      let text = hidden ? '' : HIDE_CURSOR;
      hidden = true;
      text += shown.length > 0 ? up(rowsShown()) : '';
      if (resized && shown.length > 0) text += CLEAR_BELOW;
      for (const [index, line] of lines.entries()) text += !resized && line === shown[index] ? '\n' : `${line}${CLEAR_LINE}\n`;
      if (lines.length < shown.length) text += CLEAR_BELOW;
      shown = lines;
      columns = out.columns();
      out.write(text);
    },
    clear,
    keep() {
      shown = [];
    },
    end() {
      if (hidden) out.write(SHOW_CURSOR);
      hidden = false;
    },
  };
}
