import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killAllProcesses, livePids, nameRun, readOutput } from '../../core/process.ts';
import { alive, cleanUp, folder, pidIn, run, WAYS } from './rig.ts';

const STUBBORN = `trap '' TERM; echo $$ > "$0".pid; while :; do sleep 0.05; done`;
const linux = process.platform === 'linux';

for (const way of WAYS) {
  test(`${way}: E19 a command beyond its time limit is ended with all its descendants`, async () => {
    const result = await run(way, { script: 'sleep 300 & echo $! > limit.pid; echo begun; wait' }, { timeoutMs: 300 });
    assert.equal([result.timedOut, result.cancelled, result.exit, result.stdout], [true, false, null, 'begun\n']);
    assert.not(alive(await pidIn('limit.pid')));
    assert.equal(livePids(), []);
  });

  test(`${way}: cancel leaves no process, also of a group within the group`, async () => {
    const abort = new AbortController();
    const running = run(way, { script: `bash -c 'sleep 300 & echo $! > inner-${way}.pid; wait' & wait` }, { signal: abort.signal });
    const pid = await pidIn(`inner-${way}.pid`);
    while (livePids().length === 0) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const result = await running;
    assert.equal([result.cancelled, result.timedOut, result.leftBehind], [true, false, false]);
    assert.not(alive(pid));
    assert.equal(livePids(), []);
  });

  test(`${way}: cancelled before it starts, nothing starts`, async () => {
    const result = await run(way, { script: `touch never-${way}` }, { signal: AbortSignal.abort() });
    assert.equal([result.cancelled, result.exit], [true, null]);
    assert.not(existsSync(join(folder, `never-${way}`)));
  });

  test(`${way}: what a command leaves in its group is ended and reported; its own exit code stays`, async () => {
    const result = await run(way, { script: `sleep 300 & echo $! > left-${way}.pid; echo done` });
    assert.equal([result.exit, result.leftBehind, result.stdout], [0, true, 'done\n']);
    assert.not(alive(await pidIn(`left-${way}.pid`)));
  });

  test(`${way}: a descendant that ends a moment later is not called left behind`, async () => {
    assert.is((await run(way, { script: 'sleep 0.02 & echo done' })).leftBehind, false);
  });

  test(`${way}: row 24: a daemon in a session of its own is ended when its command ends`, async () => {
    if (!linux) return;
    const result = await run(way, {
      script: `setsid nohup sh -c 'echo $$ > daemon-${way}.pid; exec sleep 300' >/dev/null 2>&1 </dev/null & until test -s daemon-${way}.pid; do sleep 0.01; done`,
    });
    assert.equal([result.exit, result.leftBehind], [0, true]);
    assert.not(alive(await pidIn(`daemon-${way}.pid`)));
  });

  test(`${way}: a daemon that is in the middle of its exec when its command ends is found too`, async () => {
    if (!linux) return;
    for (let count = 0; count < 15; count += 1) {
      const result = await run(way, { script: 'setsid env A=1 nohup sleep 300 >/dev/null 2>&1 &\ntrue' });
      assert.equal([result.exit, result.leftBehind], [0, true]);
    }
  });

  test(`${way}: a daemon that holds the output open does not hold up the result`, async () => {
    if (!linux) return;
    const result = await run(way, {
      script: `setsid sh -c 'echo $$ > holder-${way}.pid; exec sleep 300' & until test -s holder-${way}.pid; do sleep 0.01; done; echo result`,
    });
    assert.equal([result.exit, result.leftBehind, result.stdout], [0, true, 'result\n']);
    assert.not(alive(await pidIn(`holder-${way}.pid`)));
  });

  test(`${way}: a stopped command has not ended: its exit code comes when it goes on`, async () => {
    const running = run(way, { script: `echo $$ > stopped-${way}.pid; kill -STOP $$; echo went on; exit 7` });
    const pid = await pidIn(`stopped-${way}.pid`);
    await new Promise((done) => setTimeout(done, 400));
    process.kill(pid, 'SIGCONT');
    const result = await running;
    assert.equal([result.exit, result.stdout, result.leftBehind], [7, 'went on\n', false]);
  });

  test(`${way}: whenever the cancel comes, the command ends as cancelled`, async () => {
    const endings = Array.from({ length: 12 }, async (_, turns) => {
      const abort = new AbortController();
      const running = run(way, { argv: ['sleep', '300'] }, { signal: abort.signal });
      for (let turn = 0; turn < turns; turn++) await (turn < 6 ? Promise.resolve() : new Promise((done) => setImmediate(done)));
      abort.abort();
      return (await running).cancelled;
    });
    assert.equal([...new Set(await Promise.all(endings)), ...livePids()], [true]);
  });
}

