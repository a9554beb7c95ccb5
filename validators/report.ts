/** Reads the records that ce's own reporters for pytest and node:test write: counts, failures, and whether every run came to its end. */
import { firstLine, lastLine, plain } from './text.ts';
import { locatedFindings, unique } from './located.ts';
import { type Locate, v8Frame } from './traceback.ts';
import { NO_TESTS } from './verdict.ts';
import type { Diagnostic, TestCounts } from '../core/api.ts';

export interface TestReport {
  readonly tests: TestCounts;
  readonly failures: readonly Diagnostic[];
  /** False when a run began and did not end by itself. */
  readonly complete: boolean;
  /** Test files, as the tool named them, that ended well and reported no test. */
  readonly silent: readonly string[];
  /** What the tool said of itself when it broke; null when it did not. */
  readonly internal: string | null;
}

interface Frame {
  readonly file: string;
  readonly line: number;
}

interface Entry {
  readonly event?: string;
  readonly id?: string;
  readonly stage?: string;
  readonly outcome?: string;
  readonly file?: string | null;
  readonly line?: number | null;
  readonly type?: string;
  readonly message?: string | null;
  readonly frames?: readonly Frame[];
  readonly text?: string;
  readonly output?: string;
  readonly exit?: number | null;
  readonly signal?: string | null;
}

/** Null when the line is no record: a report that is torn in the middle of a line is an incomplete one. */
function parseEntry(line: string): Entry | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** `tool` is the diagnostics' source. Null when the text holds no record at all. */
export function readTestReport(text: string, tool: string, locate: Locate): TestReport | null {
  const counts = { ...NO_TESTS };
  const failures: Diagnostic[] = [];
  let open = 0;
  let broken = 0;
  let records = 0;
  let internal: string | null = null;
  const silent: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const entry = parseEntry(line);
    if (entry === null) {
      broken++;
      continue;
    }
    records++;
    if (entry.event === 'start') open++;
    else if (entry.event === 'finish') open--;
    else if (entry.event === 'internal') internal = lastLine(entry.text ?? 'internal error').replace(/^E\s+/, '');
    else if (entry.event === 'file' && entry.outcome === 'passed' && typeof entry.file === 'string') silent.push(entry.file);
    else if (entry.event === 'test') count(counts, entry.outcome);
    else if (entry.event === 'failure') failures.push(...failureOf(entry, tool, locate));
  }
  return records === 0 ? null : { tests: counts, failures: unique(failures), complete: open === 0 && broken === 0, silent, internal };
}

function count(counts: { run: number; passed: number; failed: number; skipped: number }, outcome: string | undefined): void {
  if (outcome === 'skipped') {
    counts.skipped++;
    return;
  }
  counts.run++;
  if (outcome === 'passed') counts.passed++;
  else counts.failed++;
}

const HEAD = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: |$)/;

function failureOf(entry: Entry, tool: string, locate: Locate): readonly Diagnostic[] {
  const id = entry.id ?? '';
  if (entry.stage === 'collect' || entry.stage === 'file') {
    const inside = locatedFindings(entry.output ?? collectText(entry.text ?? ''), tool, locate);
    const file = typeof entry.file === 'string' ? locate(entry.file) : null;
    if (inside.length > 0)
      return inside.map((diagnostic) => (diagnostic.file === undefined && file !== null ? { ...diagnostic, file, line: entry.line ?? 1 } : diagnostic));
    if (entry.stage === 'file' && file !== null)
      return [{ source: tool, code: 'test-file', severity: 'error', message: `${file} ${howItEnded(entry)}`, file, line: 1 }];
  }
  const head = firstLine(plain(entry.message ?? lastError(entry.text ?? '') ?? entry.text ?? 'failed'));
  const code = entry.type ?? HEAD.exec(head)?.[1]?.split('.').at(-1) ?? (head.startsWith('assert') ? 'AssertionError' : 'error');
  const named = head.startsWith(code) || HEAD.test(head) ? head : `${code}: ${head}`;
  const where = placeOf(entry, locate);
  return [{ source: tool, code, severity: 'error', message: `${named} (${id})`, ...(where ?? {}) }];
}

function howItEnded(entry: Entry): string {
  if (typeof entry.signal === 'string') return `was ended by ${entry.signal}`;
  return typeof entry.exit === 'number' ? `ended with exit code ${entry.exit} outside of any test` : 'failed outside of any test';
}

/** The frame nearest to the throw that lies in the tree. pytest lists frames outermost first, V8 innermost first. */
function placeOf(entry: Entry, locate: Locate): { readonly file: string; readonly line: number } | null {
  for (const frame of [{ file: entry.frames === undefined ? '' : (entry.file ?? ''), line: entry.line ?? 0 }, ...(entry.frames ?? []).toReversed()]) {
    const file = frame.file === '' ? null : locate(frame.file);
    if (file !== null && frame.line > 0) return { file, line: frame.line };
  }
  const stack = entry.frames === undefined ? v8Frame(entry.text ?? '', locate) : null;
  if (stack !== null) return stack;
  const file = entry.file === undefined || entry.file === null ? null : locate(entry.file);
  return file === null ? null : { file, line: entry.line ?? 1 };
}

/** pytest's text of a module that could not be collected: `E   ` lines with the exception, `test_b.py:1: in <module>` for frames. */
export function collectText(text: string): string {
  const lines = text.split('\n');
  const places = lines.map((line) => /^(\S.*?):(\d+): in /.exec(line)).filter((match) => match !== null);
  const frames = places.map((match) => `  File "${match[1]}", line ${match[2]}, in module`);
  const errors = lines.filter((line) => /^E\s/.test(line)).map((line) => line.replace(/^E {3}/, ''));
  return ['Traceback (most recent call last):', ...frames, ...errors].join('\n');
}

function lastError(text: string): string | null {
  const line = text.split('\n').findLast((candidate) => /^E\s+\S/.test(candidate));
  return line === undefined ? null : line.replace(/^E\s+/, '');
}
