// time limit: 180 s
/** What ran, what runs, and going on: status, logs, resume, the session file. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRunId, newRunId } from '../../core/state/runs.ts';
import { CONFIG, spec, withCe, type Bench } from './ce.ts';

interface Status {
  readonly active: boolean;
  readonly lock: string | null;
  readonly run: {
    readonly id: string;
    readonly state: string;
    readonly exit_code: number | null;
    readonly tasks: readonly { readonly id: string; readonly outcome: string }[];
    readonly checkpoints: readonly { readonly phase: string }[];
    readonly escalations: readonly unknown[];
  } | null;
  readonly next: string | null;
}

function write(bench: Bench, commands: Readonly<Record<number, string>> = {}): void {
  bench.write('ce.config.json', CONFIG);
  bench.write('PRPs/PRP-1.md', spec('PRP-1', 2, commands));
  bench.commit('spec');
}

/** Waits for something that another process does. */
async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what(); tries += 1) {
    if (tries > 600) throw new Error('it did not come');
    await sleep(50);
  }
}

test('a repository where nothing ran: status and session say so, logs and resume are refused with the next command', async () => {
  await withCe((bench) => {
    write(bench);
    assert.match(bench.ce('status').stdout, /Nothing ran in this checkout yet/);
    assert.is(bench.json<Status>('status', '--json').run, null);
    assert.match(bench.ce('prp', 'status').stderr, /no active PRP session/);
    for (const command of ['logs', 'resume']) {
      const { exit, stderr } = bench.ce(command);
      assert.is(exit, 2);
      assert.match(stderr, /CE_STATE_RUN_NOT_FOUND/);
      assert.match(stderr, /next ce/);
    }
  });
});

test('E14 after a run its session is gone, and the run and its status hold the summary', async () => {
  await withCe((bench) => {
    write(bench);
    const result = bench.json<{ success: boolean; phases_completed: number; checkpoints_created: string[]; run_id: string }>('run', 'PRP-1', '--json');
    assert.is(result.success, true);
    assert.is(result.phases_completed, 2);
    assert.not.ok(existsSync(join(bench.root, '.ce', 'active_prp_session')));
    assert.is(bench.json<{ session: unknown }>('prp', 'status', '--json').session, null);
    const status = bench.json<Status>('status', '--json');
    assert.is(status.active, false);
    assert.is(status.lock, null);
    assert.is(status.run?.id, result.run_id);
    assert.is(status.run?.state, 'done');
    assert.is(status.next, null);
    assert.equal(
      status.run?.checkpoints.map(({ phase }) => phase),
      ['phase1', 'phase2'],
    );
    assert.equal(status.run?.tasks.find(({ id }) => id === 'PRP-1:phase2:L2')?.outcome, 'executed');
    const resume = bench.ce('resume');
    assert.is(resume.exit, 2);
    assert.match(resume.stderr, /nothing to resume/);
  });
});

test('a failed run is told by status, read by logs, and gone on with by resume', async () => {
  await withCe((bench) => {
    write(bench, { 2: 'test -f ../ready' });
    const failed = bench.ce('run', 'PRP-1');
    assert.is.not(failed.exit, 0);
    const status = bench.json<Status>('status', '--json');
    assert.is(status.run?.exit_code, failed.exit);
    assert.is(status.next, 'ce resume');
    assert.is(status.run?.tasks.find(({ id }) => id === 'PRP-1:phase2:L2')?.outcome, 'failed');
    const text = bench.ce('status').stdout;
    assert.match(text, /PRP-1:phase2:L2 +failed/);
    assert.match(text, /next: ce resume/);

    const id = status.run?.id ?? '';
    const logs = bench.ce('logs');
    assert.is(logs.exit, 0);
    assert.match(logs.stdout, /✅ L2 passed/);
    assert.match(logs.stdout, /Checkpoint: checkpoint-PRP-1-phase1-/);
    assert.is(bench.ce('logs', id.slice(0, 12)).stdout, logs.stdout);
    assert.is(bench.ce('logs', '-f').stdout, logs.stdout);
    const events = bench
      .ce('logs', '--json')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; run: string });
    assert.is(events[0]?.type, 'run.start');
    assert.is(events.at(-1)?.type, 'run.end');
    assert.ok(events.every(({ run }) => run === id));

    bench.write('../ready', '');
    const resumed = bench.ce('resume');
    assert.is(resumed.exit, 0, resumed.stdout + resumed.stderr);
    assert.match(resumed.stderr, new RegExp(`going on with run ${id}`));
    assert.is(bench.git('tag').split('\n').length, 2);
    assert.is(bench.ce('resume').exit, 2);
  });
});

