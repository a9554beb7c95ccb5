/** A plan as text: how much would run, and for each task why. */
import type { PlannedTask } from '../model.ts';
import { count, oneLine } from './format.ts';
import { pad, widthOf } from './width.ts';

const WORDS: Readonly<Record<PlannedTask['outcome'], string>> = {
  planned: 'to run',
  cached: 'cached',
  fresh: 'fresh',
  skipped: 'skipped',
  unverified: 'unverified',
};
const ORDER: readonly PlannedTask['outcome'][] = ['planned', 'cached', 'fresh', 'skipped', 'unverified'];

/** `Plan: 4 tasks to run, 6 fresh`. */
export function planLine(plan: readonly PlannedTask[]): string {
  const parts = ORDER.map((outcome) => ({ outcome, n: plan.filter((planned) => planned.outcome === outcome).length })).filter(({ n }) => n > 0);
  if (parts.length === 0) return 'Plan: no tasks';
  return `Plan: ${parts.map(({ outcome, n }, index) => `${index === 0 ? count(n, 'task') : n} ${WORDS[outcome]}`).join(', ')}`;
}

/** When nothing would run: one line a phase with what shows that it is done. */
export function evidenceLines(plan: readonly PlannedTask[]): readonly string[] {
  if (!plan.every(({ outcome }) => outcome === 'fresh')) return [];
  const checkpoints = plan.filter(({ task }) => task.kind === 'checkpoint');
  const name = ({ task }: PlannedTask): string => oneLine(`${task.prp ?? ''}:${task.phase ?? ''}`);
  const widest = Math.max(0, ...checkpoints.map((planned) => widthOf(name(planned))));
  return checkpoints.map((planned) => `  ${pad(name(planned), widest)}  ${oneLine(planned.reason)}`);
}

/** One line for each task that is not fresh: what becomes of it, its id and the reason. Fresh ones are only counted. */
export function planList(plan: readonly PlannedTask[]): readonly string[] {
  const shown = plan.filter((planned) => planned.outcome !== 'fresh');
  const ids = Math.max(0, ...shown.map(({ task }) => Math.min(40, widthOf(oneLine(task.id)))));
  const line = ({ task, outcome, reason }: PlannedTask): string => {
    const id = oneLine(task.id);
    return `  ${pad(WORDS[outcome], 10)}  ${widthOf(id) > ids ? id : pad(id, ids)}  ${oneLine(reason)}`.trimEnd();
  };
  const fresh = plan.length - shown.length;
  return [...shown.map(line), ...(fresh > 0 ? [`  ${count(fresh, 'task is', 'tasks are')} fresh`] : [])];
}
