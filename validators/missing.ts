/** Recognises that a program is not installed, and says which form is likely to work here. */
import { workFolder } from './test-run.ts';
import { inProject, linesOf, plain } from './text.ts';
import type { Check, Diagnostic, JudgeContext, Judgement, ToolResult } from '../core/api.ts';

/** Shells say it with exit 127; the launchers below with other codes, in lines that nothing else prints. */
const SHELL: readonly RegExp[] = [
  /^(?:\S*\/)?(?:bash|sh|dash|zsh|ksh|ash): (?:line )?(?:\d+: )?(.+?): (?:command )?not found$/,
  /^(?:\S*\/)?(?:bash|sh|dash|zsh|ksh): (?:line )?(?:\d+: )?(.+?): No such file or directory$/,
  /^zsh:(?:\d+:)? command not found: (.+)$/,
  /^(?:\/usr\/bin\/)?env: [‘'`"]?(.+?)[’'`"]?: No such file or directory$/,
  /^(?:pyenv|rbenv): (.+?): command not found$/,
  /^\S+: line \d+: (.+?): command not found$/,
];
const LAUNCHERS: readonly RegExp[] = [
  /^\S*python[\d.]*(?:\.exe)?: No module named ([\w-]+)$/,
  /^error: Failed to spawn: [`'"](.+?)[`'"]$/,
  /^npm (?:error|ERR!) could not determine executable to run$/,
  /^pyenv: (.+?): command not found$/,
];

/** The program of a check's command as a person would type it: the first word after `env`, `VAR=x` and launchers. */
function programOf(check: Check): string {
  if ('script' in check.command)
    return (
      check.command.script
        .trim()
        .split(/\s+/)
        .find((word) => !/^(\w+=|env$|exec$)/.test(word)) ?? 'the command'
    );
  const [first = '', ...rest] = check.command.argv;
  const launcher = /^(?:uv|poetry|pdm|pipenv|hatch)$/.test(first) && rest[0] === 'run';
  return (launcher ? (rest[1] ?? first) : first).split('/').at(-1) ?? first;
}

/** The name of the program that was not there; null when nothing says so. */
function missingProgram(result: ToolResult, check: Check): string | null {
  if (result.notFound) return programOf(check);
  const lines = [...linesOf(plain(result.stderr)), ...linesOf(plain(result.stdout))];
  const find = (patterns: readonly RegExp[]): string | null => {
    for (const line of lines) {
      for (const pattern of patterns) {
        const match = pattern.exec(line.trimEnd());
        if (match !== null) return match[1] ?? programOf(check);
      }
    }
    return null;
  };
  if (result.exit === 127) return find(SHELL) ?? find(LAUNCHERS) ?? programOf(check);
  return result.exit === 0 || result.exit === null ? null : find(LAUNCHERS);
}

const PYTHON = new Set(['pytest', 'ruff', 'mypy', 'black', 'pylint', 'flake8', 'isort', 'coverage', 'tox', 'bandit', 'python', 'python3', 'unittest']);
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  tsc: 'typescript',
  eslint: 'eslint',
  jest: 'jest',
  vitest: 'vitest',
  mocha: 'mocha',
  uvu: 'uvu',
  prettier: 'prettier',
  tsx: 'tsx',
  biome: '@biomejs/biome',
};
const OTHERS: Readonly<Record<string, string>> = {
  uv: 'pip install uv',
  npm: 'install Node.js: https://nodejs.org',
  node: 'install Node.js: https://nodejs.org',
  go: 'install Go: https://go.dev/dl',
  cargo: 'install Rust: https://rustup.rs',
  python: 'install Python 3: https://python.org',
  python3: 'install Python 3: https://python.org',
  pnpm: 'npm install --global pnpm',
  yarn: 'npm install --global yarn',
};

function readNear(check: Check, context: JudgeContext, path: string): string | null {
  return context.read(inProject(workFolder(check), path)) ?? context.read(inProject(check.cwd, path)) ?? context.read(path);
}

/** What to type instead, most likely first: the form that works with the lockfile that is here, then the way to install it. */
function adviceFor(program: string, check: Check, context: JudgeContext): readonly string[] {
  const name = program.split('/').at(-1) ?? program;
  const whole = 'script' in check.command ? check.command.script.trim() : check.command.argv.join(' ');
  const form = (prefix: string): string => `${prefix} ${whole.startsWith(name) && !whole.includes('\n') ? whole : name}`;
  const has = (path: string): boolean => readNear(check, context, path) !== null;
  if (PYTHON.has(name) && OTHERS[name] === undefined) {
    if (has('uv.lock')) return [form('uv run'), 'uv sync'];
    if (has('poetry.lock')) return [form('poetry run'), 'poetry install'];
    if (has('requirements-dev.txt')) return ['pip install -r requirements-dev.txt'];
    return [`pip install ${name}`];
  }
  if (OTHERS[name] !== undefined) return [OTHERS[name]];
  if (readNear(check, context, `node_modules/.bin/${name}`) !== null) return [form('npx')];
  const packageName = NODE_PACKAGES[name];
  if (packageName !== undefined) {
    const declared = (readNear(check, context, 'package.json') ?? '').includes(`"${packageName}"`);
    const install = has('pnpm-lock.yaml') ? 'pnpm install' : has('yarn.lock') ? 'yarn install' : has('package-lock.json') ? 'npm ci' : 'npm install';
    return declared ? [install] : [`npm install --save-dev ${packageName}`];
  }
  return [];
}

/** `PRPs/PRP-5.md:42` as a place; null when the origin is no file with a line. */
function placeOf(origin: string): { readonly file: string; readonly line?: number } {
  const match = /^(.+):(\d+)$/.exec(origin);
  return match === null ? { file: origin } : { file: match[1] ?? origin, line: Number(match[2]) };
}

/** The verdict for a program that is not there: where its command is written, and the likely form. Null when nothing is missing. */
export function judgeMissing(result: ToolResult, check: Check, context: JudgeContext): Judgement | null {
  const program = missingProgram(result, check);
  if (program === null) return null;
  const advice = adviceFor(program, check, context);
  const next = advice.length === 0 ? `Install ${program}, or correct the command in ${check.origin}.` : `Try: ${advice.join('  or  ')}`;
  const message = `${program}: command not found (${check.origin}). ${next}`;
  const diagnostic: Diagnostic = { source: 'ce', code: 'CE_TASK_NOT_FOUND', severity: 'error', message, ...placeOf(check.origin) };
  return { verdict: 'tool-missing', diagnostics: [diagnostic], message };
}
