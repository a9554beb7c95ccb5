// time limit: 180 s
/** Checkpoints as a person handles them: listed, restored, undone, and made by hand. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, spec, withCe, type Bench } from './ce.ts';

interface Listed {
  readonly checkpoints: readonly {
    readonly prp_id: string;
    readonly phase: string;
    readonly commit: string;
    readonly tag: string | null;
    readonly reachable: boolean;
  }[];
}

function run(bench: Bench, id: string, phases: number): void {
  bench.write('ce.config.json', CONFIG);
  bench.write(`PRPs/${id}.md`, spec(id, phases));
  bench.commit('spec');
  const { exit, stdout, stderr } = bench.ce('run', id);
  assert.is(exit, 0, stdout + stderr);
}

test('E25 `ce prp restore PRP-6 phase2` moves branch and tree back, keeps what was there, and says how to undo it', async () => {
  await withCe((bench) => {
    run(bench, 'PRP-6', 3);
    const before = bench.git('rev-parse', 'HEAD');
    bench.write('prp6-3.txt', 'edited\n');
    bench.write('notes.txt', 'mine\n');

    const preview = bench.ce('prp', 'restore', 'PRP-6', 'phase2', '--dry-run');
    assert.is(preview.exit, 0);
    assert.match(preview.stdout, /D prp6-3\.txt/);
    assert.match(preview.stdout, /notes\.txt/);
    assert.is(bench.git('rev-parse', 'HEAD'), before);
    assert.is(bench.read('prp6-3.txt'), 'edited\n');

    const { exit, stdout, stderr } = bench.ce('prp', 'restore', 'PRP-6', 'phase2');
    assert.is(exit, 0, stderr);
    assert.match(stdout, /main is at PRP-6:phase2/);
    assert.is(bench.git('log', '-1', '--format=%s'), 'PRP-6: Phase 2 - Part 2');
    assert.not.ok(existsSync(join(bench.root, 'prp6-3.txt')));
    assert.is(bench.json<Listed>('prp', 'list', 'PRP-6', '--json').checkpoints.find(({ phase }) => phase === 'phase3')?.reachable, false);
    assert.match(bench.ce('prp', 'list').stdout, /PRP-6:phase3.*not on this branch/);

    const undo = /undo: (.+)/.exec(stderr)?.[1] ?? '';
    assert.is(bench.shell(undo).exit, 0, undo);
    assert.is(bench.git('rev-parse', 'HEAD'), before);
    assert.is(bench.read('prp6-3.txt'), 'edited\n');
    assert.is(bench.read('notes.txt'), 'mine\n');
  });
});

test('after a restore the phases behind it are run again, and only those', async () => {
  await withCe((bench) => {
    run(bench, 'PRP-6', 3);
    assert.is(bench.ce('prp', 'restore', 'PRP-6:phase1').exit, 0);
    const explained = bench.json<{ phases: { phase: string; decision: string }[] }>('explain', 'PRP-6', '--json').phases;
    assert.equal(
      explained.map(({ phase, decision }) => [phase, decision]),
      [
        ['phase1', 'fresh'],
        ['phase2', 'planned'],
        ['phase3', 'planned'],
      ],
    );
    assert.is(bench.ce('run', 'PRP-6').exit, 0);
    assert.is(bench.json<Listed>('prp', 'list', '6', '--json').checkpoints.filter(({ reachable }) => reachable).length, 3);
  });
});

test('restore: without a phase it is the newest checkpoint; one that is not there is refused with those that are', async () => {
  await withCe((bench) => {
    run(bench, 'PRP-6', 2);
    const newest = bench.json<{ phase: string; commit: string; undo: string[] }>('prp', 'restore', 'PRP-6', '--json');
    assert.is(newest.phase, 'phase2');
    assert.is(newest.commit, bench.git('rev-parse', 'HEAD'));
    assert.ok(newest.undo.length > 0);
    for (const args of [['PRP-6', 'phase9'], ['PRP-6', 'phase9', '--dry-run'], ['PRP-77']]) {
      const { exit, stderr } = bench.ce('prp', 'restore', ...args);
      assert.is(exit, 2, args.join(' '));
      assert.match(stderr, /CE_GIT_CHECKPOINT_MISSING/);
    }
    assert.match(bench.ce('prp', 'restore', 'PRP-6', '9').stderr, /phase2, phase1/);
    bench.remove('PRPs');
    bench.commit('the spec is gone, its checkpoints are not');
    assert.is(bench.ce('prp', 'list', 'PRP-6').stdout.trim().split('\n').length, 2);
  });
});

test('restore is refused where HEAD is on no branch or a merge is under way, and nothing moves', async () => {
  await withCe((bench) => {
    run(bench, 'PRP-6', 1);
    const head = bench.git('rev-parse', 'HEAD');
    bench.git('checkout', '-q', '--detach');
    const detached = bench.ce('prp', 'restore', 'PRP-6');
    assert.is(detached.exit, 2);
    assert.match(detached.stderr, /CE_GIT_DETACHED/);
    bench.git('checkout', '-q', 'main');
    bench.write('.git/MERGE_HEAD', `${head}\n`);
    assert.match(bench.ce('prp', 'restore', 'PRP-6').stderr, /CE_GIT_BUSY/);
    bench.remove('.git/MERGE_HEAD');
    assert.is(bench.git('rev-parse', 'HEAD'), head);
  });
});

test('checkpoint: a phase done by hand is judged on the tree as it is and kept, with its files alone', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.write('PRPs/PRP-5.md', spec('PRP-5', 2));
    bench.commit('spec');

    const early = bench.ce('prp', 'checkpoint', 'PRP-5:phase2');
    assert.is(early.exit, 2);
    assert.match(early.stderr, /PRP-5:phase1, which is not done/);

    const empty = bench.ce('prp', 'checkpoint', 'PRP-5:phase1');
    assert.is.not(empty.exit, 0, 'a phase that nobody did is no checkpoint');
    assert.is(bench.git('tag'), '');

    bench.write('prp5-1.txt', 'part 1 is here, by hand\n');
    bench.write('stray.txt', 'not of this phase\n');
    const stray = bench.ce('prp', 'checkpoint', 'PRP-5:phase1');
    assert.is(stray.exit, 2);
    assert.match(stray.stderr, /CE_GIT_DIRTY/);
    assert.match(stray.stderr, /stray\.txt/);
    bench.remove('stray.txt');

    const dry = bench.ce('prp', 'checkpoint', 'PRP-5:phase1', '--dry-run');
    assert.is(dry.exit, 0);
    assert.is(bench.git('tag'), '');
    const made = bench.json<{ success: boolean; checkpoints_created: string[] }>('prp', 'checkpoint', 'PRP-5:phase1', '--json');
    assert.is(made.success, true);
    assert.match(made.checkpoints_created[0] ?? '', /^checkpoint-PRP-5-phase1-/);
    assert.is(bench.git('show', '--format=', '--name-only', 'HEAD'), 'prp5-1.txt');
    assert.is(bench.read('prp5-1.txt'), 'part 1 is here, by hand\n');
    assert.match(bench.git('log', '-1', '--format=%b'), /Ce-Gates: L1=pass L2=pass/);
    const { phases } = bench.json<{ phases: { phase: string; decision: string }[] }>('explain', 'PRP-5', '--json');
    assert.is(phases[0]?.decision, 'fresh');
    assert.match(bench.ce('prp', 'checkpoint', 'PRP-5:phase1').stdout, /fresh/);
  });
});

test.run();
