/** `ce cache why`: for each check of this repository whether its verdict is known, what it is keyed by, and what changed. Reads only. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { projectOf } from '../../exec/projects.ts';
import { fail, ok, type Result } from '../../errors.ts';
import { readCheckStates } from '../../run/check-state.ts';
import { detectChecks } from '../../run/detect-checks.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { note, noteFailures, printJson, printLines, refuse, stdoutTheme } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'cache why');
  const paths = pathsOf(workspace.value, invocation);
  if (!paths.ok) return refuse(paths.failure, invocation, 'cache why');
  const detection = await detectChecks(workspace.value, process.env);
  const { checks, projects } = detection;
  const dirs = new Set(paths.value.map((path) => projectOf(path, projects)?.dir ?? '.'));
  const wanted = checks.filter(({ project }) => dirs.size === 0 || dirs.has(project));
  const { states, warnings } = await readCheckStates(workspace.value, wanted, detection, process.env);
  noteFailures(warnings);
  if (invocation.flag('json')) {
    const { checkStateDocument } = await import('../../report/check-state.ts');
    printJson({ v: 1, checks: states.map(checkStateDocument) });
    return 0;
  }
  if (states.length === 0) note('no check was detected or configured here\n  next: ce doctor');
  const { cacheWhyLines } = await import('../../report/cache.ts');
  printLines(cacheWhyLines(states, await stdoutTheme()));
  return 0;
};

/** Existing paths, from the root. */
function pathsOf({ root }: Workspace, { args, cwd }: Invocation): Result<readonly string[]> {
  const paths = args.map((word) => ({ word, path: relative(root, resolve(cwd, word)).replaceAll('\\', '/') }));
  const wrong = paths.find(({ word, path }) => path.startsWith('..') || !existsSync(resolve(cwd, word)));
  return wrong === undefined
    ? ok(paths.map(({ path }) => path))
    : fail({
        code: 'CE_USAGE_BAD_VALUE',
        message: `ce cache why takes paths of this repository, and ${wrong.word} is none`,
        next: 'ce cache why for all, or ce explain for a PRP',
      });
}
