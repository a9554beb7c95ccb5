/** Tells from a command, before it runs, whether it runs tests, and whether its last part only searches. */
import { posix } from 'node:path';
import { inProject } from './text.ts';
import { readScripts } from './package-json.ts';
import type { Check } from '../core/api.ts';

const RUNNER = /(?:^|[\s;&|(/])(?:pytest|py\.test|nosetests|jest|vitest|mocha|uvu|ava|tap|tape|phpunit|rspec|ctest)(?=$|[\s;&|)])/;
const TWO_WORDS =
  /(?:^|[\s;&|(/])(?:python[\d.]*\s+-m\s+(?:pytest|unittest)|go\s+test|cargo\s+(?:test|nextest)|deno\s+test|bun\s+test|dotnet\s+test|node\s(?:[^;&|\n]*\s)?--test)(?=$|[\s;&|)])/;
const BY_SCRIPT = /(?:^|[\s;&|(])(?:npm|pnpm|yarn|bun)\s+(?:--?[\w=./-]+\s+)*(?:run\s+(?:--?[\w=-]+\s+)*)?([\w:.-]+)/g;
/** Looks like a run, and asks for something else. */
const NOT_A_RUN = /(?:--version|--help|--collect-only|--co\b|--listTests|--fixtures|--markers|\binstall\b|\badd\b|--no-run)/;

/** The command's text as one script. */
export function scriptOf(check: Check): string {
  return 'script' in check.command ? check.command.script : check.command.argv.join(' ');
}

/** The folder, from the root, in which the script does its work: that of a leading `cd tools &&`, else the check's own. */
export function workFolder(check: Check): string {
  const target = 'script' in check.command ? /^\s*cd\s+(?:--\s+)?["']?([\w./@-]+)["']?\s*(?:&&|;|\n)/.exec(check.command.script)?.[1] : undefined;
  if (target === undefined || target.startsWith('/')) return check.cwd;
  const folder = posix.normalize(posix.join(check.cwd, target)).replace(/\/$/, '');
  return folder.startsWith('..') ? check.cwd : folder;
}

/** Drops comments of whole lines and what `echo` prints, so that a word in them is no command. */
function commandsOf(script: string): string {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.replace(/(^|[;&|]\s*)(?:echo|printf)\b[^;&|]*/g, '$1'))
    .join('\n');
}

type Read = (path: string) => string | null;

/**
 * True when the command, or the package script that it names, starts a test runner that is known, or a file that imports one.
 * `read` takes paths from the root.
 */
export function runsTests(check: Check, read: Read): boolean {
  const near: Read = (path) => read(inProject(workFolder(check), path));
  return startsRunner(scriptOf(check), readScripts(near('package.json')), near, 3);
}

const STARTS_FILE = /^\s*(?:\w+=\S*\s+)*(?:npx\s+)?(?:node|tsx|bun)\s(?:--?[\w=./-]+\s+(?:tsx\s+)?)*([\w./@-]+\.[cm]?[jt]sx?)(?=$|\s)/;
const IMPORTS_RUNNER = /(?:from|require\()\s*['"](?:node:test|(?:[^'"]*\/)?(?:uvu|tape|tap|zora|baretest)(?:\/[^'"]*)?)['"]/;

function startsRunner(script: string, scripts: Readonly<Record<string, string>>, near: Read, depth: number): boolean {
  const text = commandsOf(script);
  const parts = text.split(/&&|\|\||[;|\n]/);
  if (
    parts.some(
      (part) =>
        (RUNNER.test(part) || TWO_WORDS.test(part)) && !NOT_A_RUN.test(part) && !/^\s*(?:which|command|type|grep|rg|ls|cat|cp|rm|mkdir|touch|git)\b/.test(part),
    )
  )
    return true;
  const started = parts.map((part) => STARTS_FILE.exec(part)?.[1]).filter((file) => file !== undefined);
  if (started.some((file) => IMPORTS_RUNNER.test(near(file) ?? ''))) return true;
  if (depth === 0) return false;
  for (const [, name = ''] of text.matchAll(BY_SCRIPT)) {
    const named = scripts[name === 't' ? 'test' : name];
    if (named !== undefined && startsRunner(named, scripts, near, depth - 1)) return true;
  }
  return false;
}

const RUNS_SCRIPT = /^\s*(?:npm|pnpm|yarn|bun)\s+(?:--?[\w=./-]+\s+)*(?:run(?:-script)?\s+)?(?:--?[\w=./-]+\s+)*([\w:.-]+)\s*(?:--?\S+\s*)*$/;
/** The script may be one of other packages. */
const ELSEWHERE = /\s(?:-w|-ws|--workspaces?|-r|--recursive|--filter|--prefix|--cwd|-C)\b/;

/**
 * True for a script that does nothing: `echo …`, `true`, `:`, `exit 0`, and the start of a package script that does nothing or that
 * `--if-present` finds missing. `scripts` are those of the nearest package.json.
 */
export function doesNothing(script: string, scripts: Readonly<Record<string, string>> = {}, depth = 3): boolean {
  return commandsOf(script)
    .split(/&&|\|\||[;|\n]/)
    .every((part) => /^\s*(?:true|:|exit(?:\s+\d+)?|)\s*$/.test(part) || startsNothing(part, scripts, depth));
}

function startsNothing(part: string, scripts: Readonly<Record<string, string>>, depth: number): boolean {
  const word = ELSEWHERE.test(part) ? undefined : RUNS_SCRIPT.exec(part)?.[1];
  if (word === undefined || depth === 0) return false;
  const name = word === 't' ? 'test' : word;
  if ([`pre${name}`, `post${name}`].some((hook) => scripts[hook] !== undefined)) return false;
  const named = scripts[name];
  return named === undefined ? /\s--if-present\b/.test(part) : doesNothing(named, scripts, depth - 1);
}

/** True when the last command of the script is grep, rg, git grep, diff or test -like: it ends with 1 for "nothing found". */
export function endsWithSearch(check: Check): boolean {
  const last =
    commandsOf(scriptOf(check))
      .split(/&&|\|\||[;\n]/)
      .map((part) => part.trim())
      .findLast((part) => part !== '') ?? '';
  return last.split('|').some((part) => /^\s*(?:!\s*)?(?:grep|egrep|fgrep|rg|ag|git\s+grep)\b/.test(part));
}
