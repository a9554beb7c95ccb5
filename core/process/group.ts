/**
 * Process groups: who is alive in one, how it is ended, and who slipped out of it.
 * A group is led by the command that ce started. A descendant that leaves the group (`setsid`) still carries the
 * command's mark in its environment, and on Linux is found by it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Name of the variable that every process of one command carries; its value is unique on the machine. */
export const MARK = 'CE_PROCESS';
/** Name of the variable that every process of one run carries. */
export const RUN = 'CE_RUN_ID';
/** Milliseconds between TERM and KILL. */
export const GRACE_MS = 5000;
/** Milliseconds that descendants get to end by themselves after the command did. */
const SETTLE_MS = 100;

const linux = process.platform === 'linux';

/** Milliseconds for which an empty environment is looked at again: it is that of an exec under way, and of kernel threads for ever. */
const UNSURE_MS = 1000;
/** Scans in a row while a new process is seen in the middle of an exec or of its end. */
const MOST_SCANS = 4;

/** Marks of the processes that the last scan saw, so that each environment is read once; a number is when it was first found empty. */
let marksSeen = new Map<number, string | number | null>();

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // It ended meanwhile, or belongs to someone else.
  }
}

function numbered(): string[] {
  return readdirSync('/proc').filter((name) => name.charCodeAt(0) >= 49 && name.charCodeAt(0) <= 57);
}

function valueIn(environment: string, name: string): string | null {
  const start = environment.startsWith(`${name}=`) ? 0 : environment.indexOf(`\0${name}=`) + 1;
  if (start === 0 && !environment.startsWith(`${name}=`)) return null;
  const from = start + name.length + 1;
  const to = environment.indexOf('\0', from);
  return environment.slice(from, to === -1 ? undefined : to);
}

/** State and group of a process; null when it is gone. Field 2 of stat may hold blanks and brackets, so the last `)` counts. */
function statOf(pid: string): { zombie: boolean; group: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { zombie: state === 'Z' || state === 'X', group: Number(group) };
  } catch {
    return null;
  }
}

/**
 * Processes outside the group that carry the mark. Linux only; empty elsewhere, where the sweep at the end of a run finds them.
 * A process in the middle of an exec shows no environment, and one that forked and ended is followed by a child that the scan may
 * have passed: then it scans again.
 */
function strays(mark: string): number[] {
  if (!linux) return [];
  for (let scans = 1; ; scans += 1) {
    const { found, unsure } = scan(mark);
    if (found.length > 0 || !unsure || scans === MOST_SCANS) return found;
  }
}

function scan(mark: string): { found: number[]; unsure: boolean } {
  const found: number[] = [];
  const seen = new Map<number, string | number | null>();
  const now = performance.now();
  let unsure = false;
  for (const name of numbered()) {
    const pid = Number(name);
    const known = marksSeen.get(pid);
    const value = known === undefined || (typeof known === 'number' && now - known < UNSURE_MS) ? markOf(name, known ?? now) : known;
    if (known === undefined && typeof value === 'number') unsure = true;
    seen.set(pid, value);
    if (value === mark && pid !== process.pid) found.push(pid);
  }
  marksSeen = seen;
  return { found: found.filter((pid) => statOf(String(pid))?.zombie === false), unsure };
}

function markOf(pid: string, firstSeen: string | number | null): string | number | null {
  const environment = environmentOf(pid);
  return environment === '' ? firstSeen : valueIn(environment, MARK);
}

/** Processes of the group that are not zombies. Off Linux only the question whether there are any can be answered. */
function groupAlive(leader: number): boolean {
  try {
    process.kill(-leader, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (!linux) return true;
  return numbered().some((name) => {
    const stat = statOf(name);
    return stat !== null && stat.group === leader && !stat.zombie;
  });
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Sends a signal to the whole group and to those who left it. */
export function signalGroup(leader: number, mark: string, signal: NodeJS.Signals): void {
  signalOne(process.platform === 'win32' ? leader : -leader, signal);
  for (const pid of strays(mark)) signalOne(pid, signal);
}

function anyLeft(leader: number, mark: string): boolean {
  return (process.platform !== 'win32' && groupAlive(leader)) || strays(mark).length > 0;
}

/** Looks soon, then less often: most processes go within a few milliseconds. */
async function goneWithin(leader: number, mark: string, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let step = 2; performance.now() < until; step = Math.min(25, step * 2)) {
    if (!anyLeft(leader, mark)) return true;
    await pause(step);
  }
  return !anyLeft(leader, mark);
}

/** TERM to all, up to `graceMs` of waiting, KILL to what is left. Resolves when nothing is left, or a second after KILL. */
export async function endGroup(leader: number, mark: string, graceMs: number): Promise<void> {
  signalGroup(leader, mark, 'SIGTERM');
  if (await goneWithin(leader, mark, graceMs)) return;
  signalGroup(leader, mark, 'SIGKILL');
  await goneWithin(leader, mark, 1000);
}

/** After the command ended: ends what it left behind. True when there was something that did not end by itself. */
export async function endLeftovers(leader: number, mark: string, graceMs: number): Promise<boolean> {
  if (!anyLeft(leader, mark) || (await goneWithin(leader, mark, SETTLE_MS))) return false;
  await endGroup(leader, mark, graceMs);
  return true;
}

/** Kills every process on this machine that carries this run's id, except the caller, and waits up to a second until none is left. Linux only. */
export async function killRun(run: string): Promise<void> {
  if (!linux) return;
  const until = performance.now() + 1000;
  do {
    const left = numbered().filter((pid) => Number(pid) !== process.pid && valueIn(environmentOf(pid), RUN) === run && statOf(pid)?.zombie === false);
    if (left.length === 0) return;
    for (const pid of left) signalOne(Number(pid), 'SIGKILL');
    await pause(2);
  } while (performance.now() < until);
}
