/** `ce resume`: asks for what the interrupted or failed run asked for, once more. What it finished stays done. */
import { requestToResume } from '../../run/resume.ts';
import { openWorkspace } from '../../run/workspace.ts';
import { approvalOf } from '../approval.ts';
import type { CommandBody } from '../invocation.ts';
import { note, refuse } from '../print.ts';
import { runRequest } from './run.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'resume');
  const found = await requestToResume(workspace.value);
  if (!found.ok) return refuse(found.failure, invocation, 'resume');
  const { run, request } = found.value;
  note(`going on with run ${run}: ce run ${request.targets.join(' ')}`);
  return runRequest(workspace.value, request, invocation);
};
