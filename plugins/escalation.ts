/**
 * The default escalation policy: when a failure is a person's to decide. It is asked before healers, last of all policies, and
 * answers by structure: tool and verdict, rule, exception class, a phrase at the start of a head line. A word somewhere in
 * the output decides nothing: a failing test called test_token_timeout is a failing test. It reads no file and runs nothing.
 */
import { Stage, type Plugin } from '../core/api.ts';
import { adviseOn } from './escalation/advice.ts';
import { classify } from './escalation/classify.ts';

/** Taps `hooks.escalate` at the last stage, so that a repository's own policies answer first. */
export function escalation(): Plugin {
  return {
    name: 'escalation',
    apply({ hooks }) {
      hooks.escalate.tap({ name: 'escalation', stage: Stage.last }, (failure, history) => {
        const reason = classify(failure, history);
        return reason === null ? undefined : adviseOn(reason, failure);
      });
    },
  };
}
