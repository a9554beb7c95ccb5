/** Text edits on one text: are they valid, do they meet, and what comes out. Pure. */
import type { Fix, TextEdit } from '../model.ts';

/** Two edits meet when they begin at one place or their ranges share a character. Edits that only touch do not meet. */
export function editsMeet(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && (a.start === b.start || (a.start < b.end && b.start < a.end));
}

function sameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end && a.text === b.text;
}

export function sameFix(a: Fix, b: Fix): boolean {
  return (
    a.edits.length === b.edits.length &&
    a.edits.every((edit, index) => {
      const other = b.edits[index];
      return other !== undefined && sameEdit(edit, other);
    })
  );
}

/** False for a range outside the text, a reversed one, or one that cuts a surrogate pair. */
export function editFits(text: string, edit: TextEdit): boolean {
  if (!Number.isInteger(edit.start) || !Number.isInteger(edit.end) || edit.start < 0 || edit.end < edit.start || edit.end > text.length) return false;
  return ![edit.start, edit.end].some((at) => at > 0 && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)));
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Applies edits that do not meet; offsets are those of `text`. The order of the list does not matter. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const edit of ordered) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
