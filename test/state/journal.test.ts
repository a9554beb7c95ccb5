/** The journal keeps every record that it said it has, through kills, short writes, full disks and power loss, and notices damage. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CeError } from '../../core/errors.ts';
import type { Disk } from '../../core/state/files.ts';
import { createJournal, openJournal, readJournal } from '../../core/state/journal.ts';
import { statePaths, type StatePaths } from '../../core/state/paths.ts';
import { bundled } from '../bundle.ts';
import { codeOf, value } from '../rig.ts';
import { inPlace, opening, RUN, taskEnd } from './place.ts';
import { createPowerLossDisk } from './power-loss.ts';

const WRITER = await bundled(join(import.meta.dirname, 'writer-child.ts'));

const note = (phase: string) => ({ type: 'phase-start', prp: 'PRP-1', phase }) as const;

function phases(paths: StatePaths, on?: Disk): string[] {
  return value(readJournal(paths, RUN, on)).records.flatMap((record) => (record.type === 'phase-start' ? [record.phase] : []));
}

test('records come back in order, and output of tasks is left to their logs', async () => {
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root)));
    journal.append(note('phase1'), 'durable');
    journal.record({ v: 1, seq: 1, time: '', run: RUN, type: 'task.output', task: 'x', stream: 'stdout', text: 'noise' });
    journal.record(taskEnd(2, 'PRP-1:phase1:L1', 5));
    journal.close();
    assert.equal(
      value(readJournal(paths, RUN)).records.map(({ type }) => type),
      ['opening', 'phase-start', 'task.end'],
    );
  });
});

test('a torn tail of any length is cut off on open, and the next record does not glue to it', async () => {
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root)));
    for (const phase of ['one', 'two', 'three']) journal.append(note(phase), 'durable');
    journal.close();
    const whole = readFileSync(paths.journal(RUN));
    const last = whole.subarray(0, -1).lastIndexOf(10) + 1;
    for (let size = last; size < whole.length; size += 7) {
      writeFileSync(paths.journal(RUN), whole.subarray(0, size));
      assert.is(value(readJournal(paths, RUN)).torn, size - last);
      const opened = value(openJournal(paths, RUN));
      opened.append(note('after'), 'durable');
      opened.close();
      assert.equal(phases(paths), ['one', 'two', 'after']);
    }
  });
});

test('D3.40 a record that was changed, removed or put elsewhere is CE_STATE_CORRUPT with its line', async () => {
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root)));
    for (const phase of ['one', 'two', 'three']) journal.append(note(phase), 'durable');
    journal.close();
    const file = paths.journal(RUN);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const [a = '', b = '', c = '', d = ''] = lines;
    const damaged: readonly (readonly [string[], number])[] = [
      [[a, b.replace('one', 'ONE'), c, d], 2],
      [[a, c, d], 2],
      [[a, c, b, d], 2],
      [[a, b, 'x', d], 3],
      [[b, c, d], 1],
      [[a, b, b, c, d], 3],
    ];
    for (const [text, line] of damaged) {
      writeFileSync(file, `${text.join('\n')}\n`);
      const read = readJournal(paths, RUN);
      assert.is(codeOf(read), 'CE_STATE_CORRUPT');
      assert.is(!read.ok && read.failure.place?.line, line);
      assert.is(codeOf(openJournal(paths, RUN)), 'CE_STATE_CORRUPT', 'and nothing is written to it');
    }
    writeFileSync(file, `${lines.join('\n')}\n`);
    assert.equal(phases(paths), ['one', 'two', 'three']);
    assert.is(codeOf(readJournal(paths, '20200101-000000-aaaaaa')), 'CE_STATE_RUN_NOT_FOUND');
  });
});

test('a write that is short is taken back and told; with space again the journal goes on', async () => {
  const on = createPowerLossDisk();
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root), on));
    journal.append(note('one'), 'durable');
    on.fault = (call, size) => (call === 'write' ? Math.floor(size / 2) : size);
    assert.throws(
      () => journal.append(note('two'), 'durable'),
      (thrown: unknown) => thrown instanceof CeError && thrown.failure.code === 'CE_STATE_WRITE' && (thrown.failure.next ?? '').includes('space'),
    );
    on.fault = (_call, size) => size;
    journal.append(note('three'), 'durable');
    assert.equal(phases(paths, on), ['one', 'three']);
  });
});

test('after a failed fsync nothing more is written to that file', async () => {
  const on = createPowerLossDisk();
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root), on));
    on.fault = (call, size) => {
      if (call === 'sync') throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
      return size;
    };
    assert.throws(() => journal.append(note('one'), 'durable'), /could not be written/);
    on.fault = (_call, size) => size;
    assert.throws(() => journal.append(note('two'), 'durable'), /could not be written/);
  });
});

/** Runs random appends, cuts the power at a random moment, and returns how many durable records were lost. */
async function lostByPowerLoss(honesty: 'honest' | 'lies', steps: readonly ('durable' | 'lazy')[], draw: () => number): Promise<number> {
  const on = createPowerLossDisk(honesty);
  // Only the folder itself is made for real; every file is in memory.
  let lost = 0;
  await inPlace((paths, root) => {
    const journal = value(createJournal(paths, RUN, opening(root), on));
    const durable: string[] = [];
    let safe = 0;
    steps.forEach((step, at) => {
      journal.append(note(String(at)), step);
      durable.push(String(at));
      if (step === 'durable') safe = durable.length;
    });
    const after = on.afterPowerLoss(paths.journal(RUN), draw);
    const read = after === null ? [] : phases(paths, on);
    assert.equal(read, durable.slice(0, read.length), 'what is left is a prefix of what was written');
    lost = Math.max(0, safe - read.length);
    if (after !== null) value(openJournal(paths, RUN, on)).append(note('again'), 'durable');
  });
  return lost;
}

