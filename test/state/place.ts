/** A temporary folder with the paths of a `.ce` in it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../core/events.ts';
import { statePaths, type StatePaths } from '../../core/state/paths.ts';

export const RUN = '20261120-093000-abc123';

export async function inPlace(story: (paths: StatePaths, root: string) => Promise<void> | void): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce-state-')));
  try {
    await story(statePaths({ root, mainRoot: root }), root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export const opening = (root: string) => ({ root, head: null, version: '0.0.0', request: null });

export function runEnd(seq: number): Event {
  return { v: 1, seq, time: '2026-11-20T09:30:00.000Z', run: RUN, type: 'run.end', exitCode: 0, success: true, durationMs: 1, confidence: null, failure: null };
}

export function taskEnd(seq: number, task: string, durationMs: number): Event {
  return {
    v: 1,
    seq,
    time: '2026-11-20T09:30:00.000Z',
    run: RUN,
    type: 'task.end',
    task,
    kind: 'gate',
    outcome: 'executed',
    reason: '',
    durationMs,
    gate: null,
    failure: null,
  };
}
