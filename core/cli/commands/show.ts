/** `ce show`: a PRP as ce understands it, with everything that was not understood. Runs nothing. */
import { openWorkspace } from '../../run/workspace.ts';
import { showPrp, strictDiagnostics } from '../../spec/show.ts';
import type { CommandBody } from '../invocation.ts';
import { fromRoot } from '../spec-args.ts';
import { printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const [query] = invocation.args;
  if (query === undefined) return refuse({ code: 'CE_USAGE_BAD_TARGET', message: 'ce show takes an id or a path', next: 'ce list' }, invocation, 'show');
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'show');
  const found = await workspace.value.specs.find(fromRoot([query], invocation.cwd, workspace.value.root)[0] ?? query);
  if (!found.ok) return refuse(found.failure, invocation, 'show');
  const strict = invocation.flag('strict') ? strictDiagnostics(found.value) : [];
  const prp = { ...found.value, diagnostics: [...found.value.diagnostics, ...strict] };
  if (invocation.flag('json')) printJson(showPrp(prp));
  else {
    const { prpLines } = await import('../../report/prp.ts');
    printLines(prpLines(prp));
  }
  return prp.diagnostics.some((diagnostic) => diagnostic.severity === 'error') ? 2 : 0;
};
