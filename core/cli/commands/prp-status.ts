/** `ce prp status`: the active PRP session of this checkout, as `.ce/active_prp_session` has it. */
import { LEVELS } from '../../model.ts';
import { isRunning } from '../../run/running.ts';
import { openWorkspace } from '../../run/workspace.ts';
import { readSession } from '../../state/session-file.ts';
import type { CommandBody } from '../invocation.ts';
import { note, printJson, printLines, refuse } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'prp status');
  const { paths } = workspace.value;
  const session = readSession(paths);
  const running = session !== null && session.run_id !== null && (await isRunning(paths, session.run_id));
  if (invocation.flag('json')) {
    printJson({ v: 1, session, running });
    return 0;
  }
  if (session === null) {
    note('there is no active PRP session\n  next: ce status, or ce run');
    return 0;
  }
  const { prp_id, prp_name, phase, started_at, validation_attempts, last_checkpoint, checkpoint_count, run_id } = session;
  printLines([
    `${prp_id}: ${prp_name}`,
    `  phase ${phase}, started ${started_at}`,
    `  attempts ${LEVELS.map((level) => `${level}: ${validation_attempts[level]}`).join(', ')}`,
    ...(last_checkpoint === null ? [] : [`  checkpoint ${last_checkpoint} (${checkpoint_count} in this session)`]),
    ...(run_id === null ? [] : [`  run ${run_id}${running ? '' : ', which stopped without an end'}`]),
  ]);
  if (run_id !== null) note(running ? '  next: ce logs -f' : '  next: ce resume');
  return 0;
};
