/** `ce list`: every PRP of the repository and how far it is. Runs nothing. */
import { phaseSpecs } from '../../graph/freshness.ts';
import type { Prp } from '../../model.ts';
import { doneBy } from '../../run/dependencies.ts';
import { oneLine } from '../../report/format.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import { readEvidence, type Evidence } from '../../vcs/evidence.ts';
import type { CommandBody } from '../invocation.ts';
import { note, printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'list');
  return listPrps(workspace.value, invocation.flag('json') ? 'json' : 'text');
};

/** Also what `ce run` without a target shows. */
export async function listPrps(workspace: Workspace, form: 'json' | 'text'): Promise<number> {
  const prps = await workspace.specs.list();
  const evidence = await readEvidence(workspace.repo, workspace.memo);
  const rows = prps.map((prp) => rowOf(prp, evidence));
  if (form === 'json') {
    printJson({ v: 1, prps: rows });
    return 0;
  }
  if (rows.length === 0) {
    note(`no PRPs in ${workspace.config.data.prps.join(', ')}\n  next: ce init`);
    return 0;
  }
  const width = Math.max(...rows.map((row) => row.id.length)) + 2;
  printLines(
    rows.map(
      (row) =>
        `${row.id.padEnd(width)}${(row.executable ? `${row.phases_done}/${row.phases_total}` : '-').padStart(7)}  ${row.done ?? row.status ?? ''}${row.done === null && row.status === null ? '' : '  '}${oneLine(row.title)}`,
    ),
  );
  return 0;
}

function rowOf(prp: Prp, evidence: Evidence) {
  const own = evidence.get(prp.id);
  const specs = phaseSpecs(prp);
  const done = prp.phases.filter(({ id }) => own?.get(id)?.spec === specs.get(id) && own?.get(id)?.tree === 'clean').length;
  return {
    id: prp.id,
    title: prp.title,
    path: prp.path,
    status: prp.status,
    executable: prp.executable,
    reason: prp.reason,
    phases_done: done,
    phases_total: prp.phases.length,
    done: doneBy(prp, evidence) === null ? null : 'done',
  };
}
