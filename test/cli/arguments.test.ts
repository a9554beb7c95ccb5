/** What a person types, and how ce answers when it can't do it: ids and paths, flags, codes, places, what to type next. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, spec, withCe, type Bench } from './ce.ts';

const TASKS = /^ {2}to run +(\S+)/gm;

function planned(bench: Bench, ...args: string[]): readonly string[] {
  const { stdout } = bench.ce('run', ...args, '--dry-run');
  return [...stdout.matchAll(TASKS)].map((match) => match[1] ?? '');
}

function specs(bench: Bench): void {
  bench.write('ce.config.json', CONFIG);
  bench.write('PRPs/feature-requests/PRP-5-context-sync-integration.md', spec('PRP-5', 3));
  bench.commit('specs');
}

test('E1 a PRP is named by its id or its path, by `run` or by `execute`', async () => {
  await withCe((bench) => {
    specs(bench);
    const byId = planned(bench, 'PRP-5');
    assert.ok(byId.includes('PRP-5:phase3:checkpoint'));
    assert.equal(planned(bench, 'PRPs/feature-requests/PRP-5-context-sync-integration.md'), byId);
    assert.equal(planned(bench, '5'), byId);
    const { exit, stdout } = bench.ce('execute', 'PRP-5', '--dry-run');
    assert.is(exit, 0);
    assert.match(stdout, /PRP-5:phase3:checkpoint/);
    for (const command of ['show', 'explain']) assert.is(bench.ce(command, 'PRPs/feature-requests/PRP-5-context-sync-integration.md').exit, 0, command);
  });
});

test('E2 --start-phase and --end-phase include both ends, --dry-run runs nothing, --skip-validation makes no checkpoint', async () => {
  await withCe((bench) => {
    specs(bench);
    const phases = (...args: string[]): readonly string[] => [...new Set(planned(bench, 'PRP-5', ...args).map((task) => task.split(':')[1] ?? ''))];
    assert.equal(phases(), ['phase1', 'phase2', 'phase3']);
    assert.equal(phases('--start-phase', '2'), ['phase2', 'phase3']);
    assert.equal(phases('--end-phase', '2'), ['phase1', 'phase2']);
    assert.equal(phases('--start-phase', '2', '--end-phase', '2'), ['phase2']);
    assert.is(bench.git('status', '--porcelain'), '');
    assert.is(bench.git('rev-list', '--count', 'HEAD'), '1');
    const dry = bench.json<{ dry_run: boolean; tasks: { outcome: string; reason: string }[] }>('run', 'PRP-5', '--dry-run', '--json');
    assert.is(dry.dry_run, true);
    assert.ok(dry.tasks.every(({ reason }) => reason !== ''));
    const skipped = bench.ce('run', 'PRP-5:phase1', '--skip-validation');
    assert.is(skipped.exit, 3);
    assert.is(bench.git('tag'), '');
    assert.ok(bench.read('prp5-1.txt').includes('part 1'));
  });
});

test('a phase that does not exist, and a flag value that cannot be, are refused with what there is', async () => {
  await withCe((bench) => {
    specs(bench);
    const cases: readonly (readonly [string[], string])[] = [
      [['run', 'PRP-5', '--start-phase', '9'], 'CE_GRAPH_TARGET_NOT_FOUND'],
      [['run', 'PRP-5:phase9'], 'CE_GRAPH_TARGET_NOT_FOUND'],
      [['run', 'PRP-5', '--jobs', 'many'], 'CE_USAGE_BAD_VALUE'],
      [['run', 'PRP-5', '--parallel'], 'CE_USAGE_UNKNOWN_FLAG'],
      [['run', 'PRP-5:L1:phase2:x'], 'CE_USAGE_BAD_TARGET'],
      [['run', 'PRP-5', '--json', '--events'], 'CE_USAGE_BAD_VALUE'],
      [['validate', '--level', '9'], 'CE_USAGE_BAD_VALUE'],
      [['graph', '--format', 'png'], 'CE_USAGE_BAD_VALUE'],
      [['cache', 'audit', '--sample', '0'], 'CE_USAGE_BAD_VALUE'],
      [['cache', 'why', 'no/such/file'], 'CE_USAGE_BAD_VALUE'],
      [['completion', 'powershell'], 'CE_USAGE_BAD_VALUE'],
      [['explain'], 'CE_USAGE_BAD_TARGET'],
      [['prp', 'checkpoint', 'PRP-5'], 'CE_USAGE_BAD_TARGET'],
      [['prp', 'restore', 'PRP-5', 'phase1:L1'], 'CE_USAGE_BAD_TARGET'],
      [['prp', 'restore', 'PRP-5', 'phase1', 'more'], 'CE_USAGE_BAD_TARGET'],
      [['logs', 'no-such-run'], 'CE_STATE_RUN_NOT_FOUND'],
    ];
    for (const [args, code] of cases) {
      const { exit, stdout, stderr } = bench.ce(...args);
      assert.is(exit, 2, args.join(' '));
      assert.ok(`${stderr}${stdout}`.includes(code), `${args.join(' ')}: ${stderr}${stdout}`);
    }
  });
});

test('E29 a PRP that is not there is named as the seed says, with the remedy', async () => {
  await withCe((bench) => {
    specs(bench);
    for (const args of [
      ['run', 'PRP-55'],
      ['show', 'PRP-55'],
      ['explain', 'PRP-55'],
    ]) {
      const { exit, stderr } = bench.ce(...args);
      assert.is(exit, 2);
      assert.match(stderr, /PRP file not found: PRP-55/);
      assert.match(stderr, /CE_SPEC_NOT_FOUND/);
      assert.match(stderr, /full path|PRPs\/feature-requests/);
    }
    const document = bench.json<{ success: boolean; exit_code: number; failure: { code: string; message: string } }>('run', 'PRP-55', '--json');
    assert.is(document.success, false);
    assert.is(document.exit_code, 2);
    assert.is(document.failure.code, 'CE_SPEC_NOT_FOUND');
    assert.is(document.failure.message, 'PRP file not found: PRP-55');
  });
});

test('outside a repository every command says so, and none of them writes', async () => {
  await withCe((bench) => {
    for (const args of [['list'], ['status'], ['run', 'PRP-1'], ['prp', 'list'], ['cache', 'status'], ['doctor']]) {
      const { exit, stderr } = bench.ce(...args, '--cwd', bench.around);
      assert.is(exit, 2, args.join(' '));
      assert.match(stderr, /CE_GIT_NOT_A_REPOSITORY/);
    }
  });
});

test('commands that read leave a fresh clone as clean as it was', async () => {
  await withCe((bench) => {
    specs(bench);
    for (const args of [
      ['list'],
      ['show', 'PRP-5'],
      ['graph'],
      ['explain', 'PRP-5'],
      ['status'],
      ['prp', 'status'],
      ['prp', 'list'],
      ['cache', 'status'],
      ['cache', 'why'],
      ['doctor'],
      ['run'],
      ['completion', 'targets'],
    ]) {
      const { exit, stderr } = bench.stranger(...args);
      assert.is(exit, 0, `${args.join(' ')}: ${stderr}`);
      assert.is(bench.git('status', '--porcelain'), '', args.join(' '));
    }
  });
});

test('graph: each format holds every task of the target, and no target means every PRP', async () => {
  await withCe((bench) => {
    specs(bench);
    bench.write('PRPs/PRP-6.md', spec('PRP-6', 1));
    for (const format of ['mermaid', 'dot', 'json']) {
      const all = bench.ce('graph', '--format', format);
      assert.is(all.exit, 0);
      for (const id of ['PRP-5:phase3:checkpoint', 'PRP-6:phase1:L2']) assert.ok(all.stdout.includes(id), `${format} ${id}`);
      assert.not.ok(bench.ce('graph', 'PRP-6', '--format', format).stdout.includes('PRP-5'));
    }
  });
});

test.run();
