/** Did the person approve the commands of this clone on the command line, or the CI by its environment? */
import type { Invocation } from './invocation.ts';

export function approvalOf(invocation: Invocation): 'ask' | 'given' {
  return invocation.flag('yes') || process.env['CE_TRUST'] === '1' ? 'given' : 'ask';
}
