/** `ce graph`: the task graph of the targets, or of every PRP that can run. */
import { buildGraph } from '../../graph/build.ts';
import { formatGraph, GRAPH_FORMATS } from '../../graph/format.ts';
import { selectTargets } from '../../graph/select.ts';
import { ok } from '../../errors.ts';
import { resolveTargets } from '../../run/plan.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { fromRoot } from '../spec-args.ts';
import { printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const asked = invocation.value('format') ?? 'mermaid';
  const format = GRAPH_FORMATS.find((known) => known === asked);
  if (format === undefined)
    return refuse({ code: 'CE_USAGE_BAD_VALUE', message: `--format takes ${GRAPH_FORMATS.join(', ')}, not "${asked}"` }, invocation, 'graph');
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'graph');
  const requested =
    invocation.args.length > 0
      ? await resolveTargets(workspace.value, fromRoot(invocation.args, invocation.cwd, workspace.value.root))
      : ok({ targets: [], prps: (await workspace.value.specs.list()).filter((prp) => prp.executable) });
  if (!requested.ok) return refuse(requested.failure, invocation, 'graph');
  const whole = buildGraph(requested.value.prps);
  if (!whole.ok) return refuse(whole.failure, invocation, 'graph');
  const graph = requested.value.targets.length > 0 ? await selectTargets(whole.value, requested.value.prps, requested.value.targets) : whole;
  if (!graph.ok) return refuse(graph.failure, invocation, 'graph');
  printLines([formatGraph(graph.value, format).trimEnd()]);
  return 0;
};
