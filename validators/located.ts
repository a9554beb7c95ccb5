/**
 * Located findings in the text of any command. A line counts only when it begins with the place, in one of the forms below,
 * and the place is a file of the tree: an echoed path or a quoted message is no finding.
 */
import { linesOf, plain } from './text.ts';
import { type Locate, pythonTracebacks, v8Stacks } from './traceback.ts';
import type { Diagnostic, Severity } from '../core/api.ts';

/** More than this nobody reads; the whole output is in the log. */
const LIMIT = 200;

const COLON = /^(\.{0,2}[^\s:()"'][^:()"']*\.\w+):(\d+)(?::(\d+))?:? ?(?:-\s*)?(?:(fatal error|error|warning|note|info)\b[:\s]*)?(.*)$/i;
const PAREN = /^([^\s(][^(]*\.\w+)\((\d+),(\d+)\): (error|warning|message|info) ([A-Z]+\d+)?:? ?(.*)$/;
const CODE = /^\[?([A-Z]{1,5}\d{2,5}|[a-z]+(?:-[a-z]+)+)\]?[:\s]+(?=\S)/;
const RUST_HEAD = /^(error|warning)(?:\[(\w+)\])?: (.+)$/;
const RUST_PLACE = /^\s*--> (.+?):(\d+):(\d+)$/;

function severityOf(word: string | undefined): Severity {
  const lower = word?.toLowerCase() ?? 'error';
  if (lower === 'warning') return 'warning';
  return lower === 'note' || lower === 'info' || lower === 'message' ? 'info' : 'error';
}

function lineFinding(line: string, source: string, locate: Locate): Diagnostic | null {
  const paren = PAREN.exec(line);
  if (paren !== null) {
    const file = locate(paren[1] ?? '');
    if (file === null) return null;
    return {
      source,
      code: paren[5] ?? 'error',
      severity: severityOf(paren[4]),
      message: paren[6] ?? '',
      file,
      line: Number(paren[2]),
      column: Number(paren[3]),
    };
  }
  const colon = COLON.exec(line);
  if (colon === null) return null;
  const [, path = '', lineNumber, column, word, rest = ''] = colon;
  const code = CODE.exec(rest);
  // Without a column, a severity or a code it may be the output of grep -n.
  if (rest.trim() === '' || (word === undefined && code === null && column === undefined)) return null;
  const file = locate(path);
  if (file === null) return null;
  return {
    source,
    code: code?.[1] ?? word?.toLowerCase() ?? 'error',
    severity: severityOf(word),
    message: (code === null ? rest : rest.slice(code[0].length)).trim(),
    file,
    line: Number(lineNumber),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}

/** At most 200 findings of `text`, in its order by kind: located lines, rustc, Python tracebacks, V8 stacks. Each once. */
export function locatedFindings(text: string, source: string, locate: Locate): readonly Diagnostic[] {
  const clean = plain(text);
  const found: Diagnostic[] = [];
  let rust: RegExpExecArray | null = null;
  for (const line of linesOf(clean)) {
    if (found.length >= LIMIT) break;
    if (line.length > 2000) continue;
    const place = RUST_PLACE.exec(line);
    if (place !== null && rust !== null) {
      const file = locate(place[1] ?? '');
      if (file !== null)
        found.push({
          source,
          code: rust[2] ?? rust[1] ?? 'error',
          severity: severityOf(rust[1]),
          message: rust[3] ?? '',
          file,
          line: Number(place[2]),
          column: Number(place[3]),
        });
      rust = null;
      continue;
    }
    rust = RUST_HEAD.exec(line) ?? (line.trim() === '' ? null : rust);
    const finding = lineFinding(line, source, locate);
    if (finding !== null) found.push(finding);
  }
  return unique([...found, ...pythonTracebacks(clean, source, locate), ...v8Stacks(clean, source, locate)]).slice(0, LIMIT);
}

/** Without repeats of the same rule, place and message. */
export function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((diagnostic) => {
    const key = JSON.stringify([diagnostic.code, diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message]);
    return seen.size < seen.add(key).size;
  });
}
