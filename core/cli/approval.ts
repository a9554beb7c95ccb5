/** Did the person approve the commands of this clone on the command line? What the environment says (CE_TRUST) is read where approvals are kept. */
import type { Invocation } from './invocation.ts';

export function approvalOf(invocation: Invocation): 'ask' | 'given' {
  return invocation.flag('yes') ? 'given' : 'ask';
}
