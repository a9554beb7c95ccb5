/** A small terminal: enough of one to see what a person sees after a sequence of writes. It wraps, scrolls, and knows the controls that a repaint uses. */
import { widthOf } from '../../core/report/width.ts';

export interface Screen {
  write(text: string): void;
  /** Everything written, with the lines that scrolled away, without trailing blanks. */
  lines(): readonly string[];
  readonly cursorHidden: () => boolean;
}

const CONTROL = /^\u001b\[(\??)(\d*)([A-Za-z])/;

export function createScreen(columns: number, rows: number): Screen {
  const grid: string[][] = [[]];
  let [row, column, hidden] = [0, 0, false];
  const top = (): number => Math.max(0, grid.length - rows);
  const lineAt = (index: number): string[] => {
    while (grid.length <= index) grid.push([]);
    return grid[index] ?? [];
  };
  const put = (character: string): void => {
    const width = widthOf(character);
    if (width === 0) return;
    if (column + width > columns) {
      row += 1;
      column = 0;
    }
    const line = lineAt(row);
    while (line.length < column) line.push(' ');
    line.splice(column, width, character, ...Array.from({ length: width - 1 }, () => ''));
    column += width;
  };
  const control = (mode: string, count: string, letter: string): void => {
    if (letter === 'A') row = Math.max(top(), row - Number(count || 1));
    else if (letter === 'J') {
      lineAt(row).length = Math.min(lineAt(row).length, column);
      grid.length = row + 1;
    } else if (letter === 'K') lineAt(row).length = Math.min(lineAt(row).length, column);
    else if (mode === '?' && count === '25') hidden = letter === 'l';
    else if (letter !== 'm') throw new Error(`the screen does not know CSI ${mode}${count}${letter}`);
  };
  return {
    write(text) {
      let rest = text;
      while (rest !== '') {
        const match = CONTROL.exec(rest);
        const [whole = '', mode = '', count = '', letter = ''] = match ?? [];
        if (match !== null) {
          control(mode, count, letter);
          rest = rest.slice(whole.length);
          continue;
        }
        const character = [...new Intl.Segmenter().segment(rest.slice(0, 64))][0]?.segment ?? '';
        if (character === '\n' || character === '\r\n') {
          row += 1;
          column = 0;
          lineAt(row);
        } else if (character === '\r') column = 0;
        else if (character.startsWith('\u001b')) throw new Error(`an escape that is no control: ${JSON.stringify(rest.slice(0, 12))}`);
        else put(character);
        rest = rest.slice(character.length);
      }
    },
    lines: () => grid.map((line) => line.join('').trimEnd()),
    cursorHidden: () => hidden,
  };
}
