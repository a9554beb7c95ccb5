/** `ce explain`: why the tasks of a target would run or not, and what changed since they last did. Takes no lock. */
import { explainTargets } from '../../run/explain.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { noteFailures, printJson, printLines, refuse, stdoutTheme } from '../print.ts';
import { fromRoot } from '../spec-args.ts';

export const command: CommandBody = async (invocation) => {
  if (invocation.args.length === 0)
    return refuse({ code: 'CE_USAGE_BAD_TARGET', message: 'ce explain takes a target', next: 'ce list' }, invocation, 'explain');
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'explain');
  const explained = await explainTargets(workspace.value, fromRoot(invocation.args, invocation.cwd, workspace.value.root), process.env);
  if (!explained.ok) return refuse(explained.failure, invocation, 'explain');
  const { explanationDocument, explanationLines } = await import('../../report/explain.ts');
  noteFailures(explained.value.warnings);
  if (invocation.flag('json')) printJson(explanationDocument(explained.value));
  else printLines(explanationLines(explained.value, await stdoutTheme()));
  return 0;
};