const STEPS = fc.array(fc.constantFrom('durable' as const, 'lazy' as const), { minLength: 1, maxLength: 12 });
const DRAWS = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));

test('law: a power loss keeps every durable record and leaves a prefix', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, DRAWS, async (steps, draws) => (await lostByPowerLoss('honest', steps, () => draws.next().value)) === 0),
    { numRuns: 300 },
  );
});

test('the same law fails on a disk whose syncs do nothing, so it can fail', async () => {
  const lying = await fc.check(
    fc.asyncProperty(STEPS, DRAWS, async (steps, draws) => (await lostByPowerLoss('lies', steps, () => draws.next().value)) === 0),
    { numRuns: 300 },
  );
  assert.ok(lying.failed);
});

test('a writer that is killed again and again loses no record that it told of', async () => {
  await inPlace(async (paths, root) => {
    mkdirSync(paths.runs, { recursive: true });
    value(createJournal(paths, RUN, opening(root))).close();
    const told: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [...WRITER, root, RUN, String(round)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: join(import.meta.dirname, '../..'),
      });
      let text = '';
      for await (const chunk of child.stdout) {
        text += String(chunk);
        if (text.split('\n').length > 3 + ((round * 5) % 17)) child.kill('SIGKILL');
      }
      told.push(...text.split('\n').slice(0, -1));
      // As a kill in the middle of a write leaves it.
      if (round % 3 === 0) appendFileSync(paths.journal(RUN), '0123456789abcdef {"v":1,"seq"');
    }
    const kept = new Set(phases(paths));
    assert.equal(
      told.filter((phase) => !kept.has(phase)),
      [],
    );
    assert.ok(told.length > 30, `${told.length} records were told of`);
  });
});

test('a journal of a newer ce is refused with its version named', async () => {
  await inPlace(async (paths, root) => {
    const { createHash } = await import('node:crypto');
    value(createJournal(paths, RUN, opening(root))).close();
    const json = JSON.stringify({ v: 2, seq: 1, prev: '0'.repeat(16), record: { type: 'opening' } });
    writeFileSync(paths.journal(RUN), `${createHash('sha256').update(json).digest('hex').slice(0, 16)} ${json}\n`);
    assert.is(codeOf(readJournal(paths, RUN)), 'CE_STATE_VERSION');
  });
});

test('a folder that cannot be written to is CE_STATE_WRITE', async () => {
  await inPlace((_paths, root) => {
    writeFileSync(join(root, 'file'), '');
    const paths = statePaths({ root: join(root, 'file'), mainRoot: join(root, 'file') });
    assert.is(codeOf(createJournal(paths, RUN, opening(root))), 'CE_STATE_WRITE');
    truncateSync(join(root, 'file'), 0);
    assert.is(statSync(join(root, 'file')).size, 0);
    assert.is(dirname(paths.journal(RUN)), join(root, 'file', '.ce', 'runs', RUN));
  });
});

test.run();
