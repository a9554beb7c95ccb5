/** What the live tree shows at one moment: a function of the run, the clock and the size of the terminal. */
import { count, duration, elapsed, oneLine } from './format.ts';
import { failedTasks, gateLabel, headingOf, phasesOf, prpsOf, type PhaseView } from './phases.ts';
import type { RunView, TaskView } from './view.ts';
import { mark, type Theme } from './theme.ts';
import { fit, pad, widthOf } from './width.ts';

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** Times stand in a column; on a wide terminal that column does not run away from the names. */
const WIDEST = 100;
const MOST_FINDINGS = 3;

/** Lines narrower than `columns`, fewer than `rows`. Times of running tasks come from `now`, in milliseconds since the epoch. */
export function liveFrame(view: RunView, size: FrameSize, now: number, theme: Theme): readonly string[] {
  const columns = Math.max(20, Math.min(size.columns - 1, WIDEST));
  const room = Math.max(4, size.rows - 1);
  const title = theme.bold(fit(`ce ${view.command} ${view.targets.map(oneLine).join(' ')}`.trimEnd(), columns));
  const shape = (detail: Detail): readonly string[] => [
    title,
    ...treeLines(view, columns, now, theme, detail),
    ...failureBlock(view, columns, theme),
    footer(view, columns, now, theme),
  ];
  for (const detail of ['all', 'no-waiting', 'no-done', 'bare'] as const) {
    const lines = shape(detail);
    if (lines.length <= room) return lines;
  }
  const lines = shape('bare');
  const kept = lines.slice(0, Math.max(1, room - 2));
  return [...kept, theme.dim(fit(`  … ${count(lines.length - kept.length - 1, 'more line')}`, columns)), lines.at(-1) ?? ''];
}

/** The tree that stays when the run has ended: phases that did something in full, the rest counted. */
export function finalTree(view: RunView, columns: number, theme: Theme): readonly string[] {
  return treeLines(view, Math.max(20, Math.min(columns - 1, WIDEST)), 0, theme, 'no-waiting');
}

type Detail = 'all' | 'no-waiting' | 'no-done' | 'bare';
type PhaseState = 'waiting' | 'fresh' | 'done' | 'open';

function treeLines(view: RunView, columns: number, now: number, theme: Theme, detail: Detail): readonly string[] {
  const phases = phasesOf(view);
  if (phases.length === 0) return [theme.dim(fit('  reading the specs and the tree', columns))];
  const prps = prpsOf(view).length > 1 ? 'several' : 'one';
  const lines: string[] = [];
  const hidden = { fresh: 0, done: 0, waiting: 0 };
  for (const phase of phases) {
    const state = stateOf(phase);
    if (state === 'fresh' || (state === 'done' && (detail === 'no-done' || detail === 'bare')) || (state === 'waiting' && detail !== 'all')) hidden[state] += 1;
    else if (state === 'open') lines.push(...openPhase(phase, headingOf(phase, prps), columns, now, theme, detail));
    else lines.push(closedPhase(phase, headingOf(phase, prps), state, columns, theme));
  }
  const summed = (n: number, word: string, symbol: string): readonly string[] =>
    n === 0 ? [] : [`${symbol} ${theme.dim(fit(`${count(n, 'phase')} ${word}`, columns - 2))}`];
  return [
    ...summed(hidden.fresh, 'fresh', mark(theme, 'fresh')),
    ...summed(hidden.done, 'done', mark(theme, 'executed')),
    ...lines,
    ...summed(hidden.waiting, view.end === null ? 'waiting' : 'not started', mark(theme, 'waiting')),
  ];
}

/** A phase none of whose tasks began is one line, whatever kept it from beginning. */
const NOT_BEGUN = new Set<TaskView['status']>(['waiting', 'skipped', 'unverified', 'blocked', 'cancelled']);

function stateOf(phase: PhaseView): PhaseState {
  const is = (...states: readonly TaskView['status'][]): boolean => phase.tasks.every((task) => states.includes(task.status));
  if (is('fresh') || (phase.tasks.some((task) => task.status === 'fresh') && is('fresh', 'unverified', 'not-applicable', 'skipped'))) return 'fresh';
  if (phase.tasks.every((task) => task.startedAt === null && NOT_BEGUN.has(task.status))) return 'waiting';
  return is('executed', 'fresh', 'cached', 'unverified', 'not-applicable', 'skipped') ? 'done' : 'open';
}

function closedPhase(phase: PhaseView, heading: string, state: 'waiting' | 'done', columns: number, theme: Theme): string {
  if (state === 'waiting')
    return row(
      {
        indent: 0,
        mark: mark(theme, 'waiting'),
        name: heading,
        detail: phase.tasks.some((task) => task.status === 'waiting') ? 'waiting' : 'not started',
        time: '',
      },
      columns,
      theme,
    );
  const open = phase.tasks.filter((task) => task.status === 'unverified').map((task) => task.level ?? task.id);
  const time = phase.tasks.reduce((sum, task) => sum + (task.durationMs ?? 0), 0);
  return row(
    {
      indent: 0,
      mark: mark(theme, 'executed'),
      name: heading,
      detail: `done${open.length > 0 ? `, ${open.join(', ')} unverified` : ''}`,
      time: duration(time),
    },
    columns,
    theme,
  );
}

