/** ESLint by its JSON report: findings with the fixes that their rules call safe, parse errors, and a config that it refused. */
import { scriptInputs, TIME_LIMIT } from './inputs.ts';
import { readPackage } from './package-json.ts';
import { firstLine, fromRoot, linesOf, plain, repoPath } from './text.ts';
import { judgeEnd, quoteEnd } from './verdict.ts';
import type { Check, Diagnostic, Fix, JudgeContext, Judgement, ProjectView, ToolResult, Validator } from '../core/api.ts';

const CONFIGS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((extension) => `eslint.config.${extension}`);
const OLD_CONFIGS = ['.eslintrc', '.eslintrc.js', '.eslintrc.cjs', '.eslintrc.json', '.eslintrc.yaml', '.eslintrc.yml'];

/** Flags of the project's own `lint` script that change what is judged; output, cache and fix flags are ce's own business. */
function flagsOfScript(script: string | undefined): readonly string[] | null {
  const match = /^(?:npx\s+)?eslint\s+([^;&|<>$`"'\\()\n]*)$/.exec(script?.trim() ?? '');
  if (match === null) return null;
  const words = (match[1] ?? '').split(/\s+/).filter((word) => word !== '');
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (/^(?:-f|--format|-o|--output-file|--cache-location|--cache-strategy|--fix-type)$/.test(word)) at++;
    else if (!/^(?:--fix(?:-dry-run|-type=.*)?|--cache(?:-.*)?|--quiet|--color|--no-color|--(?:format|output-file)=.*|-f\S+)$/.test(word)) kept.push(word);
  }
  return kept.some((word) => /[*{]/.test(word)) ? null : kept;
}

function detect(view: ProjectView): readonly Check[] {
  const manifest = readPackage(view);
  const config = [...CONFIGS, ...OLD_CONFIGS].find((path) => view.has(path)) ?? (manifest?.data['eslintConfig'] === undefined ? null : 'package.json');
  const parents = parentConfig(view);
  if (config === null && !(manifest?.declared.has('eslint') ?? false) && !(parents !== null && /\beslint\b/.test(manifest?.scripts['lint'] ?? ''))) return [];
  const tool = view.tool('eslint', 'node') ?? ['eslint'];
  const args = flagsOfScript(manifest?.scripts['lint']) ?? ['.'];
  return [
    {
      validator: 'eslint',
      level: 'L1',
      project: view.project.dir,
      command: { argv: [...tool, ...(args.length === 0 ? ['.'] : args), '--format', 'json'] },
      cwd: view.project.dir,
      inputs: scriptInputs(['**/.eslintrc*', '**/.eslintignore', '**/eslint.config.*', '**/tsconfig*.json']),
      env: [],
      version: [...tool, '--version'],
      timeout: TIME_LIMIT,
      cache: true,
      needsTests: false,
      origin: config ?? parents ?? 'package.json',
    },
  ];
}

/** A flat config of a folder above, which a package of a monorepo inherits. */
function parentConfig(view: ProjectView): string | null {
  const depth = view.project.dir === '.' ? 0 : view.project.dir.split('/').length;
  for (let up = 1; up <= depth; up++) {
    const found = CONFIGS.map((name) => `${'../'.repeat(up)}${name}`).find((path) => view.has(path));
    if (found !== undefined) return found;
  }
  return null;
}

interface Message {
  readonly ruleId: string | null;
  readonly severity: number;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly fatal?: boolean;
  readonly fix?: { readonly range: readonly [number, number]; readonly text: string };
}

interface FileReport {
  readonly filePath: string;
  readonly messages: readonly Message[];
  readonly source?: string;
}

function isFileReport(entry: unknown): entry is FileReport {
  if (typeof entry !== 'object' || entry === null || !('filePath' in entry) || typeof entry.filePath !== 'string') return false;
  return (
    'messages' in entry &&
    Array.isArray(entry.messages) &&
    entry.messages.every((one) => typeof one === 'object' && one !== null && typeof one.message === 'string')
  );
}

/** Null when stdout holds no report. A config may print lines before it. */
function readReport(stdout: string): readonly FileReport[] | null {
  for (const line of linesOf(plain(stdout)).toReversed()) {
    if (!line.startsWith('[')) continue;
    try {
      const value: unknown = JSON.parse(line);
      if (Array.isArray(value) && value.every(isFileReport)) return value;
    } catch {}
  }
  return null;
}

/** ESLint counts from behind a byte order mark. Null when the file is not the one that was judged. */
function fixOf(message: Message, report: FileReport, file: string, text: string | null): Fix | null {
  if (message.fix === undefined || text === null) return null;
  const shift = text.startsWith('\uFEFF') ? 1 : 0;
  if (report.source !== undefined && report.source !== text && report.source !== text.slice(shift)) return null;
  const [start, end] = message.fix.range;
  if (start < 0 || end < start || end + shift > text.length) return null;
  return { title: `eslint: ${message.ruleId ?? 'fix'}`, edits: [{ file, start: start + shift, end: end + shift, text: message.fix.text }] };
}

const IGNORED = /^File ignored |^File ignored because /;

function diagnosticsOf(report: FileReport, check: Check, context: JudgeContext): readonly Diagnostic[] {
  const file = repoPath(report.filePath, context.root, check.cwd);
  let text: string | null | undefined;
  return report.messages
    .filter((message) => !IGNORED.test(message.message))
    .map((message) => {
      if (message.fix !== undefined && file !== null && text === undefined) text = context.read(file);
      const fix = file === null ? null : fixOf(message, report, file, text ?? null);
      return {
        source: 'eslint',
        code: message.ruleId ?? (message.fatal === true ? 'parse-error' : 'eslint'),
        severity: message.severity !== 1 || message.fatal === true ? 'error' : 'warning',
        message: message.message,
        ...(file === null ? {} : { file }),
        ...(message.line === undefined ? {} : { line: message.line }),
        ...(message.column === undefined ? {} : { column: message.column }),
        ...(message.endLine === undefined ? {} : { endLine: message.endLine }),
        ...(message.endColumn === undefined ? {} : { endColumn: message.endColumn }),
        ...(fix === null ? {} : { fixes: [fix] }),
      };
    });
}

const CRASHED = /^Occurred while linting |^Rule: "/m;
const NOTHING = /No files matching|are ignored|all (?:of )?the files matching/i;

function judgeWithoutReport(result: ToolResult, root: string): Judgement {
  const said = fromRoot(plain(`${result.stderr}\n${result.stdout}`), root);
  const headline = linesOf(said).find((line) => /\S/.test(line) && !/^(?:Oops! Something went wrong|ESLint: \d)/.test(line.trim())) ?? '';
  if (result.exit === 2 && NOTHING.test(said) && !CRASHED.test(said)) return { verdict: 'empty', diagnostics: [], message: firstLine(headline) };
  if (result.exit === 2 && !CRASHED.test(said)) {
    const message = firstLine(headline) || 'refused its configuration';
    return { verdict: 'config', diagnostics: [{ source: 'eslint', code: 'config', severity: 'error', message }], message };
  }
  return { verdict: 'crash', diagnostics: [], message: `ended with exit code ${result.exit} and wrote no report: ${firstLine(headline)}` };
}

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const report = readReport(result.stdout);
  const diagnostics = report?.flatMap((file) => diagnosticsOf(file, check, context)) ?? [];
  const ended = judgeEnd(result, check, context, diagnostics);
  if (ended !== null) return ended;
  if (report === null) return judgeWithoutReport(result, context.root);
  const judged = report.filter((file) => !file.messages.some((message) => IGNORED.test(message.message)));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  if (errors > 0) return { verdict: 'fail', diagnostics, message: `${errors} problem${errors === 1 ? '' : 's'}` };
  if (result.exit === 1) return { verdict: 'fail', diagnostics, message: `${diagnostics.length} warnings are more than --max-warnings allows` };
  if (result.exit !== 0)
    return { verdict: 'crash', diagnostics, message: `ended with exit code ${result.exit} after a report without errors${quoteEnd(result)}` };
  if (judged.length === 0) return { verdict: 'empty', diagnostics, message: 'no file was linted' };
  return { verdict: 'pass', diagnostics };
}

export const eslint: Validator = { name: 'eslint', version: '2', detect, judge };