test('while a run goes on: status, session and logs -f see it, another run is refused; killed, resume ends it', async () => {
  await withCe(async (bench) => {
    write(bench, { 2: 'until test -f ../ready; do sleep 0.05; done' });
    const run = bench.start('run', 'PRP-1');
    await until(() => bench.json<{ session: { phase: string } | null }>('prp', 'status', '--json').session?.phase === 'phase2');
    const status = bench.json<Status>('status', '--json');
    assert.is(status.active, true);
    assert.is(status.run?.state, 'running');
    assert.is(status.next, 'ce logs -f');
    assert.ok(status.lock?.includes(status.run?.id ?? 'no run'));
    assert.match(bench.ce('prp', 'status').stderr, /ce logs -f/);
    for (const args of [
      ['run', 'PRP-1'],
      ['prp', 'restore', 'PRP-1', 'phase1'],
      ['prp', 'checkpoint', 'PRP-1:phase2'],
    ]) {
      const refused = bench.ce(...args);
      assert.is(refused.exit, 75, args.join(' '));
      assert.match(refused.stderr, /CE_STATE_LOCKED/);
    }
    assert.is(bench.ce('resume').exit, 75);

    let followed = '';
    const follow = bench.start('logs', '-f');
    follow.stdout?.on('data', (chunk: Buffer) => {
      followed += chunk.toString();
    });
    await until(() => followed.includes('Phase 2'));
    run.kill('SIGKILL');
    const [exit] = (await once(follow, 'close')) as [number];
    assert.is(exit, 0);
    assert.not.match(followed, /Execution/);

    const killed = bench.json<Status>('status', '--json');
    assert.is(killed.active, false);
    assert.is(killed.run?.state, 'interrupted');
    assert.match(bench.ce('prp', 'status').stderr, /ce resume/);
    assert.match(bench.ce('logs').stderr, /stopped without an end/);
    bench.write('../ready', '');
    const resumed = bench.ce('resume');
    assert.is(resumed.exit, 0, resumed.stdout + resumed.stderr);
    assert.is(readdirSync(join(bench.root, '.ce', 'runs')).length, 2);
    assert.equal(bench.git('log', '--format=%s').split('\n'), ['PRP-1: Phase 2 - Part 2', 'PRP-1: Phase 1 - Part 1', 'spec']);
  });
});

test('resume takes the newest request that no later run brought to a good end', async () => {
  await withCe((bench) => {
    write(bench, { 1: 'test -f ../ready' });
    bench.write('PRPs/PRP-2.md', spec('PRP-2', 1));
    bench.commit('another');
    assert.is.not(bench.ce('run', 'PRP-1').exit, 0);
    bench.git('add', '-A');
    bench.git('commit', '-qm', 'what the failed phase left');
    assert.is(bench.ce('run', 'PRP-2').exit, 0);
    bench.write('../ready', '');
    const resumed = bench.ce('resume', '--dry-run');
    assert.match(resumed.stderr, /ce run PRP-1/);
    assert.is(bench.ce('resume').exit, 0);
    assert.is(bench.ce('resume').exit, 2);
  });
});

test('ids of runs sort by the millisecond in which they began', () => {
  const begin = Date.UTC(2026, 10, 20, 9, 30, 0);
  const ids = Array.from({ length: 2500 }, (_, ms) => newRunId(new Date(begin + ms)));
  assert.equal([...ids].sort(), ids);
  assert.ok(ids.every(isRunId));
});

test.run();
