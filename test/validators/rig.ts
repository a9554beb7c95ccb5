/** A scratch tree in which real tools run a validator's own check. Used by the live tests and by the script that records fixtures. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProjectView, viewEnvironment } from '../../core/exec/project-view.ts';
import type { Check, JudgeContext, Judgement, Project, ProjectView, ToolResult, Validator } from '../../core/api.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface Tree {
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
  remove(): void;
}

/** `linked`: the dependencies of this repository are installed there too. */
export function createTree(files: Readonly<Record<string, string>>, modules: 'linked' | 'none' = 'none'): Tree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce validators ')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  if (modules === 'linked') symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  return { root, files, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Folders of optional tools come first: CE_TOOLS_PATH, written like PATH. */
export function toolPath(): string {
  return [process.env['CE_TOOLS_PATH'], process.env['PATH']].filter((part) => part !== undefined && part !== '').join(delimiter);
}

function viewOf(tree: Tree, project: Project = { dir: '.', kinds: [] }): ProjectView {
  return createProjectView(tree.root, project, viewEnvironment({ PATH: toolPath() }));
}

/** True when the program starts: a shim without a program behind it does not count. */
export function hasTool(name: string): boolean {
  return spawnSync(name, ['--version'], { env: { ...process.env, PATH: toolPath() } }).status === 0;
}

const ENV = { NO_COLOR: '1', CI: '1', FORCE_COLOR: '0', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C.UTF-8' };

export function runCheck(tree: Tree, check: Check, validator: Validator): ToolResult {
  const folder = mkdtempSync(join(tmpdir(), 'ce-report-'));
  const report = join(folder, 'report.ndjson');
  const env: Record<string, string> = { PATH: toolPath(), HOME: homedir(), ...ENV, CE_REPORT: report };
  for (const variable of validator.variables?.(check) ?? []) {
    const before = env[variable.name];
    env[variable.name] = before === undefined || variable.join === undefined ? variable.value : `${variable.value}${variable.join}${before}`;
  }
  const [program = '', ...args] =
    'script' in check.command ? ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', check.command.script] : check.command.argv;
  const ran = spawnSync(program, args, { cwd: join(tree.root, check.cwd), env, encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024 });
  const failure = ran.error as NodeJS.ErrnoException | undefined;
  const result: ToolResult = {
    exit: ran.status,
    signal: ran.signal,
    timedOut: false,
    cancelled: false,
    notFound: failure?.code === 'ENOENT',
    stdout: ran.stdout ?? '',
    stderr: ran.stderr ?? '',
    report: existsSync(report) ? readFileSync(report, 'utf8') : null,
    durationMs: 0,
  };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

export function contextOf(tree: Tree): JudgeContext {
  const read = (path: string): string | null => {
    try {
      return readFileSync(join(tree.root, path), 'utf8');
    } catch {
      return null;
    }
  };
  return { root: tree.root, read };
}

/** Detects, runs and judges with the real tool. */
export async function judgeLive(
  tree: Tree,
  validator: Validator,
  change: (check: Check) => Check = (check) => check,
): Promise<{ readonly check: Check; readonly result: ToolResult; readonly judgement: Judgement }> {
  const found = validator.detect(viewOf(tree))[0];
  if (found === undefined) throw new Error(`${validator.name} offers no check for ${Object.keys(tree.files).join(', ')}`);
  const check = change(found);
  const result = runCheck(tree, check, validator);
  return { check, result, judgement: await validator.judge(result, check, contextOf(tree)) };
}

/** A check of any command, as the engine makes it from a spec. */
export function commandCheck(script: string, more: Partial<Check> = {}): Check {
  return {
    validator: 'command',
    level: 'L2',
    project: '.',
    command: { script },
    cwd: '.',
    inputs: null,
    env: [],
    version: null,
    timeout: 60_000,
    cache: false,
    needsTests: false,
    origin: 'PRPs/PRP-5.md:42',
    ...more,
  };
}
