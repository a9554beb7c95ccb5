/** The last screen: the result first, then what was kept, healed and left open, then failures with their code, then what to type next. */
import type { Escalation } from '../events.ts';
import type { Diagnostic } from '../model.ts';
import { codeFrame } from './codeframe.ts';
import { failureLines } from './error.ts';
import { count, duration, oneLine, safeLines } from './format.ts';
import { nextCommands } from './next.ts';
import { failedTasks, openDiagnostics, placeOf, unverifiedOf } from './phases.ts';
import { gateLine, healLine, verdictLine } from './plain-lines.ts';
import type { ReadSource } from './reporter.ts';
import type { RunView, TaskView } from './view.ts';
import type { Theme } from './theme.ts';
import { pad, widthOf } from './width.ts';

const MOST_FINDINGS = 10;
const MOST_FRAMES = 3;
const TAIL = 10;
const DIFF = 8;
const MOST_LISTED = 20;

/** Lines without a line break, for a run that has ended. Sections are set apart by an empty line. */
export function summaryLines(view: RunView, theme: Theme, columns: number, readSource: ReadSource): readonly string[] {
  const sections = [
    resultSection(view, theme),
    checkpointSection(view, theme),
    healSection(view, theme),
    unverifiedSection(view, theme),
    ...view.escalations.map((escalation) => escalationSection(escalation, view, theme)),
    looseFindings(view, theme, columns, readSource),
    ...failedTasks(view)
      .slice(0, MOST_LISTED)
      .map((task) => failedSection(task, view, theme, columns, readSource)),
    view.end?.failure == null ? [] : failureLines(view.end.failure, theme, columns),
    nextSection(view, theme),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** `✅ Execution complete: 10/10 confidence (45m 23s)`, or what happened instead. */
function resultLine(view: RunView, theme: Theme): string {
  const { emoji } = theme.symbols;
  const { end } = view;
  const noun = view.command === 'validate' ? 'Validation' : view.command === 'batch' ? 'Batch' : 'Execution';
  if (end === null) return `${emoji.fail} ${noun} stopped without an end`;
  const time = `(${duration(end.durationMs)})`;
  if (view.dryRun) return `Dry run: nothing was run ${time}`;
  const score = end.confidence === null ? '' : `: ${end.confidence.score}/10 confidence`;
  if (end.success) {
    const tasks = [...view.tasks.values()];
    const idle =
      tasks.length > 0 &&
      tasks.every((task) => task.status === 'fresh' || task.status === 'skipped' || (task.planned === 'unverified' && task.status === 'unverified'));
    if (idle) return `${emoji.pass} Nothing to do: ${count(tasks.filter((task) => task.status === 'fresh').length, 'task is', 'tasks are')} fresh ${time}`;
    return theme.green(`${emoji.pass} ${noun} complete${score} ${time}`);
  }
  switch (end.exitCode) {
    case 3:
      return theme.yellow(`${emoji.warn} ${noun} needs a person${score} ${time}`);
    case 130:
    case 143:
      return theme.yellow(`${emoji.warn} ${noun} interrupted ${time}`);
    default:
      return theme.red(`${emoji.fail} ${noun} failed${score} ${time}`);
  }
}

function resultSection(view: RunView, theme: Theme): readonly string[] {
  const tasks = [...view.tasks.values()];
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(task.status, (counts.get(task.status) ?? 0) + 1);
  const parts = [...counts].map(([status, n]) => `${n} ${status === 'waiting' ? 'not started' : status}`);
  const confidence = view.end?.confidence ?? null;
  return [
    resultLine(view, theme),
    ...(tasks.length > 0 && !view.dryRun ? [`   ${count(tasks.length, 'task')}: ${parts.join(', ')}`] : []),
    ...(confidence === null ? [] : [`   ${oneLine(confidence.reading)}`, ...confidence.reasons.map((reason) => `   ${theme.symbols.none} ${oneLine(reason)}`)]),
  ];
}

function checkpointSection(view: RunView, theme: Theme): readonly string[] {
  if (view.checkpoints.length === 0) return [];
  return [
    theme.bold('Checkpoints'),
    ...view.checkpoints.map(
      ({ tag, ref, commit, gates, tree }) =>
        `   ${tag ?? ref}  ${commit.slice(0, 12)}  ${gates}${tree === 'dirty' ? '  (dirty tree: not used to resume)' : ''}`,
    ),
  ];
}

function healSection(view: RunView, theme: Theme): readonly string[] {
  if (view.heals.length === 0) return [];
  const lines = view.heals.slice(0, MOST_LISTED).flatMap(({ task, heal }) => {
    const changed = safeLines(heal.diff).filter((line) => /^[-+](?![-+]{2} )/.test(line));
    const hint = heal.applied && !heal.reverted ? changed.slice(0, DIFF) : [];
    const colour = (line: string): string => (line.startsWith('-') ? theme.red(line) : theme.green(line));
    return [
      `   ${oneLine(task)}  ${healLine(heal)}`,
      ...hint.map((line) => `      ${colour(line)}`),
      ...(hint.length > 0 && changed.length > DIFF ? [`      ${theme.dim(`… ${changed.length - DIFF} more lines`)}`] : []),
    ];
  });
  return [theme.bold('Heals'), ...lines, ...rest(view.heals.length, theme)];
}

function unverifiedSection(view: RunView, theme: Theme): readonly string[] {
  const open = unverifiedOf(view);
  if (open.length === 0 || view.dryRun) return [];
  return [
    theme.bold('Not verified'),
    ...open.slice(0, MOST_LISTED).map(({ task, what }) => `   ${theme.yellow(theme.symbols.warn)} ${oneLine(task)}  ${oneLine(what)}`),
    ...rest(open.length, theme),
  ];
}

function escalationSection(escalation: Escalation, view: RunView, theme: Theme): readonly string[] {
  const { emoji } = theme.symbols;
  const task = view.tasks.get(escalation.task);
  const attempts = task?.gate?.attempts ?? task?.attempt ?? 0;
  return [
    theme.red(`${emoji.fail} ${task?.level ?? oneLine(escalation.task)} failed${attempts > 1 ? ` after ${attempts} attempts` : ''} - escalating`) +
      `  ${oneLine(escalation.task)} (${escalation.trigger})`,
    `   ${oneLine(escalation.message)}`,
    ...escalation.evidence.map((line) => theme.dim(`   ${theme.symbols.bar} ${oneLine(line)}`)),
    ...(escalation.troubleshooting.length > 0 ? [`${emoji.tool} Troubleshooting:`] : []),
    ...escalation.troubleshooting.map((line, index) => `   ${index + 1}. ${oneLine(line)}`),
    ...escalation.actions.map((line) => `   ${theme.cyan(oneLine(line))}`),
    `   code ${theme.dim(escalation.code)}`,
  ];
}

/** Findings of no gate: of the spec, of an implementer. Those of failing gates stand with their gate. */
function looseFindings(view: RunView, theme: Theme, columns: number, readSource: ReadSource): readonly string[] {
  const inGates = new Set(
    failedTasks(view)
      .flatMap((task) => task.gate?.validators ?? [])
      .flatMap((result) => result.diagnostics.map(keyOf)),
  );
  const loose = openDiagnostics(view).filter((diagnostic) => !inGates.has(keyOf(diagnostic)) && diagnostic.severity !== 'info');
  if (loose.length === 0) return [];
  return [theme.bold('Findings'), ...findings(loose, theme, columns, readSource)];
}

function failedSection(task: TaskView, view: RunView, theme: Theme, columns: number, readSource: ReadSource): readonly string[] {
  const bad = (task.gate?.validators ?? []).filter((result) => result.verdict !== 'pass');
  const located = bad.flatMap((result) => result.diagnostics);
  const tail = located.some((diagnostic) => diagnostic.file !== undefined) ? [] : task.tail.filter((line) => line.trim() !== '').slice(-TAIL);
  const told = view.end?.failure?.message === task.failure?.message;
  const title = task.kind === 'gate' ? gateLine(task, theme) : `${theme.symbols.emoji.fail} ${oneLine(task.title)} failed`;
  return [
    `${theme.red(title)}  ${oneLine(task.id)}`,
    ...(task.failure === null || told ? [] : failureLines(task.failure, theme, columns - 3).map((line) => `   ${line}`)),
    ...bad.flatMap((result) => [`   ${verdictLine(result)}`, ...(result.log === null ? [] : [theme.dim(`   output: ${oneLine(result.log)}.{out,err}`)])]),
    ...tail.map((line) => theme.dim(`   ${theme.symbols.bar} ${oneLine(line)}`)),
    ...findings(located, theme, columns, readSource),
  ];
}

function findings(diagnostics: readonly Diagnostic[], theme: Theme, columns: number, readSource: ReadSource): readonly string[] {
  const rank = { error: 0, warning: 1, info: 2 } as const;
  const sorted = [...diagnostics].sort((a, b) => rank[a.severity] - rank[b.severity]);
  let frames = 0;
  const lines = sorted.slice(0, MOST_FINDINGS).flatMap((diagnostic) => {
    const severity = diagnostic.severity === 'error' ? theme.red('error') : theme.yellow(diagnostic.severity);
    const place = placeOf(diagnostic);
    const head = `   ${place === '' ? '' : `${theme.cyan(place)} `}${severity} ${oneLine(diagnostic.message)} ${theme.dim(`${oneLine(diagnostic.source)} ${oneLine(diagnostic.code)}`)}`;
    if (diagnostic.file === undefined || diagnostic.line === undefined || frames >= MOST_FRAMES) return [head];
    const text = readSource(diagnostic.file);
    if (text === null) return [head];
    frames += 1;
    return [head, ...codeFrame(text, { ...diagnostic, line: diagnostic.line }, columns - 6).map((line) => `      ${line}`)];
  });
  return [...lines, ...(sorted.length > MOST_FINDINGS ? [theme.dim(`   … ${sorted.length - MOST_FINDINGS} more`)] : [])];
}

function nextSection(view: RunView, theme: Theme): readonly string[] {
  const commands = nextCommands(view);
  const widest = Math.min(48, Math.max(0, ...commands.map(({ command }) => widthOf(command))));
  return commands.length === 0
    ? []
    : [theme.bold('Next'), ...commands.map(({ command, why }) => `   ${theme.cyan(widthOf(command) > widest ? command : pad(command, widest))}  ${why}`)];
}

function rest(total: number, theme: Theme): readonly string[] {
  return total > MOST_LISTED ? [theme.dim(`   … ${total - MOST_LISTED} more`)] : [];
}

function keyOf({ source, code, message, file, line }: Diagnostic): string {
  return JSON.stringify([source, code, message, file, line]);
}
