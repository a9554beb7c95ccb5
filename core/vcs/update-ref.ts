/** Moves one ref from a known value to another. A ref that is there already is a success; one that someone else moved is CE_GIT_MOVED. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Failure, type Result } from '../errors.ts';
import type { Git } from './git.ts';
import { readHead, readRef } from './refs.ts';
import { clearStaleLocks } from './stale-locks.ts';

export interface RefChange {
  /** Full name. */
  readonly ref: string;
  /** Null: it must not exist. */
  readonly from: string | null;
  /** Null: it is deleted. */
  readonly to: string | null;
  /** For the reflog. */
  readonly why: string;
}

const TRIES = 5;
const LOCKED = /unable to create '.*\.lock'|unable to lock|could not lock|another git process/i;

/** The object that a ref or HEAD names now; null when it does not exist. Asks git only where refs are not in files. */
export async function currentValue(git: Git, ref: string): Promise<string | null> {
  const head = readHead(git.repository);
  if (head !== null) return ref === 'HEAD' ? head.oid : readRef(git.repository, ref);
  const { exit, stdout } = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', ref]);
  return exit === 0 ? stdout.trim() : null;
}

/** Full name of the branch that is checked out; null when HEAD is detached. */
export async function currentBranch(git: Git): Promise<string | null> {
  const head = readHead(git.repository);
  if (head !== null) return head.branch === null ? null : head.branch.startsWith('refs/') ? head.branch : `refs/heads/${head.branch}`;
  const { exit, stdout } = await git.ask(['symbolic-ref', '--quiet', 'HEAD']);
  return exit === 0 ? stdout.trim() : null;
}

/** Tries again while another git holds the ref's lock, with jitter; then removes that lock if its process is gone, and tries once more. */
export async function updateRef(git: Git, change: RefChange): Promise<Result<null>> {
  return git.inTurn(async () => {
    const first = await tryWithJitter(git, change);
    if (first === 'done') return ok(null);
    if (first !== 'locked') return fail(first);
    const cleared = clearStaleLocks(git.repository, [change.ref]);
    const second = cleared.length === 0 ? first : await attempt(git, change);
    if (second === 'done') return ok(null);
    return fail(second === 'locked' ? lockedFailure(change.ref) : second);
  });
}

async function tryWithJitter(git: Git, change: RefChange): Promise<'done' | 'locked' | Failure> {
  for (let count = 1; ; count += 1) {
    const answer = await attempt(git, change);
    if (answer !== 'locked' || count === TRIES) return answer;
    await sleep(count * 20 + Math.random() * 80);
  }
}

async function attempt(git: Git, { ref, from, to, why }: RefChange): Promise<'done' | 'locked' | Failure> {
  if ((await currentValue(git, ref)) === to) return 'done';
  const before = from ?? '0'.repeat((to ?? '').length || 40);
  const args = to === null ? ['update-ref', '-d', '-m', why, ref, before] : ['update-ref', '-m', why, ref, to, before];
  const { exit, stderr } = await git.ask(args);
  if (exit === 0) return 'done';
  if (LOCKED.test(stderr)) return 'locked';
  const now = await currentValue(git, ref);
  if (now === to) return 'done';
  if (now !== from)
    return {
      code: 'CE_GIT_MOVED',
      message: `${ref} moved while ce was running`,
      why: `It was expected at ${short(from)} and is at ${short(now)}.`,
      next: 'Run the same command again: it starts from where the branch is now.',
    };
  return { code: 'CE_GIT_FAILED', message: `${ref} could not be moved`, why: stderr.trim(), next: 'Correct what git says, then run the same command again.' };
}

function lockedFailure(ref: string): Failure {
  return {
    code: 'CE_GIT_FAILED',
    message: `${ref} is locked by another git process`,
    next: `Wait for it to end. If none runs, remove the lock: rm "$(git rev-parse --git-path ${ref}.lock)"`,
  };
}

const short = (oid: string | null): string => oid?.slice(0, 7) ?? 'nothing';