function openPhase(phase: PhaseView, heading: string, columns: number, now: number, theme: Theme, detail: Detail): readonly string[] {
  const head = row(
    { indent: 0, mark: mark(theme, phase.tasks.some((task) => task.status === 'failed') ? 'failed' : 'running'), name: heading, detail: '', time: '' },
    columns,
    theme,
  );
  return [head, ...phase.tasks.flatMap((task) => taskLines(task, columns, now, theme, detail))];
}

function taskLines(task: TaskView, columns: number, now: number, theme: Theme, detail: Detail): readonly string[] {
  const label = task.kind === 'gate' ? gateLabel(task) : task.kind === 'implement' || task.kind === 'checkpoint' ? task.kind : oneLine(task.title);
  const name = columns < 50 ? `${label} ${wordOf(task)}` : `${widthOf(label) > 10 ? label : pad(label, 10)} ${wordOf(task)}`;
  const main = row({ indent: 2, mark: mark(theme, task.status), name, detail: detailOf(task), time: timeOf(task, columns, now) }, columns, theme);
  const said = task.status !== 'running' || detail === 'bare' ? '' : oneLine(task.progress ?? task.tail.findLast((line) => line.trim() !== '') ?? '');
  return said === '' ? [main] : [main, `    ${theme.dim(fit(`${theme.symbols.bar} ${said}`, columns - 4))}`];
}

function wordOf(task: TaskView): string {
  switch (task.status) {
    case 'executed':
      if (task.kind !== 'gate') return 'done';
      return task.gate?.passed === false ? 'not passed' : 'passed';
    case 'not-applicable':
      return 'not applicable';
    case 'running':
      return task.attempt > 1 ? `attempt ${task.attempt}` : 'running';
    case 'fresh':
    case 'cached':
    case 'failed':
    case 'unverified':
    case 'skipped':
    case 'blocked':
    case 'cancelled':
    case 'waiting':
      return task.status;
  }
}

function detailOf(task: TaskView): string {
  if (task.running.length > 0) return task.running.map(({ command }) => oneLine(command.split('\n')[0] ?? '')).join(', ');
  if (task.status === 'executed' && task.gate !== null) {
    const names = task.gate.validators.map((result) => oneLine(result.name)).join(', ');
    return task.gate.attempts > 1 ? `after ${task.gate.attempts} attempts  ${names}` : names;
  }
  return task.status === 'waiting' ? '' : oneLine(task.reason);
}

function timeOf(task: TaskView, columns: number, now: number): string {
  if (task.status === 'running' && task.startedAt !== null) {
    const usual = task.usualMs === null || columns < 60 ? '' : `, usually ${elapsed(task.usualMs)}`;
    return `${elapsed(now - task.startedAt)}${usual}`;
  }
  return task.durationMs === null || task.startedAt === null ? '' : duration(task.durationMs);
}

interface Row {
  readonly indent: number;
  /** One column, coloured. */
  readonly mark: string;
  readonly name: string;
  readonly detail: string;
  readonly time: string;
}

/** The name is cut last, the detail first. */
function row({ indent, mark: symbol, name, detail, time }: Row, columns: number, theme: Theme): string {
  const end = time === '' ? 0 : widthOf(time) + 1;
  const room = Math.max(4, columns - indent - 2 - end);
  const shownName = fit(name, room);
  const left = room - widthOf(shownName) - 2;
  const shownDetail = detail !== '' && left >= 6 ? fit(detail, left) : '';
  const used = widthOf(shownName) + (shownDetail === '' ? 0 : widthOf(shownDetail) + 2);
  const body = `${' '.repeat(indent)}${symbol} ${shownName}${shownDetail === '' ? '' : `  ${theme.dim(shownDetail)}`}`;
  return time === '' ? body : `${body}${' '.repeat(Math.max(0, room - used) + 1)}${theme.dim(time)}`;
}

/** Below the tree, where the eye is: what has failed so far. */
function failureBlock(view: RunView, columns: number, theme: Theme): readonly string[] {
  return failedTasks(view)
    .slice(-2)
    .flatMap((task) => {
      const found = (task.gate?.validators ?? []).flatMap((result) => result.diagnostics).filter(({ severity }) => severity === 'error');
      const lines = found
        .slice(0, MOST_FINDINGS)
        .map(({ file, line, message }) => `  ${file === undefined ? '' : `${oneLine(file)}${line === undefined ? '' : `:${line}`} `}${oneLine(message)}`);
      return [
        theme.red(fit(`${theme.symbols.fail} ${oneLine(task.id)} failed: ${oneLine(task.failure?.message ?? task.reason)}`, columns)),
        ...lines.map((line) => fit(line, columns)),
      ];
    });
}

function footer(view: RunView, columns: number, now: number, theme: Theme): string {
  const tasks = [...view.tasks.values()];
  if (tasks.length === 0) return theme.dim(elapsed(now - view.startedAt));
  const n = (...states: readonly TaskView['status'][]): number => tasks.filter((task) => states.includes(task.status)).length;
  const parts = (
    [
      [n('running'), 'running'],
      [n('waiting'), 'waiting'],
      [n('executed', 'cached'), 'done'],
      [n('fresh'), 'fresh'],
      [n('failed'), 'failed'],
      [n('unverified'), 'unverified'],
      [n('blocked'), 'blocked'],
    ] as const
  )
    .filter(([some]) => some > 0)
    .map(([some, word]) => `${some} ${word}`);
  return theme.dim(fit(`${parts.join(', ')}  ${elapsed(now - view.startedAt)}`, columns));
}
