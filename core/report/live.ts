/** The live tree of a terminal: repainted when something changed, at most twelve times a second, and once a second for the clocks. */
import { failureLines } from './error.ts';
import { oneLine, safeLines } from './format.ts';
import { finalTree, liveFrame } from './live-frame.ts';
import { createPainter } from './painter.ts';
import { planList } from './plan.ts';
import type { Output, ReadSource, Reporter } from './reporter.ts';
import type { RunView } from './view.ts';
import { summaryLines } from './summary.ts';
import type { Theme } from './theme.ts';

const LEAST_MS = 84;
const TICK_MS = 1000;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms`, without keeping the process alive; returns the way to stop it. */
  after(ms: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  after(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

export function createLiveReporter(out: Output, theme: Theme, readSource: ReadSource, clock: Clock): Reporter {
  const painter = createPainter(out);
  let current: RunView | null = null;
  let ended = false;
  let paintedAt = -Infinity;
  let dueAt = Infinity;
  let stop: (() => void) | null = null;
  /** The task that a person is asked about: the tree stands still while they answer. */
  let asking: string | null = null;

  const cancel = (): void => {
    stop?.();
    stop = null;
  };
  const paint = (): void => {
    cancel();
    if (current === null || ended || asking !== null) return;
    painter.paint(liveFrame(current, { columns: out.columns(), rows: out.rows() }, clock.now(), theme));
    paintedAt = clock.now();
    dueAt = paintedAt + TICK_MS;
    stop = clock.after(TICK_MS, paint);
  };
  /** Events come in bursts: one timer serves all that come before it fires. */
  const schedule = (): void => {
    const next = paintedAt + LEAST_MS;
    if (next <= clock.now()) paint();
    else if (stop === null || dueAt > next) {
      cancel();
      dueAt = next;
      stop = clock.after(next - clock.now(), paint);
    }
  };
  const printAbove = (lines: readonly string[]): void => {
    painter.clear();
    out.write(`${lines.join('\n')}\n`);
    paint();
  };
  const forgetSize = out.onResize(paint);

  return {
    name: 'live',
    onEvent(event, view) {
      current = view;
      switch (event.type) {
        case 'run.start':
          paint();
          return;
        case 'log':
          printAbove(
            event.failure === null
              ? [`${event.level === 'info' ? '' : `${event.level}: `}${oneLine(event.message)}`]
              : failureLines(event.failure, theme, out.columns()),
          );
          return;
        case 'input':
          paint();
          cancel();
          asking = event.task;
          painter.keep();
          painter.end();
          out.write(`${safeLines(event.prompt).join('\n')}\n`);
          return;
        case 'run.end':
          cancel();
          asking = null;
          painter.clear();
          painter.end();
          out.write(`${[...closing(view, out, theme), ...summaryLines(view, theme, out.columns(), readSource)].join('\n')}\n`);
          ended = true;
          return;
        case 'task.progress':
        case 'task.end':
        case 'check.start':
          if (asking === event.task) asking = null;
          schedule();
          return;
        case 'graph':
        case 'task.start':
        case 'check.end':
        case 'task.output':
        case 'diagnostic':
        case 'heal':
        case 'escalation':
        case 'checkpoint':
          schedule();
      }
    },
    close() {
      cancel();
      forgetSize();
      painter.end();
    },
  };
}

/** A dry run shows its plan, a run that did nothing goes straight to its result. */
function closing(view: RunView, out: Output, theme: Theme): readonly string[] {
  const tasks = [...view.tasks.values()];
  if (view.dryRun) {
    return [...planList(tasks.map((task) => ({ task: { ...task, dependsOn: [] }, outcome: task.planned ?? 'planned', reason: task.plannedReason }))), ''];
  }
  return tasks.some((task) => task.startedAt !== null) ? [...finalTree(view, out.columns(), theme), ''] : [];
}
