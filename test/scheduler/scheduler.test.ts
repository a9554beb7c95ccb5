import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskResult } from '../../core/contracts.ts';
import { endedWell, runGraph, type FailureMode, type Schedule } from '../../core/exec/scheduler.ts';
import type { Outcome, Task, TaskKind } from '../../core/model.ts';

const task = (id: string, dependsOn: readonly string[] = [], kind: TaskKind = 'gate'): Task => ({
  id,
  kind,
  title: id,
  prp: null,
  phase: null,
  level: null,
  dependsOn,
});
const done: TaskResult = { outcome: 'executed', reason: '' };

/** Runs a graph and writes down what happened: `+a` start, `-a` end, `!a` ended without running. */
async function runAndWatch(
  tasks: readonly Task[],
  more: Partial<Schedule> = {},
  how: (task: Task, signal: AbortSignal) => Promise<TaskResult> = async () => done,
) {
  const log: string[] = [];
  const results = await runGraph({
    graph: { tasks },
    priority: new Map(),
    jobs: 2,
    maxImplementers: 1,
    failureMode: 'continue',
    signal: new AbortController().signal,
    onSkip: ({ id }) => log.push(`!${id}`),
    async run(one, signal) {
      log.push(`+${one.id}`);
      try {
        return await how(one, signal);
      } finally {
        log.push(`-${one.id}`);
      }
    },
    ...more,
  });
  return { log, results, outcomes: Object.fromEntries([...results].map(([id, result]) => [id, result.outcome])) };
}

const failing =
  (...ids: string[]) =>
  async ({ id }: Task): Promise<TaskResult> =>
    ids.includes(id) ? { outcome: 'failed', reason: 'broken' } : done;

test('the longest path starts first, ties in the order of the graph', async () => {
  const tasks = ['a', 'b', 'c', 'd', 'e'].map((id) => task(id));
  const { log } = await runAndWatch(tasks, {
    jobs: 1,
    priority: new Map([
      ['d', 9],
      ['b', 5],
      ['e', 5],
    ]),
  });
  assert.equal(
    log.filter((entry) => entry.startsWith('+')),
    ['+d', '+b', '+e', '+a', '+c'],
  );
});

test('behind a failed task everything is blocked and the reason names it', async () => {
  const tasks = [task('a'), task('b', ['a']), task('c', ['b']), task('d'), task('e', ['d', 'c'])];
  const { results, outcomes } = await runAndWatch(tasks, {}, failing('a'));
  assert.equal(outcomes, { a: 'failed', b: 'blocked', c: 'blocked', d: 'executed', e: 'blocked' });
  assert.is(results.get('e')?.reason, 'a failed');
});

test('no-new: what runs finishes, nothing else starts, and the rest is cancelled with the reason', async () => {
  let finish = (): void => undefined;
  const slow = new Promise<void>((resolve) => (finish = resolve));
  const tasks = [task('slow'), task('bad'), task('after-bad', ['bad']), task('other'), task('after-slow', ['slow'])];
  const { outcomes, results } = await runAndWatch(tasks, { failureMode: 'no-new' }, async ({ id }) => {
    if (id === 'bad') {
      setTimeout(finish, 20);
      return { outcome: 'failed', reason: 'broken' };
    }
    await slow;
    return done;
  });
  assert.equal(outcomes, { slow: 'executed', bad: 'failed', 'after-bad': 'blocked', other: 'cancelled', 'after-slow': 'cancelled' });
  assert.is(results.get('other')?.reason, 'not started: bad failed');
});

const untilAborted = (signal: AbortSignal): Promise<TaskResult> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve({ outcome: 'cancelled', reason: 'stopped' })));

test('kill: what runs is cancelled too', async () => {
  const { outcomes } = await runAndWatch([task('slow'), task('bad'), task('other')], { failureMode: 'kill' }, async ({ id }, signal) =>
    id === 'bad' ? { outcome: 'failed', reason: '' } : untilAborted(signal),
  );
  assert.equal(outcomes, { slow: 'cancelled', bad: 'failed', other: 'cancelled' });
});

test('cancel: running tasks are told, waiting ones end as cancelled, also when it comes before the start', async () => {
  const abort = new AbortController();
  const running = runAndWatch([task('a'), task('b', ['a']), task('c'), task('d')], { signal: abort.signal }, async (_task, signal) => untilAborted(signal));
  setTimeout(() => abort.abort(), 10);
  assert.equal((await running).outcomes, { a: 'cancelled', b: 'cancelled', c: 'cancelled', d: 'cancelled' });
  const early = await runAndWatch([task('a')], { signal: AbortSignal.abort() });
  assert.equal(early.log, ['!a']);
});