test('row 25: a command that ignores TERM is killed', async () => {
  const abort = new AbortController();
  const running = WAYS.map((way) => run(way, { argv: ['bash', '-c', STUBBORN, join(folder, `stubborn-${way}`)] }, { signal: abort.signal }));
  const pids = await Promise.all(WAYS.map((way) => pidIn(`stubborn-${way}.pid`)));
  abort.abort();
  for (const result of await Promise.all(running)) assert.equal([result.cancelled, result.signal], [true, 'SIGKILL']);
  assert.equal(pids.filter(alive), []);
});

test('killAllProcesses ends everything; called twice it does not wait for TERM to be heard', async () => {
  const running = WAYS.map((way) => run(way, { argv: ['bash', '-c', STUBBORN, join(folder, `all-${way}`)] }));
  const pids = await Promise.all(WAYS.map((way) => pidIn(`all-${way}.pid`)));
  while (livePids().length < WAYS.length) await new Promise((done) => setTimeout(done, 5));
  assert.equal([...livePids()].sort(), [...pids].sort());
  const first = killAllProcesses();
  await killAllProcesses();
  await first;
  for (const result of await Promise.all(running)) assert.equal([result.cancelled, result.signal], [true, 'SIGKILL']);
  assert.equal([pids.filter(alive), livePids()], [[], []]);
});

test('killAllProcesses ends what is just being started, too', async () => {
  for (const way of WAYS) {
    for (let turns = 0; turns < 8; turns++) {
      const running = run(way, { argv: ['sleep', '300'] });
      for (let turn = 0; turn < turns; turn++) await (turn < 4 ? Promise.resolve() : new Promise((done) => setImmediate(done)));
      const all = killAllProcesses();
      assert.is((await running).cancelled, true, `${way} after ${turns} turns`);
      await all;
    }
  }
  assert.equal(livePids(), []);
});

test('killAllProcesses finds a process that left its group and lost its mark', async () => {
  if (!linux) return;
  nameRun('run-with-a-stray');
  const running = run('shell', { script: `setsid env -u CE_PROCESS sh -c 'echo $$ > stray.pid; exec sleep 300' & sleep 300` });
  const pid = await pidIn('stray.pid');
  await killAllProcesses();
  assert.is((await running).cancelled, true);
  assert.not(alive(pid));
});

test('after killAllProcesses commands run again', async () => {
  for (const way of WAYS) assert.is((await run(way, { script: 'echo again' })).stdout, 'again\n');
});

test('a shell that is killed under its command gives a failure, and the command is ended', async () => {
  if (!linux) return;
  const running = run('shell', { script: 'echo $$ > orphan.pid; sleep 300' });
  const pid = await pidIn('orphan.pid');
  const shell = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  assert.not(shell === process.pid);
  process.kill(shell, 'SIGKILL');
  const result = await running;
  assert.equal([result.exit, result.failure?.code], [null, 'CE_TASK_START']);
  assert.not(alive(pid));
});

test('ce may end while shells idle', () => {
  const code = `import { runProcess } from ${JSON.stringify(new URL('../../core/process.ts', import.meta.url).href)};
    const result = await runProcess({ command: { script: 'echo $PPID' }, cwd: '/', env: { PATH: process.env.PATH }, timeoutMs: 9000, logFile: ${JSON.stringify(join(folder, 'idle'))} });
    process.stdout.write(result.stdout);`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { encoding: 'utf8', timeout: 60_000 });
  assert.equal([child.status, child.signal], [0, null], child.stderr);
  const shell = Number(child.stdout);
  while (alive(shell)) spawnSync('sleep', ['0.01']);
  assert.is(readOutput(join(folder, 'idle.out')).trim(), String(shell));
});

for (const [point, ran] of [
  ['process.spawn.before', false],
  ['process.spawn.after', true],
] as const) {
  test(`${point} kills ce there, and the run's id finds what it had started`, () => {
    const code = `import { nameRun, runProcess } from ${JSON.stringify(new URL('../../core/process.ts', import.meta.url).href)};
      nameRun('run-that-dies');
      await runProcess({ command: { argv: ['sleep', '300'] }, cwd: '/', env: { PATH: process.env.PATH }, timeoutMs: 9000, logFile: null });`;
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      env: { ...process.env, CE_CRASH_AT: point },
      timeout: 60_000,
    });
    assert.is(child.signal, 'SIGKILL');
    if (!linux) return;
    const found = spawnSync('sh', ['-c', 'grep -lsz "^CE_RUN_ID=run-that-dies$" /proc/[0-9]*/environ'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean);
    for (const path of found) process.kill(Number(path.split('/')[2]), 'SIGKILL');
    assert.is(found.length > 0, ran);
  });
}

test.after(async () => {
  await killAllProcesses();
  cleanUp();
});
test.run();
