/** `ce prp checkpoint`: judges a phase that was done by hand on the tree as it is, and keeps it. */
import { requestByHand } from '../../run/by-hand.ts';
import { openWorkspace } from '../../run/workspace.ts';
import { approvalOf } from '../approval.ts';
import type { CommandBody } from '../invocation.ts';
import { refuse } from '../print.ts';
import { runRequest } from './run.ts';

export const command: CommandBody = async (invocation) => {
  // `PRP-5:phase2`, or `PRP-5 phase2` as `ce prp restore` takes it.
  const word = invocation.args.join(':');
  if (invocation.args.length === 0 || invocation.args.length > 2)
    return refuse(
      { code: 'CE_USAGE_BAD_TARGET', message: 'ce prp checkpoint takes one phase', next: 'ce prp checkpoint PRP-5:phase2' },
      invocation,
      'prp checkpoint',
    );
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'prp checkpoint');
  const request = await requestByHand(workspace.value, word, invocation.flag('allow-dirty') ? ['allow-dirty'] : []);
  return request.ok ? runRequest(workspace.value, request.value, invocation) : refuse(request.failure, invocation, 'prp checkpoint');
};
