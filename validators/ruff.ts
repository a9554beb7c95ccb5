/** ruff by its JSON report. `ruff check` always; `ruff format --check` only where the project configures the formatter. Never markdown. */
import { ruffInputs, TIME_LIMIT } from './inputs.ts';
import { indexLines, type LineIndex, offsetOf, utf16Column } from './offsets.ts';
import { readPython } from './python-project.ts';
import { firstLine, fromRoot, linesOf, plain, repoPath } from './text.ts';
import { readToml } from './toml.ts';
import { judgeEnd, quoteEnd } from './verdict.ts';
import type { Check, Diagnostic, Fix, JudgeContext, Judgement, ProjectView, TextEdit, ToolResult, Validator } from '../core/api.ts';

/** ruff counts its own config as a file, and then does not say that there is no Python. */
const CHECK = ['check', '--output-format', 'json', '--no-cache', '--force-exclude', '--extend-exclude', '*.toml'];
/** The formatter rewrites Python fences in markdown; specs are none of its business. */
const FORMAT = ['format', '--check', '--output-format', 'json', '--no-cache', '--force-exclude', '--extend-exclude', '*.md', '--extend-exclude', '*.toml'];

interface Settings {
  readonly origin: string;
  readonly formats: 'yes' | 'no';
}

/** Where ruff is configured or declared; null when the project does not use it. */
function settingsOf(view: ProjectView): Settings | null {
  const python = readPython(view);
  const own = ['ruff.toml', '.ruff.toml'].find((file) => view.has(file));
  if (own !== undefined) return { origin: own, formats: readToml(view.read(own) ?? '').has('format') ? 'yes' : 'no' };
  const tables = [...python.pyproject.keys()];
  const formats = tables.some((table) => table === 'tool.ruff.format' || table.startsWith('tool.ruff.format.')) ? 'yes' : 'no';
  if (tables.some((table) => table === 'tool.ruff' || table.startsWith('tool.ruff.'))) return { origin: 'pyproject.toml', formats };
  return python.declared.has('ruff') ? { origin: view.has('pyproject.toml') ? 'pyproject.toml' : 'requirements', formats } : null;
}

function checkOf(view: ProjectView, validator: string, args: readonly string[], origin: string): Check {
  const tool = view.tool('ruff', 'python') ?? ['ruff'];
  return {
    validator,
    level: 'L1',
    project: view.project.dir,
    command: { argv: [...tool, ...args, '.'] },
    cwd: view.project.dir,
    inputs: ruffInputs(view.project),
    env: [],
    version: [...tool, '--version'],
    timeout: TIME_LIMIT,
    cache: true,
    needsTests: false,
    origin,
  };
}

interface Place {
  readonly row: number;
  readonly column: number;
}

interface Entry {
  readonly code: string | null;
  readonly message: string;
  readonly filename: string;
  readonly location: Place;
  readonly end_location: Place;
  readonly cell: number | null;
  readonly fix: {
    readonly applicability: string;
    readonly message: string | null;
    readonly edits: readonly { readonly content: string; readonly location: Place; readonly end_location: Place }[];
  } | null;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'message' in value && 'filename' in value && 'location' in value && 'end_location' in value;
}

/** Null when stdout is no whole report. */
function readReport(stdout: string): readonly Entry[] | null {
  try {
    const value: unknown = JSON.parse(plain(stdout).trim());
    return Array.isArray(value) && value.every(isEntry) ? value : null;
  } catch {
    return null;
  }
}

/** ruff counts code points, and from behind a byte order mark. */
function offset(index: LineIndex, place: Place): number | null {
  const mark = place.row === 1 && index.text.startsWith('\uFEFF') ? 1 : 0;
  return offsetOf(index, place.row, place.column + mark);
}

function fixOf(entry: Entry, file: string, index: LineIndex): Fix | null {
  if (entry.fix?.applicability !== 'safe' || entry.cell !== null) return null;
  const edits: TextEdit[] = [];
  for (const edit of entry.fix.edits) {
    const start = offset(index, edit.location);
    const end = offset(index, edit.end_location);
    if (start === null || end === null || end < start) return null;
    edits.push({ file, start, end, text: edit.content });
  }
  return edits.length === 0 ? null : { title: `ruff: ${entry.fix.message ?? 'format the file'}`, edits };
}

function diagnosticOf(entry: Entry, file: string | null, index: LineIndex | null): Diagnostic {
  const fix = file === null || index === null ? null : fixOf(entry, file, index);
  const column = (place: Place): number => (index === null ? place.column : utf16Column(index, place.row, place.column));
  return {
    source: 'ruff',
    code: entry.code ?? 'invalid-syntax',
    severity: 'error',
    message: entry.message,
    ...(file === null
      ? {}
      : { file, line: entry.location.row, column: column(entry.location), endLine: entry.end_location.row, endColumn: column(entry.end_location) }),
    ...(fix === null ? {} : { fixes: [fix] }),
  };
}

const NOTHING = /^warning: No Python files found/m;

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const report = readReport(result.stdout);
  const indexes = new Map<string, LineIndex | null>();
  const diagnostics = (report ?? []).map((entry) => {
    const file = repoPath(entry.filename, context.root, check.cwd);
    if (file !== null && !indexes.has(file)) {
      const text = context.read(file);
      indexes.set(file, text === null ? null : indexLines(text));
    }
    return diagnosticOf(entry, file, file === null ? null : (indexes.get(file) ?? null));
  });
  const ended = judgeEnd(result, check, context, diagnostics);
  if (ended !== null) return ended;
  const errors = fromRoot(plain(result.stderr), context.root);
  if (report === null || (result.exit !== 0 && report.length === 0)) {
    if (result.exit === 0 && NOTHING.test(errors)) return { verdict: 'empty', diagnostics, message: 'there is no Python file to check' };
    const refused = result.exit === 2 && !/panicked at|internal error|this indicates a bug/i.test(errors);
    const cause = linesOf(errors)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^\d* ?\|/.test(line) && line !== 'ruff failed')
      .join(' ');
    const message = refused
      ? firstLine(cause) || 'refused its configuration or arguments'
      : `ended with exit code ${result.exit} and wrote no report${quoteEnd(result)}`;
    return { verdict: refused ? 'config' : 'crash', diagnostics: refused ? [{ source: 'ruff', code: 'config', severity: 'error', message }] : [], message };
  }
  const findings = diagnostics.filter((diagnostic) => diagnostic.code !== 'E902');
  if (findings.length > 0) return { verdict: 'fail', diagnostics, message: `${findings.length} problem${findings.length === 1 ? '' : 's'}` };
  if (diagnostics.length > 0) return { verdict: 'config', diagnostics, message: `could not read a file: ${diagnostics[0]?.message ?? ''}` };
  if (NOTHING.test(errors)) return { verdict: 'empty', diagnostics, message: 'there is no Python file to check' };
  return { verdict: 'pass', diagnostics };
}

function detectCheck(view: ProjectView): readonly Check[] {
  const settings = settingsOf(view);
  return settings === null ? [] : [checkOf(view, 'ruff', CHECK, settings.origin)];
}

function detectFormat(view: ProjectView): readonly Check[] {
  const settings = settingsOf(view);
  return settings?.formats === 'yes' ? [checkOf(view, 'ruff-format', FORMAT, settings.origin)] : [];
}

export const ruff: Validator = { name: 'ruff', version: '1', detect: detectCheck, judge };
export const ruffFormat: Validator = { name: 'ruff-format', version: '1', detect: detectFormat, judge };
