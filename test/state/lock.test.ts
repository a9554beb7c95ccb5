/** One writer per repository: the second is told who the first is, and a killed one never holds on. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { acquireLock, lockHolder } from '../../core/state/lock.ts';
import { statePaths } from '../../core/state/paths.ts';
import { codeOf, value } from '../rig.ts';
import { inPlace, RUN } from './place.ts';

const OWNER = { run: RUN, command: 'ce run PRP-5' };

async function holder(root: string, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'lock-child.ts'), root, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: join(import.meta.dirname, '../..'),
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

const ended = (child: ReturnType<typeof spawn>): Promise<unknown> => new Promise((resolve) => child.once('exit', resolve));

test('a second process is refused and told run, pid and command', async () => {
  await inPlace(async (paths, root) => {
    const child = await holder(root);
    const refused = await acquireLock(paths, OWNER);
    assert.is(codeOf(refused), 'CE_STATE_LOCKED');
    assert.match(refused.ok ? '' : refused.failure.message, new RegExp(`ce run PRP-9.*pid ${child.pid}`));
    assert.match((await lockHolder(paths)) ?? '', 'ce run PRP-9');
    child.kill('SIGKILL');
    await ended(child);
    assert.is(await lockHolder(paths), null);
    await value(await acquireLock(paths, OWNER)).release();
  });
});

test('a holder that is too busy to answer is named all the same', async () => {
  await inPlace(async (paths, root) => {
    const child = await holder(root, 'busy');
    const refused = await acquireLock(paths, OWNER);
    assert.match(refused.ok ? '' : refused.failure.message, `pid ${child.pid}`);
    child.kill('SIGKILL');
    await ended(child);
  });
});

test('of many at once exactly one holds it; a release lets the next in', async () => {
  await inPlace(async (paths) => {
    const tries = await Promise.all(Array.from({ length: 6 }, () => acquireLock(paths, OWNER)));
    const held = tries.filter((result) => result.ok);
    assert.is(held.length, 1);
    for (const lock of held) await value(lock).release();
    await value(await acquireLock(paths, OWNER)).release();
  });
});

test('two paths to one folder are one lock, a copy of it is another', async () => {
  await inPlace(async (paths, root) => {
    const lock = value(await acquireLock(paths, OWNER));
    symlinkSync(root, join(root, 'alias'));
    assert.is(codeOf(await acquireLock(statePaths({ root: join(root, 'alias'), mainRoot: join(root, 'alias') }), OWNER)), 'CE_STATE_LOCKED');
    mkdirSync(join(root, 'copy'));
    cpSync(paths.ce, join(root, 'copy/.ce'), { recursive: true });
    await value(await acquireLock(statePaths({ root: join(root, 'copy'), mainRoot: join(root, 'copy') }), OWNER)).release();
    await lock.release();
  });
});

test('a lock that is held does not keep the process alive', async () => {
  await inPlace(async (_paths, root) => {
    assert.is(await ended(await holder(root, 'idle')), 0);
  });
});

test.run();
