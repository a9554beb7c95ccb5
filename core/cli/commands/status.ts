/** `ce status`: the active run, or what the last one of this checkout came to. Takes no lock. */
import { readRunStatus, type RunStatus } from '../../run/run-status.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { printJson, printLines, refuse, stdoutTheme } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'status');
  const status = await readRunStatus(workspace.value);
  if (!status.ok) return refuse(status.failure, invocation, 'status');
  if (invocation.flag('json')) printJson(documentOf(status.value));
  else {
    const { statusLines } = await import('../../report/status.ts');
    printLines(statusLines(status.value, await stdoutTheme()));
  }
  return 0;
};

/** The seeds write fields with underscores. */
function documentOf({ holder, run, condition, next }: RunStatus): object {
  return {
    v: 1,
    active: condition === 'running',
    lock: holder,
    run:
      run === null
        ? null
        : {
            id: run.run,
            command: run.command,
            targets: run.targets,
            root: run.root,
            state: condition,
            exit_code: run.exitCode,
            started_at: run.startedAt,
            ended_at: run.endedAt,
            tasks: run.plan.map(({ task, outcome, reason }) => {
              const ran = run.tasks.get(task.id);
              return {
                id: task.id,
                kind: task.kind,
                outcome: ran === undefined ? outcome : (ran.outcome ?? 'running'),
                reason: ran?.reason ?? reason,
                duration_ms: ran?.durationMs ?? null,
              };
            }),
            checkpoints: run.checkpoints.map(({ prp, phase, tag, ref, commit }) => ({ prp_id: prp, phase, tag, ref, commit })),
            escalations: run.escalations,
          },
    next,
  };
}
