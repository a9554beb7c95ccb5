/**
 * Applies the hunks of one file. The old lines must be there exactly; only their place may drift. A hunk whose new lines are
 * there already was applied before. Where neither or both could be meant, nothing is applied. Pure.
 */
import type { Hunk } from './diff-parse.ts';
import type { Text } from './text.ts';

/** How far from its place a hunk is looked for while others also match. */
const DRIFT = 25;

export type Applied =
  | { readonly ok: true; readonly text: Text; readonly changed: boolean }
  | { readonly ok: false; readonly hunk: Hunk; readonly reason: string };

export function applyHunks(text: Text, hunks: readonly Hunk[]): Applied {
  let lines = text.lines;
  let { ended } = text;
  let shift = 0;
  let floor = 0;
  let changed = false;
  for (const hunk of hunks) {
    const expected = hunk.start === null ? null : Math.max(0, hunk.start - 1 + shift);
    const old = locate(lines, hunk.before, expected, floor);
    const done = locate(lines, hunk.after, expected, floor);
    const choice = choose(hunk, old, done, expected);
    if (typeof choice === 'string') return { ok: false, hunk, reason: choice };
    const [replaced, inserted] = choice.apply ? [hunk.before, hunk.after] : [hunk.after, hunk.after];
    if (choice.apply) {
      lines = [...lines.slice(0, choice.at), ...hunk.after, ...lines.slice(choice.at + replaced.length)];
      changed = true;
      if (choice.at + inserted.length === lines.length && (hunk.endedBefore !== null || hunk.endedAfter !== null)) ended = hunk.endedAfter ?? true;
    }
    floor = choice.at + inserted.length;
    // How far this and all earlier hunks have moved what follows, for the numbers of the old file.
    if (hunk.start !== null) shift = choice.at - (hunk.start - 1) + hunk.after.length - hunk.before.length;
  }
  return { ok: true, text: { lines, eol: text.eol, ended }, changed };
}

type Found = { readonly kind: 'at'; readonly at: number } | { readonly kind: 'nowhere' } | { readonly kind: 'many'; readonly lines: readonly number[] };

function locate(lines: readonly string[], wanted: readonly string[], expected: number | null, floor: number): Found {
  // Without any old line only an empty file has just one place.
  if (wanted.length === 0) return lines.length === 0 ? { kind: 'at', at: 0 } : { kind: 'nowhere' };
  const places: number[] = [];
  for (let at = floor; at + wanted.length <= lines.length; at++) if (wanted.every((line, index) => lines[at + index] === line)) places.push(at);
  if (expected !== null && places.includes(expected)) return { kind: 'at', at: expected };
  const [first, second] = [...places].sort((a, b) => Math.abs(a - (expected ?? 0)) - Math.abs(b - (expected ?? 0)));
  if (first === undefined) return { kind: 'nowhere' };
  if (second === undefined) return { kind: 'at', at: first };
  if (expected === null) return { kind: 'many', lines: places };
  const [near, far] = [Math.abs(first - expected), Math.abs(second - expected)];
  return near < far && near <= DRIFT ? { kind: 'at', at: first } : { kind: 'many', lines: places };
}

function choose(hunk: Hunk, old: Found, done: Found, expected: number | null): { readonly at: number; readonly apply: boolean } | string {
  if (old.kind === 'at' && done.kind === 'at') {
    // The longer side holds the shorter one where lines were only added or only removed: it alone tells the two states apart.
    if (covers(hunk.after, hunk.before)) return { at: done.at, apply: false };
    if (covers(hunk.before, hunk.after)) return { at: old.at, apply: true };
    if (old.at === expected && done.at !== expected) return { at: old.at, apply: true };
    if (done.at === expected && old.at !== expected) return { at: done.at, apply: false };
    return 'both its old and its new lines are in the file';
  }
  if (old.kind === 'at' && done.kind === 'many' && !covers(hunk.before, hunk.after)) return 'its new lines are in the file several times';
  if (old.kind === 'at') return { at: old.at, apply: true };
  if (done.kind === 'at' && (old.kind === 'nowhere' || covers(hunk.after, hunk.before))) return { at: done.at, apply: false };
  if (old.kind === 'many')
    return `its old lines are in the file ${old.lines.length} times, at lines ${old.lines
      .slice(0, 5)
      .map((at) => at + 1)
      .join(', ')}`;
  if (hunk.before.length === 0) return 'it has no line of context, so its place is not known';
  return `its old lines are not in the file; the first is ${JSON.stringify(hunk.before.find((line) => line.trim() !== '') ?? '')}`;
}

/** True when `part` stands in `whole` as one piece or is spread over it in order, and `whole` has more. */
function covers(whole: readonly string[], part: readonly string[]): boolean {
  if (whole.length <= part.length) return false;
  let found = 0;
  for (const line of whole) if (found < part.length && line === part[found]) found++;
  return found === part.length;
}
