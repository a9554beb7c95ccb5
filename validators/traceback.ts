/** Stack traces of Python and V8 as diagnostics: located at the frame of the tree that is nearest to the throw, never in installed code. */
import { linesOf as allLines, repoPath } from './text.ts';
import type { Diagnostic } from '../core/api.ts';

/** Lines that a person could read: a trace has no longer ones. */
function linesOf(text: string): readonly string[] {
  return allLines(text).map((line) => (line.length > 2000 ? '' : line));
}

/** Turns a printed path into one from the root of a file that exists; null when it is none. */
export type Locate = (printed: string) => string | null;

/** A `Locate` over a tree: the path lies in it, is no installed code, and can be read. */
export function locator(root: string, cwd: string, read: (path: string) => string | null): Locate {
  const known = new Map<string, string | null>();
  return (printed) => {
    const before = known.get(printed);
    if (before !== undefined) return before;
    const path = repoPath(printed, root, cwd);
    const found = path !== null && read(path) !== null ? path : null;
    known.set(printed, found);
    return found;
  };
}

const PYTHON_FRAME = /^(?:E\s+)?\s*File "(.+?)", line (\d+)/;
// Code lines of a traceback are indented, so the first line at the margin is the exception.
const PYTHON_HEAD = /^(?:E\s+)?((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?$/;

/** Every `Traceback (most recent call last):` and every `File … SyntaxError` block. */
export function pythonTracebacks(text: string, source: string, locate: Locate): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let place: { file: string; line: number } | null = null;
  let open = false;
  for (const line of linesOf(text)) {
    if (/^(?:E\s+)?\s*(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):/.test(line)) {
      place = null;
      open = true;
      continue;
    }
    const frame = PYTHON_FRAME.exec(line);
    if (frame !== null) {
      const file = locate(frame[1] ?? '');
      if (file !== null) place = { file, line: Number(frame[2]) };
      open = true;
      continue;
    }
    const head = open ? PYTHON_HEAD.exec(line) : null;
    if (head === null) continue;
    const name = head[1] ?? '';
    const message = head[2] === undefined || head[2] === '' ? name : `${name}: ${head[2]}`;
    found.push({ source, code: name.split('.').at(-1) ?? name, severity: 'error', message, ...(place ?? {}) });
    open = false;
    place = null;
  }
  return found;
}

const V8_FRAME = /^\s+at (?:.*? \()?((?:file:\/\/|\/|[A-Za-z]:[\\/]|\.{0,2}[\w@-]+\/).*?):(\d+):(\d+)\)?$/;
const V8_HEAD = /^(?:Uncaught )?((?:[A-Z]\w*)?(?:Error|Exception))(?: \[\w+\])?(?:: (.*))?$/;
const V8_PLACE = /^((?:file:\/\/|\/|[A-Za-z]:[\\/]).+?):(\d+)$/;

/** The first frame of a V8 stack that lies in the tree; null when none does. */
export function v8Frame(stack: string, locate: Locate): { readonly file: string; readonly line: number; readonly column: number } | null {
  for (const line of linesOf(stack)) {
    const frame = V8_FRAME.exec(line);
    const file = frame === null ? null : locate(frame[1] ?? '');
    if (frame !== null && file !== null) return { file, line: Number(frame[2]), column: Number(frame[3]) };
  }
  return null;
}

/** Every `XError: message` that a stack or a source excerpt stands by. */
export function v8Stacks(text: string, source: string, locate: Locate): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const lines = linesOf(text);
  let excerpt: { file: string; line: number } | null = null;
  lines.forEach((line, at) => {
    const place = V8_PLACE.exec(line);
    if (place !== null) {
      const file = locate(place[1] ?? '');
      if (file !== null) excerpt = { file, line: Number(place[2]) };
    }
    const head = V8_HEAD.exec(line.trim());
    if (head === null) return;
    const frames: string[] = [];
    for (let next = at + 1; next < lines.length && frames.length < 60; next++) {
      const following = lines[next] ?? '';
      if (!/^\s+at /.test(following)) {
        if (frames.length > 0 || V8_HEAD.test(following.trim())) break;
        if (next > at + 30) break;
        continue;
      }
      frames.push(following);
    }
    if (frames.length === 0 && excerpt === null) return;
    const name = head[1] ?? 'Error';
    const where = head[1] === 'SyntaxError' ? (excerpt ?? v8Frame(frames.join('\n'), locate)) : (v8Frame(frames.join('\n'), locate) ?? excerpt);
    found.push({ source, code: name, severity: 'error', message: head[2] === undefined || head[2] === '' ? name : `${name}: ${head[2]}`, ...(where ?? {}) });
    excerpt = null;
  });
  return found;
}
