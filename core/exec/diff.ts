/**
 * Line differences of two texts: for people (unified diff) and for the heal guard (which lines went and came).
 * Pure. The algorithm is Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in its linear-space form.
 */

interface LineChange {
  readonly kind: 'same' | 'removed' | 'added';
  /** With its line end, if it has one. */
  readonly text: string;
}

const CONTEXT = 3;

/** A text as lines that keep their ends. The empty text has no lines. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The shortest edit script from `before` to `after`, in order. Removed lines come before added ones. */
export function diffLines(before: string, after: string): LineChange[] {
  const a = splitLines(before);
  const b = splitLines(after);
  const { goneA, newB } = compare(intern(a, b));
  const changes: LineChange[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (goneA[i] === 1) changes.push({ kind: 'removed', text: a[i++] ?? '' });
    else if (newB[j] === 1) changes.push({ kind: 'added', text: b[j++] ?? '' });
    else {
      changes.push({ kind: 'same', text: a[i++] ?? '' });
      j++;
    }
  }
  return changes;
}

/**
 * A unified diff with three lines of context, as `git apply` takes it. Null stands for a file that does not exist.
 * Empty when nothing changed.
 */
export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  const changes = diffLines(before ?? '', after ?? '');
  const hunks = hunksOf(changes);
  if (hunks.length === 0) return '';
  const head = `--- ${before === null ? '/dev/null' : `a/${path}`}\n+++ ${after === null ? '/dev/null' : `b/${path}`}\n`;
  return head + hunks.join('');
}

/** Groups changes that are at most twice the context apart, and writes each group. */
function hunksOf(changes: readonly LineChange[]): string[] {
  const hunks: string[] = [];
  const edits = changes.flatMap((change, index) => (change.kind === 'same' ? [] : [index]));
  let first = 0;
  while (first < edits.length) {
    let last = first;
    while (last + 1 < edits.length && (edits[last + 1] ?? 0) - (edits[last] ?? 0) <= 2 * CONTEXT) last++;
    const from = Math.max(0, (edits[first] ?? 0) - CONTEXT);
    const to = Math.min(changes.length, (edits[last] ?? 0) + CONTEXT + 1);
    hunks.push(writeHunk(changes, from, to));
    first = last + 1;
  }
  return hunks;
}

function writeHunk(changes: readonly LineChange[], from: number, to: number): string {
  const earlier = changes.slice(0, from);
  const lines = changes.slice(from, to);
  const oldSize = lines.filter((line) => line.kind !== 'added').length;
  const newSize = lines.filter((line) => line.kind !== 'removed').length;
  // A side without lines is written with the number of the line before it.
  const oldStart = earlier.filter((line) => line.kind !== 'added').length + (oldSize === 0 ? 0 : 1);
  const newStart = earlier.filter((line) => line.kind !== 'removed').length + (newSize === 0 ? 0 : 1);
  const marks = { same: ' ', removed: '-', added: '+' } as const;
  const body = lines.map((line) => marks[line.kind] + (line.text.endsWith('\n') ? line.text : `${line.text}\n\\ No newline at end of file\n`));
  return `@@ -${oldStart},${oldSize} +${newStart},${newSize} @@\n${body.join('')}`;
}

interface Sides {
  readonly a: Int32Array;
  readonly b: Int32Array;
}

/** Equal lines get equal numbers, so that the search compares numbers. */
function intern(a: readonly string[], b: readonly string[]): Sides {
  const ids = new Map<string, number>();
  const idOf = (line: string): number => {
    const known = ids.get(line);
    if (known !== undefined) return known;
    ids.set(line, ids.size);
    return ids.size - 1;
  };
  return { a: Int32Array.from(a, idOf), b: Int32Array.from(b, idOf) };
}

interface Box {
  readonly aFrom: number;
  readonly aTo: number;
  readonly bFrom: number;
  readonly bTo: number;
}

function compare(sides: Sides): { goneA: Uint8Array; newB: Uint8Array } {
  const { a, b } = sides;
  const goneA = new Uint8Array(a.length);
  const newB = new Uint8Array(b.length);
  const width = a.length + b.length + 3;
  const forward = new Int32Array(width);
  const backward = new Int32Array(width);
  const open: Box[] = [{ aFrom: 0, aTo: a.length, bFrom: 0, bTo: b.length }];
  for (let box = open.pop(); box; box = open.pop()) {
    let { aFrom, aTo, bFrom, bTo } = box;
    while (aFrom < aTo && bFrom < bTo && a[aFrom] === b[bFrom]) {
      aFrom++;
      bFrom++;
    }
    while (aFrom < aTo && bFrom < bTo && a[aTo - 1] === b[bTo - 1]) {
      aTo--;
      bTo--;
    }
    if (aFrom === aTo) newB.fill(1, bFrom, bTo);
    else if (bFrom === bTo) goneA.fill(1, aFrom, aTo);
    else {
      const [x, y] = middle(sides, { aFrom, aTo, bFrom, bTo }, forward, backward);
      open.push({ aFrom, aTo: x, bFrom, bTo: y }, { aFrom: x, aTo, bFrom: y, bTo });
    }
  }
  return { goneA, newB };
}

/**
 * A point that a shortest path through the box crosses: the furthest paths from both corners, one step longer each turn,
 * until they meet. Diagonal `d` is `x - y`; the arrays are shared by all boxes and shifted so that no index is negative.
 */
function middle({ a, b }: Sides, box: Box, forward: Int32Array, backward: Int32Array): readonly [number, number] {
  const { aFrom, aTo, bFrom, bTo } = box;
  const shift = b.length + 1;
  const lowest = aFrom - bTo;
  const highest = aTo - bFrom;
  const start = aFrom - bFrom;
  const goal = aTo - bTo;
  const odd = ((start - goal) & 1) !== 0;
  let [fLow, fHigh, bLow, bHigh] = [start, start, goal, goal];
  forward[start + shift] = aFrom;
  backward[goal + shift] = aTo;
  const at = (paths: Int32Array, d: number): number => paths[d + shift] ?? 0;
  for (;;) {
    if (fLow > lowest) forward[--fLow - 1 + shift] = -1;
    else fLow++;
    if (fHigh < highest) forward[++fHigh + 1 + shift] = -1;
    else fHigh--;
    for (let d = fHigh; d >= fLow; d -= 2) {
      let x = Math.max(at(forward, d + 1), at(forward, d - 1) + 1);
      while (x < aTo && x - d < bTo && a[x] === b[x - d]) x++;
      forward[d + shift] = x;
      if (odd && bLow <= d && d <= bHigh && at(backward, d) <= x) return [x, x - d];
    }
    if (bLow > lowest) backward[--bLow - 1 + shift] = 0x7fffffff;
    else bLow++;
    if (bHigh < highest) backward[++bHigh + 1 + shift] = 0x7fffffff;
    else bHigh--;
    for (let d = bHigh; d >= bLow; d -= 2) {
      let x = Math.min(at(backward, d - 1), at(backward, d + 1) - 1);
      while (x > aFrom && x - d > bFrom && a[x - 1] === b[x - d - 1]) x--;
      backward[d + shift] = x;
      if (!odd && fLow <= d && d <= fHigh && x <= at(forward, d)) return [x, x - d];
    }
  }
}
