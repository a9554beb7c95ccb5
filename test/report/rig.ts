/** Plays a stream into reporters: a captured output, a clock that is moved by hand, and the text of a small file. */
import { createRunState } from '../../core/report/state.ts';
import type { RunView } from '../../core/report/view.ts';
import type { Output, ReadSource, Reporter } from '../../core/report/reporter.ts';
import type { Clock } from '../../core/report/live.ts';
import type { Event } from '../../core/events.ts';

export interface Capture extends Output {
  readonly text: () => string;
  resize(columns: number): void;
}

export function capture(columns: number, rows = 40): Capture {
  let written = '';
  let width = columns;
  const listeners = new Set<() => void>();
  return {
    write(text) {
      written += text;
    },
    columns: () => width,
    rows: () => rows,
    onResize(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    text: () => written,
    resize(next) {
      width = next;
      for (const listener of listeners) listener();
    },
  };
}

export const SOURCES: ReadSource = (path) => {
  if (path === 'src/auth.py') return 'import sys\nimport os\n\n\ndef authenticate_user():\n    return sys\n';
  return path === 'tests/test_auth.py' ? 'from src.auth import login\n\ndef test_login():\n    assert login("a") == 200\n' : null;
};

/** The view after all events. */
export function play(events: readonly Event[], ...reporters: readonly Reporter[]): RunView {
  const state = createRunState();
  for (const event of events) {
    state.apply(event);
    for (const reporter of reporters) reporter.onEvent(event, state.view);
  }
  return state.view;
}

export interface HandClock extends Clock {
  /** Lets time pass, and calls what has become due. */
  pass(ms: number): void;
  /** Sets the time without calling anything. */
  set(ms: number): void;
}

export function handClock(start: number): HandClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.call();
      }
      now = end;
    },
    set(ms) {
      now = ms;
    },
  };
}
