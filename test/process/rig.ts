/** A folder of its own for each test file, and every command run both ways: by a long-lived shell and directly. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess, type ProcessRequest, type ProcessResult } from '../../core/process.ts';

export const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ce process ')));
export const env = { PATH: process.env['PATH'] ?? '', HOME: folder };

export function cleanUp(): void {
  rmSync(folder, { recursive: true, force: true });
}

export type Way = 'shell' | 'direct' | 'memory';
export const WAYS: readonly Way[] = ['shell', 'direct', 'memory'];

let count = 0;

/** `shell`: a long-lived shell starts it. `direct`: ce does, with a log. `memory`: ce does, without one. */
export function run(way: Way, command: ProcessRequest['command'], more: Partial<ProcessRequest> = {}): Promise<ProcessResult> {
  count += 1;
  return runProcess({
    command,
    cwd: folder,
    env,
    timeoutMs: 60_000,
    logFile: way === 'memory' ? null : join(folder, `log ${count}`),
    ...(way === 'direct' ? { input: '' } : {}),
    ...more,
  });
}

/** True while a process with this pid runs and is no zombie. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self') || !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until the file holds a number and gives it. */
export async function pidIn(name: string): Promise<number> {
  for (;;) {
    const text = existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim() : '';
    if (/^\d+$/.test(text)) return Number(text);
    await new Promise((done) => setTimeout(done, 5));
  }
}
