/** A run's state for people: the result first, then its tasks, what is open, and the next command. */
import type { PlannedTask } from '../model.ts';
import type { RunStatus } from '../run/run-status.ts';
import { count, duration, oneLine } from './format.ts';
import { mark, type Theme } from './theme.ts';
import { pad, widthOf } from './width.ts';

/** Lines without a line break. */
export function statusLines({ holder, run, condition, next }: RunStatus, theme: Theme): readonly string[] {
  const end = next === null ? [] : [`  next: ${theme.cyan(next)}`];
  const lock = holder === null || condition === 'running' ? [] : [`lock: ${oneLine(holder)}`];
  if (run === null || condition === null) return [...lock, 'Nothing ran in this checkout yet.', ...end];
  const took = run.endedAt === null || run.startedAt === '' ? '' : `, ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`;
  const exit = run.exitCode === null ? '' : ` (exit code ${run.exitCode})`;
  const tasks = run.plan.filter(({ outcome }) => outcome !== 'fresh');
  const fresh = run.plan.length - tasks.length;
  const widest = Math.max(0, ...tasks.map(({ task }) => widthOf(task.id)));
  return [
    ...lock,
    `${theme.bold(`ce ${run.command} ${run.targets.map(oneLine).join(' ')}`.trimEnd())}  ${condition}${exit}`,
    `  run ${run.run}, started ${run.startedAt}${took}`,
    ...tasks.map((planned) =>
      `  ${taskLine(planned, run.tasks.get(planned.task.id) ?? null, condition === 'running' ? 'alive' : 'over', theme, widest)}`.trimEnd(),
    ),
    ...(fresh > 0 ? [`  ${count(fresh, 'task was', 'tasks were')} fresh`] : []),
    ...run.checkpoints.map(({ prp, phase, tag, ref, commit }) => `  checkpoint ${prp}:${phase}  ${commit.slice(0, 7)}  ${tag ?? ref}`),
    ...run.escalations.flatMap(({ task, code, message, actions }) => [
      `  ${theme.yellow('needs a person')} ${task}: ${oneLine(message)}  ${theme.dim(code)}`,
      ...actions.map((action) => `    ${theme.cyan(oneLine(action))}`),
    ]),
    ...end,
  ];
}

interface Ran {
  readonly outcome: Parameters<typeof mark>[1] | null;
  readonly reason: string;
  readonly durationMs: number | null;
}

function taskLine({ task, outcome, reason }: PlannedTask, ran: Ran | null, process: 'alive' | 'over', theme: Theme, columns: number): string {
  if (ran === null)
    return `${mark(theme, outcome === 'planned' ? 'waiting' : outcome)} ${pad(task.id, columns)}  ${outcome === 'planned' ? 'not started' : outcome}  ${oneLine(reason)}`;
  if (ran.outcome === null)
    return `${mark(theme, process === 'alive' ? 'running' : 'cancelled')} ${pad(task.id, columns)}  ${process === 'alive' ? 'running' : 'interrupted'}`;
  return `${mark(theme, ran.outcome)} ${pad(task.id, columns)}  ${ran.outcome}${ran.durationMs === null ? '' : ` ${duration(ran.durationMs)}`}  ${oneLine(ran.reason)}`;
}
