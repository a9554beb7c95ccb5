/** GitHub Actions: workflow commands that annotate lines, and a job summary in markdown. */
import type { Diagnostic } from '../model.ts';
import { duration, oneLine } from './format.ts';
import { failedTasks, headingOf, openDiagnostics, phasesOf, placeOf, prpsOf, unverifiedOf } from './phases.ts';
import type { RunView, TaskView } from './view.ts';

/** The service shows ten errors and ten warnings of a step; more only lengthens the log. */
const MOST_OF_A_KIND = 10;
const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** One `::error …` line for each open finding, errors first; failures without a finding are annotated by task. */
export function annotationsOf(view: RunView): readonly string[] {
  const found = openDiagnostics(view);
  const lines = (['error', 'warning', 'info'] as const).flatMap((severity) =>
    found
      .filter((diagnostic) => diagnostic.severity === severity)
      .slice(0, MOST_OF_A_KIND)
      .map(annotation),
  );
  const failed = failedTasks(view);
  const bare = failed.filter((task) => !(task.gate?.validators ?? []).some((result) => result.diagnostics.some(({ severity }) => severity === 'error')));
  const tasks = bare.slice(0, MOST_OF_A_KIND).map((task) => `::error title=${property(task.id)}::${data(task.failure?.message ?? reasonOf(task))}`);
  const failure = view.end?.failure ?? null;
  const own =
    failure === null || failed.length > 0
      ? []
      : [
          `::error ${failure.place === undefined ? '' : `file=${property(failure.place.file)},${failure.place.line === undefined ? '' : `line=${failure.place.line},`}`}title=${property(failure.code)}::${data(failure.message)}`,
        ];
  return [...own, ...tasks, ...lines];
}

function annotation({ severity, file, line, column, endLine, endColumn, source, code, message }: Diagnostic): string {
  const at: readonly (readonly [string, string | number | undefined])[] = [
    ['file', file === undefined ? undefined : property(file)],
    ['line', line],
    ['endLine', endLine],
    ['col', column],
    // The service ignores an end column on another line.
    ['endColumn', endLine === undefined || endLine === line ? endColumn : undefined],
    ['title', property(`${source} ${code}`)],
  ];
  return `::${COMMANDS[severity]} ${at
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')}::${data(message)}`;
}

/** The message of a workflow command. */
function data(text: string): string {
  return oneLineOrMore(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function oneLineOrMore(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/**
 * Makes a line of foreign text harmless in a log that is read for workflow commands: those begin with `::` after blanks, and
 * in the old form with `##[` anywhere.
 */
export function defuse(line: string): string {
  return line.replace(/^(\s*)::/, '$1: :').replaceAll('##[', '# #[');
}

/** The job summary: GitHub-flavoured markdown. */
export function jobSummaryOf(view: RunView): string {
  const { end } = view;
  const prps = prpsOf(view).length > 1 ? 'several' : 'one';
  const score = end?.confidence == null ? '' : `, confidence ${end.confidence.score}/10`;
  const rows = phasesOf(view).flatMap((phase) =>
    phase.tasks.map(
      (task) =>
        `| ${cell(headingOf(phase, prps))} | ${cell(task.level ?? task.kind)} | ${cell(statusOf(task))} | ${task.durationMs === null ? '' : duration(task.durationMs)} | ${cell(reasonOf(task))} |`,
    ),
  );
  const found = openDiagnostics(view).filter(({ severity }) => severity !== 'info');
  const open = unverifiedOf(view);
  return [
    `## ce ${cell(view.command)} ${view.targets.map(cell).join(' ')}: ${end?.success === true ? 'done' : 'failed'}${score}`,
    '',
    ...(end === null ? [] : [`Run \`${view.run}\`, ${duration(end.durationMs)}, exit code ${end.exitCode}.`, '']),
    ...(end?.confidence == null ? [] : [`${cell(end.confidence.reading)}`, '', ...end.confidence.reasons.map((reason) => `- ${cell(reason)}`), '']),
    ...(end?.failure == null ? [] : [`**${end.failure.code}** ${cell(end.failure.message)}`, '']),
    ...(rows.length > 0 ? ['| Phase | Task | Outcome | Time | Reason |', '| --- | --- | --- | --- | --- |', ...rows.slice(0, 200), ''] : []),
    ...(view.checkpoints.length > 0
      ? ['### Checkpoints', '', ...view.checkpoints.map(({ tag, ref, commit }) => `- \`${tag ?? ref}\` ${commit.slice(0, 12)}`), '']
      : []),
    ...(view.heals.length > 0
      ? [
          '### Heals',
          '',
          ...view.heals.map(
            ({ task, heal }) =>
              `- ${cell(task)}: ${cell(heal.title)} (${cell(heal.file)})${heal.reverted ? ', reverted' : heal.applied ? '' : ', not applied'}`,
          ),
          '',
        ]
      : []),
    ...(open.length > 0 ? ['### Not verified', '', ...open.map(({ task, what }) => `- ${cell(task)}: ${cell(what)}`), ''] : []),
    ...view.escalations.flatMap(({ trigger, message, troubleshooting, task }) => [
      `### ${cell(task)} needs a person (${trigger})`,
      '',
      cell(message),
      '',
      ...troubleshooting.map((line, index) => `${index + 1}. ${cell(line)}`),
      '',
    ]),
    ...(found.length > 0
      ? [
          '### Findings',
          '',
          ...found.slice(0, 100).map((one) => `- ${cell(placeOf(one))} ${one.severity}: ${cell(one.message)} (${cell(one.source)} ${cell(one.code)})`),
          '',
        ]
      : []),
  ].join('\n');
}

function statusOf(task: TaskView): string {
  return task.status === 'waiting' || task.status === 'running' ? 'not run' : task.status;
}

function reasonOf(task: TaskView): string {
  return task.reason === '' ? task.plannedReason : task.reason;
}

/** Foreign text as it is, in markdown: no markup, no table bar, no HTML, no mention. */
function cell(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#|~!]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}
