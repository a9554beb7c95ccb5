/** Questions that several reporters ask of a run: its phases, which are done, and what is open at the end. */
import type { Diagnostic, Level } from '../model.ts';
import { oneLine, phaseTitle } from './format.ts';
import type { RunView, TaskView } from './view.ts';

export const LEVEL_NAMES: Readonly<Record<Level, string>> = { L1: 'Syntax & Style', L2: 'Unit Tests', L3: 'Integration Tests', L4: 'Pattern Conformance' };

export interface PhaseView {
  readonly prp: string | null;
  /** Phase id; null for tasks that stand outside phases. */
  readonly phase: string | null;
  readonly tasks: readonly TaskView[];
}

/** In the order of the plan. Tasks of no phase (of `validate`, of a batch) are a group of their own. */
export function phasesOf(view: RunView): readonly PhaseView[] {
  const groups = new Map<string, { prp: string | null; phase: string | null; tasks: TaskView[] }>();
  for (const task of view.tasks.values()) {
    const key = JSON.stringify([task.prp, task.phase]);
    const group = groups.get(key) ?? { prp: task.prp, phase: task.phase, tasks: [] };
    group.tasks.push(task);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `Phase 1: Core Logic`; with several PRPs `PRP-5 Phase 1: Core Logic`. */
export function headingOf(phase: PhaseView, prps: 'one' | 'several'): string {
  const owner = prps === 'several' && phase.prp !== null ? `${oneLine(phase.prp)} ` : '';
  if (phase.phase === null) return `${owner}Checks`;
  const implement = phase.tasks.find((task) => task.kind === 'implement');
  return owner + (implement === undefined ? phaseTitle(phase.phase) : oneLine(implement.title));
}

export function prpsOf(view: RunView): readonly string[] {
  return [...new Set([...view.tasks.values()].flatMap((task) => task.prp ?? []))];
}

const GOOD = new Set<TaskView['status']>(['executed', 'fresh', 'cached']);
const BAD = new Set<TaskView['status']>(['failed', 'blocked', 'cancelled']);

/** Done with its evidence: its checkpoint was made or stands. */
export function isComplete(phase: PhaseView): boolean {
  const checkpoint = phase.tasks.find((task) => task.kind === 'checkpoint');
  return phase.phase !== null && phase.phase !== 'final' && checkpoint !== undefined && GOOD.has(checkpoint.status);
}

/** No task went wrong or was left, and at least one gate has evidence. */
export function succeeded(phase: PhaseView): boolean {
  const settled = phase.tasks.every((task) => !BAD.has(task.status) && task.status !== 'waiting' && task.status !== 'running');
  return settled && gatesOf(phase).some(passed);
}

export function gatesOf(phase: PhaseView): readonly TaskView[] {
  return phase.tasks.filter((task) => task.kind === 'gate');
}

/** True only with evidence: the gate says so, or what it stood on is unchanged. */
export function passed(task: TaskView): boolean {
  return task.gate?.passed ?? (task.status === 'fresh' || task.status === 'cached');
}

/** What a gate is called in a line: its level in a PRP, and with its project (`packages/a:L1`) outside one. */
export function gateLabel(task: TaskView): string {
  return task.prp === null || task.level === null ? oneLine(task.id) : task.level;
}

/** Tasks that stopped the run, in the order of the plan. Those that only waited for them are left out. */
export function failedTasks(view: RunView): readonly TaskView[] {
  return [...view.tasks.values()].filter((task) => task.status === 'failed');
}

/** What nothing could check: gates, and what a spec asks a person to judge. One line each. */
export function unverifiedOf(view: RunView): readonly { readonly task: string; readonly what: string }[] {
  return [...view.tasks.values()].flatMap((task) => {
    const manual = (task.gate?.unverified ?? []).map((what) => ({ task: task.id, what }));
    return task.status === 'unverified' && manual.length === 0 ? [{ task: task.id, what: task.reason }] : manual;
  });
}

/** What is open at the end: findings of the last attempt of each gate, and those of other tasks. Healed ones are gone. */
export function openDiagnostics(view: RunView): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { task, diagnostic } of view.diagnostics) {
    const gate = task === null ? undefined : view.tasks.get(task)?.gate;
    if (gate?.passed !== true || diagnostic.severity !== 'error') found.push(diagnostic);
  }
  for (const task of view.tasks.values()) {
    for (const result of task.gate?.validators ?? []) found.push(...result.diagnostics);
  }
  const seen = new Map(found.map((diagnostic) => [keyOf(diagnostic), diagnostic]));
  return [...seen.values()];
}

function keyOf({ source, code, severity, message, file, line, column }: Diagnostic): string {
  return JSON.stringify([source, code, severity, message, file, line, column]);
}

/** `src/a.ts:3:7`; `src/a.ts` without a line; empty without a file. */
export function placeOf({ file, line, column }: Pick<Diagnostic, 'file' | 'line' | 'column'>): string {
  if (file === undefined) return '';
  return [oneLine(file), line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
}
