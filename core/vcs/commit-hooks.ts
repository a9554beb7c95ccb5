/** Runs the repository's own commit hooks for a checkpoint, when `checkpoint.hooks` asks for them: plumbing commands run none. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';
import type { Git } from './git.ts';

/** The message, as `commit-msg` leaves it. A hook that is not there passes. Needs git 2.36 for `git hook run`. */
export async function runCommitHook(git: Git, name: 'pre-commit' | 'commit-msg', message: string, folder: string): Promise<Result<string>> {
  const file = name === 'commit-msg' ? join(folder, `message-${process.pid}`) : null;
  if (file !== null) writeFileSync(file, message);
  try {
    const { exit, stdout, stderr } = await git.ask(['hook', 'run', '--ignore-missing', name, ...(file === null ? [] : ['--', file])]);
    if (exit === 0) return ok(file === null ? message : readFileSync(file, 'utf8'));
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n');
    return fail({
      code: 'CE_GIT_FAILED',
      message: `the ${name} hook refused the checkpoint`,
      why: said,
      next: 'Correct what the hook says, or set checkpoint.hooks to false.',
    });
  } finally {
    if (file !== null) rmSync(file, { force: true });
  }
}
