/**
 * Process groups: who is alive in one, how it is ended, and who slipped out of it.
 * A group is led by the command that ce started. A descendant that leaves the group (`setsid`) still carries the
 * command's mark in its environment, and on Linux is found by it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/** Scans in a row while processes end under them. */
const MOST_SCANS = 4;
const KERNEL_THREAD = 0x00200000;

/** Marks of the processes that the last scan saw, so that each environment is read once. */
let marksSeen = new Map<number, string | null>();

/** Null when it ended meanwhile; empty when it belongs to someone else, is a thread of the kernel, or is in the middle of an exec. */
function environmentOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch (thrown) {
    // Kernel threads and zombies have no memory to read it from.
    return (thrown as NodeJS.ErrnoException).code === 'EACCES' || statOf(pid) !== null ? '' : null;
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

interface Strays {
  readonly found: readonly number[];
  /** Some process is in the middle of an exec, and whose it is will be known in a moment. */
  readonly unsure: boolean;
}

/**
 * Processes outside the group that carry the mark. Linux only; empty elsewhere, where the sweep at the end of a run finds them.
 * One that forked and ended under a scan may be followed by a child that the scan had passed, so then it scans again.
 */
function strays(mark: string): Strays {
  if (!linux) return { found: [], unsure: false };
  for (let scans = 1; ; scans += 1) {
    const { found, unsure, vanished } = scan(mark);
    if (found.length > 0 || !vanished || scans === MOST_SCANS) return { found, unsure };
  }
}

function scan(mark: string): Strays & { readonly vanished: boolean } {
  const found: number[] = [];
  const seen = new Map<number, string | null>();
  let [unsure, vanished] = [false, false];
  for (const name of numbered()) {
    const pid = Number(name);
    let value = marksSeen.get(pid);
    if (value === undefined) {
      const environment = environmentOf(name);
      if (environment === null) vanished = true;
      else if (environment === '' && isExecuting(name) && isYoung(pid)) unsure = true;
      else value = valueIn(environment, MARK);
    }
    if (value === undefined) continue;
    seen.set(pid, value);
    if (value === mark && pid !== process.pid) found.push(pid);
  }
  marksSeen = seen;
  return { found: found.filter((pid) => statOf(String(pid))?.zombie === false), unsure, vanished };
}

/** When a process was first seen without an environment. One that stays so was started that way (`env -i`), and is not in an exec. */
const emptySince = new Map<number, number>();
const EXEC_MS = 30;

function isYoung(pid: number): boolean {
  const now = performance.now();
  const since = emptySince.get(pid) ?? now;
  emptySince.set(pid, since);
  if (now - since <= EXEC_MS) return true;
  emptySince.delete(pid);
  return false;
}

/** Whether a process without an environment will have one: it is this user's, lives, and is no thread of the kernel. */
function isExecuting(pid: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && fields[0] !== 'X' && (Number(fields[6]) & KERNEL_THREAD) === 0;
  } catch {
    return false;
  }
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
  for (const pid of strays(mark).found) signalOne(pid, signal);
}

function anyLeft(leader: number, mark: string): boolean {
  if (process.platform !== 'win32' && groupAlive(leader)) return true;
  const { found, unsure } = strays(mark);
  return found.length > 0 || unsure;
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
  // A process of somebody else that is long in its exec is nobody's leftover.
  if ((process.platform === 'win32' || !groupAlive(leader)) && strays(mark).found.length === 0) return false;
  await endGroup(leader, mark, graceMs);
  return true;
}

/** Kills every process on this machine that carries this run's id, except the caller, and waits up to a second until none is left. Linux only. */
export async function killRun(run: string): Promise<void> {
  if (!linux) return;
  const until = performance.now() + 1000;
  do {
    const left = numbered().filter((pid) => Number(pid) !== process.pid && valueIn(environmentOf(pid) ?? '', RUN) === run && statOf(pid)?.zombie === false);
    if (left.length === 0) return;
    for (const pid of left) signalOne(Number(pid), 'SIGKILL');
    await pause(2);
  } while (performance.now() < until);
}
