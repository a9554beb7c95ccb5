/** JUnit XML of a run: a suite for each phase, a case for each validator of a gate and for each other task. */
import type { ValidatorResult } from '../model.ts';
import { headingOf, phasesOf, placeOf, prpsOf } from './phases.ts';
import type { RunView, TaskView } from './view.ts';

interface Case {
  readonly name: string;
  readonly suite: string;
  readonly ms: number;
  readonly kind: 'pass' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly text: string;
}

/** `failure`: judged and wrong. `error`: not judged. `skipped`: nothing to judge, or never reached; a skipped case is no pass. */
export function junitOf(view: RunView): string {
  const prps = prpsOf(view).length > 1 ? 'several' : 'one';
  const suites = phasesOf(view).map((phase) => ({ name: headingOf(phase, prps), cases: phase.tasks.flatMap((task) => casesOf(task)) }));
  const failure = view.end?.failure ?? null;
  const noted = suites.some(({ cases }) => cases.some(({ kind }) => kind === 'failure' || kind === 'error'));
  // A run that failed before any task did must not look green.
  const own =
    failure === null || noted
      ? []
      : [{ name: 'ce', cases: [{ name: failure.code, suite: 'ce', ms: 0, kind: 'error', message: failure.message, text: failure.why ?? '' } satisfies Case] }];
  const all = [...own, ...suites.filter(({ cases }) => cases.length > 0)];
  const cases = all.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ce ${xml(view.command)}" ${counts(cases)} time="${seconds(view.end?.durationMs ?? 0)}">`,
    ...all.flatMap((suite) => [
      `  <testsuite name="${xml(suite.name)}" ${counts(suite.cases)} time="${seconds(suite.cases.reduce((sum, { ms }) => sum + ms, 0))}">`,
      ...suite.cases.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(task: TaskView): readonly Case[] {
  const validators = task.gate?.validators ?? [];
  const base = { suite: task.id, ms: task.durationMs ?? 0, text: '' };
  if (validators.length > 0) return validators.map((result) => validatorCase(task, result));
  switch (task.status) {
    case 'executed':
    case 'fresh':
    case 'cached':
      // A gate that passed nothing in sight is fresh; one that ran without a verdict is no pass.
      return [{ ...base, name: task.title, kind: task.gate !== null && !task.gate.passed ? 'skipped' : 'pass', message: task.reason }];
    case 'failed':
      return [
        {
          ...base,
          name: task.title,
          kind: 'error',
          message: task.failure?.message ?? task.reason,
          text: [task.failure?.why, ...task.tail].filter(Boolean).join('\n'),
        },
      ];
    case 'unverified':
    case 'not-applicable':
    case 'skipped':
    case 'blocked':
    case 'cancelled':
    case 'waiting':
    case 'running':
      return [
        {
          ...base,
          name: task.title,
          kind: 'skipped',
          message: `${task.status === 'waiting' || task.status === 'running' ? 'not run' : task.status}${task.reason === '' ? '' : `: ${task.reason}`}`,
        },
      ];
  }
}

function validatorCase(task: TaskView, result: ValidatorResult): Case {
  const project = result.project === '.' ? '' : ` (${result.project})`;
  const lines = result.diagnostics.map((found) => `${placeOf(found)} ${found.severity} ${found.code} ${found.message}`.trim());
  return {
    name: `${result.name}${project}`,
    suite: task.id,
    ms: result.durationMs,
    kind: result.verdict === 'pass' ? 'pass' : result.verdict === 'fail' ? 'failure' : 'error',
    message: result.message ?? lines[0] ?? result.verdict,
    text: lines.join('\n'),
  };
}

function caseLines({ name, suite, ms, kind, message, text }: Case): readonly string[] {
  const head = `    <testcase name="${xml(name)}" classname="${xml(suite)}" time="${seconds(ms)}"`;
  if (kind === 'pass') return [`${head}/>`];
  const body = kind === 'skipped' ? `<skipped message="${xml(message)}"/>` : `<${kind} message="${xml(message)}" type="${kind}">${xml(text)}</${kind}>`;
  return [`${head}>`, `      ${body}`, '    </testcase>'];
}

function counts(cases: readonly Case[]): string {
  const of = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\n': '&#10;', '\t': '&#9;' };

/** XML 1.0 cannot hold most control characters or half a surrogate pair at all, not even escaped. */
function xml(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '').replace(/[&<>"'\n\t]/g, (character) => ENTITIES[character] ?? '');
}