test('implementers have a bound of their own', async () => {
  const tasks = [task('i1', [], 'implement'), task('i2', [], 'implement'), task('g1'), task('g2'), task('g3')];
  let implementers = 0;
  let gates = 0;
  const most = { implementers: 0, gates: 0 };
  await runAndWatch(tasks, { jobs: 2, maxImplementers: 1 }, async ({ kind }) => {
    if (kind === 'implement') most.implementers = Math.max(most.implementers, ++implementers);
    else most.gates = Math.max(most.gates, ++gates);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (kind === 'implement') implementers -= 1;
    else gates -= 1;
    return done;
  });
  assert.equal(most, { implementers: 1, gates: 2 });
});

test('what a task throws is a failed task', async () => {
  const { results, outcomes } = await runAndWatch([task('a'), task('b', ['a']), task('c')], {}, ({ id }) => {
    if (id === 'a') throw new Error('thrown at once');
    return Promise.resolve(done);
  });
  assert.equal(outcomes, { a: 'failed', b: 'blocked', c: 'executed' });
  assert.is(results.get('a')?.failure?.message, 'thrown at once');
});

test('an edge to nowhere and a task that stands twice are refused', async () => {
  for (const tasks of [
    [task('a', ['b']), task('b')],
    [task('a'), task('a')],
  ]) {
    const error = await runAndWatch(tasks).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.instance(error, Error);
  }
});

test('a chain of 10,000 tasks and 10,000 free ones end, also behind a failure', async () => {
  const chain = Array.from({ length: 10_000 }, (_, index) => task(`c${index}`, index === 0 ? [] : [`c${index - 1}`]));
  const free = Array.from({ length: 10_000 }, (_, index) => task(`f${index}`));
  assert.is((await runAndWatch([...chain, ...free])).results.size, 20_000);
  const { results } = await runAndWatch(chain, {}, failing('c0'));
  assert.equal([results.size, results.get('c9999')?.outcome], [10_000, 'blocked']);
});

const OUTCOMES: readonly Outcome[] = ['executed', 'fresh', 'cached', 'failed', 'unverified', 'not-applicable', 'skipped', 'cancelled'];
const graphs = fc.array(
  fc.record({
    edges: fc.array(fc.nat(), { maxLength: 4 }),
    implement: fc.boolean(),
    outcome: fc.constantFrom(...OUTCOMES),
    delay: fc.nat(2),
    priority: fc.nat(3),
  }),
  { minLength: 1, maxLength: 25 },
);

test('laws: no task starts before its dependencies ended well, bounds hold, every task ends exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      graphs,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom<FailureMode>('no-new', 'continue', 'kill'),
      fc.option(fc.nat(20)),
      async (shape, jobs, maxImplementers, failureMode, cancelAt) => {
        const tasks = shape.map((one, index) =>
          task(`t${index}`, index === 0 ? [] : [...new Set(one.edges.map((edge) => `t${edge % index}`))], one.implement ? 'implement' : 'gate'),
        );
        const abort = new AbortController();
        const ended = new Map<string, Outcome>();
        const now = { implement: 0, gate: 0 };
        let starts = 0;
        const end = (id: string, outcome: Outcome): void => {
          assert.not(ended.has(id), `${id} ended twice`);
          ended.set(id, outcome);
        };
        const results = await runGraph({
          graph: { tasks },
          priority: new Map(shape.map((one, index) => [`t${index}`, one.priority])),
          jobs,
          maxImplementers,
          failureMode,
          signal: abort.signal,
          onSkip: ({ id }, result) => end(id, result.outcome),
          async run(one) {
            assert.not(abort.signal.aborted, 'nothing starts after a cancel');
            const lane = one.kind === 'implement' ? 'implement' : 'gate';
            now[lane] += 1;
            assert.ok(now.implement <= maxImplementers && now.gate <= jobs);
            for (const id of one.dependsOn) assert.ok(endedWell(ended.get(id) ?? 'failed'), `${one.id} before ${id}`);
            if (starts++ === cancelAt) abort.abort();
            const { delay, outcome } = shape[Number(one.id.slice(1))] ?? { delay: 0, outcome: 'executed' as const };
            for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setImmediate(resolve));
            now[lane] -= 1;
            end(one.id, outcome);
            return { outcome, reason: '' };
          },
        });
        assert.equal([...results.keys()].sort(), tasks.map(({ id }) => id).sort());
        for (const [id, result] of results) assert.is(result.outcome, ended.get(id), id);
        for (const one of tasks) {
          const bad = one.dependsOn.some((id) => !endedWell(ended.get(id) ?? 'failed'));
          if (bad) assert.ok(['blocked', 'cancelled'].includes(ended.get(one.id) ?? ''), `${one.id} is ${ended.get(one.id)}`);
          if (failureMode === 'continue' && cancelAt === null && !bad) assert.ok(ended.get(one.id) !== 'blocked');
        }
      },
    ),
    { numRuns: 300 },
  );
});

test.run();
