/** Ends the processes that a dead run left behind. They are known by `CE_RUN_ID` in their environment, whatever group or session they moved to. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProcess } from '../process.ts';
import { isRunId } from './runs.ts';

export interface Sweep {
  /** Process ids that were killed and are gone. */
  readonly killed: readonly number[];
  /** Those that could not be ended. */
  readonly left: readonly number[];
}

const ROUNDS = 50;
const WAIT_MS = 20;

/** Kills own processes that carry the run's id until none is found. This process and its ancestors are never touched. */
export async function sweepRun(run: string): Promise<Sweep> {
  const killed = new Set<number>();
  if (!isRunId(run)) return { killed: [], left: [] };
  const spared = process.platform === 'linux' ? ancestors() : new Set([process.pid, process.ppid]);
  for (let round = 0; ; round += 1) {
    const found = (await findByRun(run)).filter((pid) => !spared.has(pid));
    if (found.length === 0 || round === ROUNDS) return { killed: [...killed].filter((pid) => !found.includes(pid)), left: found };
    for (const pid of found) {
      killed.add(pid);
      kill(pid);
    }
    await sleep(WAIT_MS);
  }
}

/** Process ids of this user whose environment holds `CE_RUN_ID=<run>`; the dead that were not reaped yet have none. */
export async function findByRun(run: string): Promise<readonly number[]> {
  switch (process.platform) {
    case 'linux':
      return findInProc(`CE_RUN_ID=${run}`);
    case 'win32':
      return [];
    default: {
      const listed = await runProcess({
        command: { argv: ['ps', '-E', '-x', '-o', 'pid=,command='] },
        cwd: '/',
        env: { PATH: process.env['PATH'] ?? '/bin:/usr/bin' },
        timeoutMs: 10_000,
        logFile: null,
      });
      return listed.stdout
        .split('\n')
        .filter((line) => ` ${line} `.includes(` CE_RUN_ID=${run} `))
        .map((line) => Number.parseInt(line, 10))
        .filter((pid) => pid > 0);
    }
  }
}

function findInProc(entry: string): readonly number[] {
  const me = process.getuid?.();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (statSync(`/proc/${name}`).uid !== me) return [];
        return readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(entry) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
}

function ancestors(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); ) {
    found.add(pid);
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      break;
    }
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
