/** What a person is told when a policy asks for one: the evidence, what to look at in order, and commands to paste. Pure. */
import type { Escalation, GateFailure } from '../../core/api.ts';
import type { Reason } from './classify.ts';

const EVIDENCE_LINES = 20;

type Trigger = Escalation['trigger'];

const CODES = {
  persistent: 'CE_ESCALATE_PERSISTENT',
  ambiguous: 'CE_ESCALATE_AMBIGUOUS',
  architectural: 'CE_ESCALATE_ARCHITECTURAL',
  dependency: 'CE_ESCALATE_DEPENDENCY',
  security: 'CE_ESCALATE_SECURITY',
  policy: 'CE_ESCALATE_POLICY',
} as const satisfies Record<Trigger, Escalation['code']>;

const HINTS: Readonly<Record<Trigger, readonly string[]>> = {
  persistent: [
    'Review the error details: the same error occurred three times.',
    'Check whether what was tried fits this kind of error.',
    'Consider whether the architecture must change.',
  ],
  ambiguous: [
    'Run the validation command by hand to see its full context.',
    'Check the logs for details of the error.',
    'Let the command print the file and line of what fails.',
  ],
  architectural: [
    'Review the error for what it says of the structure: a cycle, a broken layer.',
    'Consider whether the code must be reorganised: move what both sides need into a third module.',
    'If the spec asks for this structure, change the spec first.',
  ],
  dependency: [
    'Check that the network can be reached.',
    'Check access to the package repository (PyPI, npm) and that the name is spelt right.',
    'Check that the tool or package is declared and installed in this environment; the name of an import is not always that of its package.',
  ],
  security: [
    'Security findings are never fixed automatically: decide yourself.',
    'Review the error for exposed secrets, credentials or permissions; revoke what was exposed before anything else.',
    'Update the affected package, or record why the finding does not apply.',
  ],
  policy: ['Read the rule of this repository that asks for a person.'],
};

export function adviseOn(reason: Reason, failure: GateFailure): Omit<Escalation, 'id'> {
  return {
    trigger: reason.trigger,
    code: CODES[reason.trigger],
    task: failure.task.id,
    message: reason.message,
    evidence: limit(reason.evidence),
    troubleshooting: HINTS[reason.trigger],
    actions: actionsFor(reason, failure),
  };
}

function limit(lines: readonly string[]): readonly string[] {
  const whole = lines.flatMap((line) => line.split('\n'));
  if (whole.length <= EVIDENCE_LINES) return whole;
  return [...whole.slice(0, EVIDENCE_LINES - 1), `… and ${whole.length - EVIDENCE_LINES + 1} more lines`];
}

/** How known tools are installed. A package that the spec or code merely names is never suggested: its name may be somebody's trap. */
const INSTALL: Readonly<Record<string, string>> = {
  ruff: 'python -m pip install ruff',
  pytest: 'python -m pip install pytest',
  mypy: 'python -m pip install mypy',
  black: 'python -m pip install black',
  pyright: 'npm install --save-dev pyright',
  eslint: 'npm install --save-dev eslint',
  prettier: 'npm install --save-dev prettier',
  tsc: 'npm install --save-dev typescript',
  biome: 'npm install --save-dev @biomejs/biome',
};

/** Two to four: see it, repair it, go on, go back. */
function actionsFor({ trigger, missing }: Reason, { task, failing }: GateFailure): readonly string[] {
  const byHand = failing[0]?.command;
  const install = trigger === 'dependency' && missing !== undefined ? INSTALL[missing] : undefined;
  const target = task.phase === null ? task.prp : `${task.prp ?? ''}:${task.phase}`;
  return [
    ...(install === undefined ? [] : [install]),
    ...(byHand === undefined ? [] : [byHand]),
    ...(target === null ? [] : [`ce explain ${task.id}`, `ce run ${target}`]),
    ...(target === null ? ['ce validate'] : []),
  ].slice(0, 4);
}
