/** What is known of a check, as lines: hit or the reason of the miss, then its command and where it comes from. */
import { describeCheck } from '../run/describe.ts';
import type { CheckState } from '../run/check-state.ts';
import { oneLine } from './format.ts';
import type { Theme } from './theme.ts';

const MOST_CHANGES = 10;

/** Lines without a line break. */
export function checkStateLines({ check, name, known, reason, changes }: CheckState, theme: Theme): readonly string[] {
  const word = known === 'hit' ? theme.green('hit ') : theme.yellow('miss');
  // A single change is what the reason says already.
  const shown = changes.length < 2 ? [] : changes.slice(0, MOST_CHANGES).map((change) => `         ${theme.dim(`${oneLine(change.name)} ${change.what}`)}`);
  return [
    `  ${check.level} ${word} ${oneLine(name)}${check.project === '.' ? '' : ` in ${oneLine(check.project)}`}: ${oneLine(reason)}`,
    `         ${theme.dim(`$ ${oneLine(describeCheck(check))}  (${oneLine(check.origin)})`)}`,
    ...shown,
    ...(shown.length > 0 && changes.length > MOST_CHANGES ? [`         ${theme.dim(`… ${changes.length - MOST_CHANGES} more`)}`] : []),
  ];
}

/** The same as data; `inputs` null means that nobody said on which files the verdict depends. */
export function checkStateDocument({ check, name, known, key, reason, changes, versions }: CheckState): object {
  return {
    name,
    validator: check.validator,
    level: check.level,
    project: check.project,
    command: describeCheck(check),
    origin: check.origin,
    known,
    key,
    reason,
    changes,
    keyed_by: { inputs: check.inputs, env: check.env, tool: versions.tool, validator: versions.validator, stamps: versions.stamps },
  };
}
