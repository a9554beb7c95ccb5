/**
 * TypeScript's type check. Its exit code does not tell findings from a wrong config (version 6 ends with 2 where 7 ends with
 * 1), so the codes decide: what stands in a source file is a finding, what stands nowhere or in a config file is config.
 */
import { scriptInputs, TIME_LIMIT } from './inputs.ts';
import { firstLine, fromRoot, linesOf, plain, repoPath } from './text.ts';
import { judgeEnd, quoteEnd } from './verdict.ts';
import type { Check, Diagnostic, JudgeContext, Judgement, Json, ProjectView, ToolResult, Validator } from '../core/api.ts';

const PLACED = /^(\S.*?)\((\d+),(\d+)\): (error|warning|message) (TS\d+): (.*)$/;
const BARE = /^(error|warning) (TS\d+): (.*)$/;
/** What tsc prints of a good check when the config asks for it: files, why they are there, how they were resolved, times and counts. */
const LISTING = /^(?:TSFILE: .*|={4,} .*|\S.*\.[cm]?[jt]sx?|\S.*\.json|[A-Z][A-Za-z/ ]+:\s+[\d.]+\S*)$/m;
/** No file to check: nothing was judged. */
const NO_INPUT = new Set(['TS18002', 'TS18003']);

function field(value: Json | null, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
}

/** `tsc -b --noEmit` exists since 5.6; an unknown version is taken as new. */
function buildsWithoutEmit(view: ProjectView): boolean {
  const version = field(view.readJson('node_modules/typescript/package.json'), 'version');
  const [major = 99, minor = 0] = typeof version === 'string' ? version.split('.').map(Number) : [];
  return major > 5 || (major === 5 && minor >= 6);
}

function detect(view: ProjectView): readonly Check[] {
  const config = view.readJson('tsconfig.json');
  if (!view.has('tsconfig.json')) return [];
  const tool = view.tool('tsc', 'node') ?? ['tsc'];
  // A solution file lists no sources of its own: without -b it judges nothing, with exit code 0.
  const solution = field(config, 'references') !== undefined;
  const flags = solution ? ['-b', ...(buildsWithoutEmit(view) ? ['--noEmit'] : [])] : ['--noEmit'];
  return [
    {
      validator: 'tsc',
      level: 'L1',
      project: view.project.dir,
      command: { argv: [...tool, ...flags, '--pretty', 'false'] },
      cwd: view.project.dir,
      inputs: scriptInputs(['**/tsconfig*.json']),
      env: [],
      version: [...tool, '--version'],
      timeout: TIME_LIMIT,
      cache: true,
      needsTests: false,
      origin: 'tsconfig.json',
    },
  ];
}

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly kind: 'finding' | 'config' | 'empty';
}

/** tsc's lines; indented ones continue the message above them. */
function readFindings(output: string, check: Check, context: JudgeContext): readonly Finding[] {
  const found: Finding[] = [];
  for (const line of linesOf(output)) {
    const placed = PLACED.exec(line);
    const bare = placed === null ? BARE.exec(line) : null;
    const last = found.at(-1);
    if (placed === null && bare === null) {
      if (/^\s+\S/.test(line) && last !== undefined)
        found[found.length - 1] = { ...last, diagnostic: { ...last.diagnostic, message: `${last.diagnostic.message}\n${line}` } };
      continue;
    }
    const code = placed?.[5] ?? bare?.[2] ?? '';
    const severity = (placed?.[4] ?? bare?.[1]) === 'error' ? 'error' : 'warning';
    const printed = placed?.[1] ?? null;
    const file = printed === null ? null : repoPath(printed, context.root, check.cwd);
    const diagnostic: Diagnostic = {
      source: 'tsc',
      code,
      severity,
      message: placed?.[6] ?? bare?.[3] ?? '',
      ...(file === null ? {} : { file, line: Number(placed?.[2]), column: Number(placed?.[3]) }),
    };
    found.push({ diagnostic, kind: NO_INPUT.has(code) ? 'empty' : printed === null || printed.endsWith('.json') ? 'config' : 'finding' });
  }
  return found;
}

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const findings = readFindings(fromRoot(plain(`${result.stdout}\n${result.stderr}`), context.root), check, context);
  const diagnostics = findings.map((finding) => finding.diagnostic);
  const ended = judgeEnd(result, check, context, diagnostics);
  if (ended !== null) return ended;
  const errors = findings.filter((finding) => finding.diagnostic.severity === 'error');
  const config = errors.find((finding) => finding.kind === 'config');
  if (config !== undefined) return { verdict: 'config', diagnostics, message: `${config.diagnostic.code}: ${config.diagnostic.message}` };
  const empty = errors.find((finding) => finding.kind === 'empty');
  if (empty !== undefined) return { verdict: 'empty', diagnostics, message: empty.diagnostic.message };
  if (errors.length > 0) return { verdict: 'fail', diagnostics, message: `${errors.length} type error${errors.length === 1 ? '' : 's'}` };
  if (result.exit !== 0) return { verdict: 'crash', diagnostics, message: `ended with exit code ${result.exit} and named no error${quoteEnd(result)}` };
  const said = plain(result.stdout).trim();
  if (said !== '' && findings.length === 0 && !LISTING.test(said))
    return { verdict: 'crash', diagnostics, message: `ended with exit code 0 and printed what no type check prints: ${firstLine(said)}` };
  return { verdict: 'pass', diagnostics };
}

export const tsc: Validator = { name: 'tsc', version: '2', detect, judge };
