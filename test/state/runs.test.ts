/** Runs: what their journals come to, which were never ended, how long tasks take, and the processes they left. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckpointIntent } from '../../core/intents.ts';
import { recordDurations, usualDurations } from '../../core/state/history.ts';
import { createJournal, openJournal } from '../../core/state/journal.ts';
import { isElsewhere, namespaces } from '../../core/state/namespaces.ts';
import type { JournalRecord, Note } from '../../core/state/records.ts';
import { replay } from '../../core/state/replay.ts';
import { isRunId, lastRun, listRuns, newRunId, readRun, unfinishedRuns } from '../../core/state/runs.ts';
import { findByRun, sweepRun } from '../../core/state/sweep.ts';
import { approve, isTrusted, trustFile, unapproved } from '../../core/state/trust.ts';
import { codeOf, value } from '../rig.ts';
import { inPlace, opening, RUN, runEnd, taskEnd } from './place.ts';

const intent = (commit: string, phase: string): CheckpointIntent => ({
  kind: 'checkpoint',
  prp: 'P',
  phase,
  run: RUN,
  parent: 'a',
  commit,
  branch: 'refs/heads/main',
  ref: 'refs/ce/P/x',
  refBefore: null,
  tag: null,
  paths: [],
});

const RECORD: fc.Arbitrary<Note> = fc.oneof(
  fc.record({ type: fc.constant('phase-start' as const), prp: fc.constant('P'), phase: fc.constantFrom('1', '2') }),
  fc.record({ type: fc.constant('phase-paths' as const), prp: fc.constant('P'), phase: fc.constantFrom('1', '2'), paths: fc.array(fc.constantFrom('a', 'b')) }),
  fc.record({ type: fc.constant('by-products' as const), paths: fc.array(fc.constantFrom('x', 'y')) }),
  fc.constantFrom('1', '2').map((phase): Note => ({ type: 'intent', intent: intent(`c${phase}`, phase) })),
  fc.constantFrom('c1', 'c2', 'c3').map((commit): Note => ({ type: 'settled', commit })),
  fc.constant<Note>({ type: 'recovered' }),
);

test('law: the state read from disk is the state of the records, and that of a prefix is one that was true once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(RECORD, { maxLength: 20 }), async (notes) => {
      await inPlace((paths, root) => {
        const journal = value(createJournal(paths, RUN, opening(root)));
        const seen: JournalRecord[] = [
          { type: 'opening', run: RUN, pid: process.pid, namespaces: namespaces(), place: statSync(paths.runs).ino, ...opening(root) },
        ];
        for (const note of notes) {
          journal.append(note, 'lazy');
          seen.push(note);
        }
        journal.close();
        assert.equal(value(readRun(paths, RUN)), replay(seen));
        for (const open of replay(seen).openIntents) assert.ok(seen.some((record) => record.type === 'intent' && record.intent === open));
      });
    }),
    { numRuns: 30 },
  );
});

test('an intent is open until it is settled, and a settled checkpoint closes its phase', () => {
  const notes: Note[] = [
    { type: 'phase-start', prp: 'P', phase: '1' },
    { type: 'intent', intent: intent('c1', '1') },
  ];
  assert.equal(replay(notes).openIntents.length, 1);
  assert.equal([...replay(notes).openPhases], [['P:1', null]]);
  const after = replay([...notes, { type: 'phase-paths', prp: 'P', phase: '1', paths: ['a'] }, { type: 'settled', commit: 'c1' }]);
  assert.equal([after.openIntents.length, after.openPhases.size], [0, 0]);
});

test('ids sort by time and are of a form that is safe in a path', () => {
  const ids = [newRunId(new Date(0)), newRunId(new Date())];
  assert.equal(ids, ids.toSorted());
  for (const id of ids) assert.ok(isRunId(id), id);
  for (const id of ['../../x', '..%2f', 'A', 'short', 'x'.repeat(41), 'with space']) assert.not.ok(isRunId(id), id);
});

test('a run without an end is unfinished until a later one has recovered it', async () => {
  await inPlace((paths, root) => {
    const ids = ['20261120-000001-aaaaaa', '20261120-000002-bbbbbb', '20261120-000003-cccccc'];
    const [first = '', second = '', third = ''] = ids;
    for (const id of ids) {
      const journal = value(createJournal(paths, id, id === third ? opening('/elsewhere') : opening(root)));
      if (id === first) journal.record(runEnd(1));
      journal.close();
    }
    mkdirSync(join(paths.runs, 'not a run'));
    mkdirSync(join(paths.runs, '20261120-000004-dddddd'));
    assert.equal(listRuns(paths).slice(0, 3), ids);
    assert.is(lastRun(paths, root), second);
    assert.equal(unfinishedRuns(paths, root), [second], 'of this checkout');
    const journal = value(openJournal(paths, second));
    journal.append({ type: 'recovered' }, 'durable');
    journal.close();
    assert.equal(unfinishedRuns(paths, root), []);
    assert.is(codeOf(readRun(paths, '../../x')), 'CE_STATE_RUN_NOT_FOUND');
  });
});

test('the usual time of a task is the median of its last five', async () => {
  await inPlace((paths) => {
    for (const time of [9000, 10, 30, 20, 5000, 40]) value(recordDurations(paths, replay([taskEnd(1, 'PRP-1:phase1:L1', time)])));
    assert.equal([...usualDurations(paths)], [['PRP-1:phase1:L1', 30]]);
    for (const damage of ['', '{', '[]', '{"x": "y", "z": [], "w": ["1"]}']) {
      writeFileSync(paths.history, damage);
      assert.is(usualDurations(paths).size, 0);
    }
  });
});

test('a journal says in which namespaces it was written', async () => {
  await inPlace((paths, root) => {
    value(createJournal(paths, RUN, opening(root))).close();
    assert.not.ok(isElsewhere(value(readRun(paths, RUN)).namespaces));
    if (process.platform === 'linux') assert.ok(isElsewhere(['pid:[1]', 'net:[1]', 'mnt:[1]']));
  });
});

test('processes of a dead run are found by its id, whatever session they moved to, and ended; others are not', async () => {
  const start = (run: string) => spawn('sleep', ['300'], { env: { PATH: process.env['PATH'], CE_RUN_ID: run }, detached: true, stdio: 'ignore' });
  const [mine, other] = [start(RUN), start(`${RUN}1`)];
  const exits = new Promise((resolve) => mine.once('exit', (_code, signal) => resolve(signal)));
  while (!(await findByRun(RUN)).includes(mine.pid ?? 0)) await new Promise((resolve) => setTimeout(resolve, 5));
  const swept = await sweepRun(RUN);
  assert.equal(swept, { killed: [mine.pid], left: [] });
  assert.is(await exits, 'SIGKILL');
  assert.is(other.exitCode, null);
  assert.equal(await findByRun(RUN), []);
  other.kill('SIGKILL');
});

test('approval is of one clone, kept outside it with mode 0600, and CE_TRUST=1 stands for it', async () => {
  await inPlace((_paths, root) => {
    const environment = { XDG_STATE_HOME: join(root, 'state') };
    mkdirSync(join(root, 'clone/.git'), { recursive: true });
    const clone = join(root, 'clone');
    assert.not.ok(isTrusted(clone, environment));
    assert.ok(isTrusted(clone, { CE_TRUST: '1' }));
    value(approve(clone, ['npm test'], environment));
    assert.ok(isTrusted(clone, environment));
    assert.equal(unapproved(clone, ['npm test', 'rm -rf /'], environment), ['rm -rf /']);
    assert.is(statSync(trustFile(environment)).mode & 0o777, 0o600);
    assert.ok(Object.keys(JSON.parse(readFileSync(trustFile(environment), 'utf8')) as object).includes(clone));
    renameSync(join(clone, '.git'), join(clone, 'old'));
    mkdirSync(join(clone, '.git'));
    assert.not.ok(isTrusted(clone, environment), 'another clone at the same path');
  });
});

test('a list of approvals that others may write to approves nothing', async () => {
  await inPlace((_paths, root) => {
    const environment = { XDG_STATE_HOME: join(root, 'state') };
    value(approve(root, [], environment));
    chmodSync(trustFile(environment), 0o666);
    assert.not.ok(isTrusted(root, environment));
    writeFileSync(trustFile(environment), 'not json');
    chmodSync(trustFile(environment), 0o600);
    assert.not.ok(isTrusted(root, environment));
  });
});

test.run();
