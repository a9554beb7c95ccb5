/** `ce list` and `ce show`: what is there, how far it is, and what was not understood. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, spec, withCe } from './ce.ts';

interface Row {
  readonly id: string;
  readonly phases_done: number;
  readonly phases_total: number;
  readonly done: string | null;
  readonly executable: boolean;
  readonly status: string | null;
}

test('list: every PRP with the phases that are done, by checkpoints and not by what its file says', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.write('PRPs/PRP-1.md', spec('PRP-1', 2));
    bench.write('PRPs/done/PRP-2.md', spec('PRP-2', 1));
    bench.write('PRPs/PRP-3-plan.md', '---\nprp_id: PRP-3\ntitle: A plan without phases\nstatus: planning\n---\n\n# PRP-3: A plan without phases\n\nProse.\n');
    bench.write('PRPs/README.md', '# How we write PRPs\n\nProse.\n');
    bench.commit('specs');
    const rows = (): readonly Row[] => bench.json<{ prps: readonly Row[] }>('list', '--json').prps;
    assert.equal(
      rows()
        .map(({ id, phases_done, phases_total }) => [id, phases_done, phases_total])
        .sort(),
      [
        ['PRP-1', 0, 2],
        ['PRP-2', 0, 1],
        ['PRP-3', 0, 0],
      ],
    );
    assert.is(rows().find(({ id }) => id === 'PRP-3')?.executable, false);
    assert.is(bench.ce('run', 'PRP-1:phase1').exit, 0);
    assert.is(rows().find(({ id }) => id === 'PRP-1')?.phases_done, 1);
    assert.match(bench.ce('list').stdout, /PRP-1 +1\/2 .*Parts of PRP-1/);
    assert.is(bench.ce('run', 'PRP-1').exit, 0);
    assert.is(rows().find(({ id }) => id === 'PRP-1')?.done, 'done');
    assert.is(bench.ce('run').stdout, bench.ce('list').stdout, '`ce run` alone lists what can run');
    const refused = bench.ce('run', 'PRP-3');
    assert.is(refused.exit, 2);
    assert.match(refused.stderr, /CE_SPEC_NO_PHASES/);
  });
});

test('show: by id, by path, outside the globs; what is wrong is a diagnostic with its line, and an error is exit 2', async () => {
  await withCe((bench) => {
    bench.write('PRPs/PRP-1.md', spec('PRP-1', 2));
    bench.write('notes/idea.md', spec('PRP-9', 1));
    bench.write('PRPs/PRP-4.md', spec('PRP-4', 1).replace('prp4-1.txt` - part', '../../etc/passwd` - part'));
    const prp = bench.json<{ id: string; phases: { number: string; hours: number; validate: { level: string; command: string }[] }[] }>(
      'show',
      'PRP-1',
      '--json',
    );
    assert.is(prp.id, 'PRP-1');
    assert.equal(
      prp.phases.map(({ number }) => number),
      ['1', '2'],
    );
    assert.match(prp.phases[0]?.validate[0]?.command ?? '', /^grep -q/);
    assert.equal(bench.json('show', 'PRPs/PRP-1.md', '--json'), prp);
    assert.is(bench.json<{ id: string }>('show', 'notes/idea.md', '--json').id, 'PRP-9');
    assert.match(bench.ce('show', 'PRP-1').stdout, /Phase 1: Part 1 .*line \d+\n {2}Goal: part 1 is there/);
    const outside = bench.ce('show', 'PRP-4');
    assert.is(outside.exit, 2);
    assert.match(outside.stdout, /PRPs\/PRP-4\.md:\d+ error CE_SPEC_PATH/);
    const strict = bench.ce('show', 'notes/idea.md', '--strict');
    assert.is(strict.exit, 0);
    bench.write('notes/idea.md', spec('PRP-9', 1).replace(/\*\*Approach\*\*.*\n/, ''));
    assert.match(bench.ce('show', 'notes/idea.md', '--strict').stdout, /CE_SPEC_STRICT phase1 lacks an approach/);
  });
});

test('two files of one id are refused with both paths; a path still works', async () => {
  await withCe((bench) => {
    bench.write('PRPs/PRP-1-a.md', spec('PRP-1', 1));
    bench.write('PRPs/PRP-1-b.md', spec('PRP-1', 2));
    const { exit, stderr } = bench.ce('show', 'PRP-1');
    assert.is(exit, 2);
    assert.match(stderr, /CE_SPEC_AMBIGUOUS/);
    for (const path of ['PRPs/PRP-1-a.md', 'PRPs/PRP-1-b.md']) assert.ok(stderr.includes(path), path);
    assert.is(bench.json<{ phases: unknown[] }>('show', 'PRPs/PRP-1-b.md', '--json').phases.length, 2);
  });
});

test.run();
