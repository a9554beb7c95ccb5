// time limit: 180 s
/** The cache as a person handles it: why a check runs, how large it is, whether its verdicts hold. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONFIG, spec, withCe, type Bench } from './ce.ts';

interface Check {
  readonly name: string;
  readonly known: 'hit' | 'miss';
  readonly reason: string;
  readonly key: string | null;
  readonly command: string;
  readonly changes: readonly { readonly name: string }[];
  readonly keyed_by: { readonly inputs: readonly string[] | null };
}

interface Explained {
  readonly phases: readonly {
    readonly phase: string;
    readonly decision: string;
    readonly reason: string;
    readonly evidence: { readonly commit: string; readonly gates: string } | null;
    readonly gates: readonly { readonly id: string; readonly checks: readonly Check[] }[];
  }[];
}

interface Audited {
  readonly cached: number;
  readonly audited: readonly { readonly finding: string; readonly cached: string; readonly actual: string }[];
}

function write(bench: Bench): void {
  bench.write('ce.config.json', CONFIG);
  bench.write('base.txt', 'base\n');
  bench.write('PRPs/PRP-1.md', spec('PRP-1', 2));
  bench.commit('spec');
}

const first = (bench: Bench): Check | undefined => bench.json<{ checks: readonly Check[] }>('cache', 'why', '--json').checks[0];

test('cache why: never run, then a hit with what it is keyed by, then the file that changed', async () => {
  await withCe((bench) => {
    write(bench);
    assert.equal([first(bench)?.known, first(bench)?.reason], ['miss', 'never run here']);
    assert.is(bench.ce('validate').exit, 0);
    const hit = first(bench);
    assert.is(hit?.known, 'hit');
    assert.is(hit?.key?.length, 64);
    assert.equal(hit?.keyed_by.inputs, ['*.txt']);
    bench.write('base.txt', 'other\n');
    const miss = first(bench);
    assert.is(miss?.known, 'miss');
    assert.match(miss?.reason ?? '', /base\.txt changed/);
    assert.equal(
      miss?.changes.map(({ name }) => name),
      ['base.txt'],
    );
    bench.write('base.txt', 'base\n');
    assert.is(first(bench)?.known, 'hit', 'the same content is the same verdict');
    assert.match(bench.ce('cache', 'why', 'base.txt').stdout, /L1 hit {2}clean: .*\n.*grep -l broken[\s\S]*keyed by inputs \*\.txt/);
  });
});

test('explain: each phase with its decision and evidence, each check with hit or reason and command; nothing is run', async () => {
  await withCe((bench) => {
    write(bench);
    const before = bench.json<Explained>('explain', 'PRP-1', '--json').phases;
    assert.equal(
      before.map(({ phase, decision }) => [phase, decision]),
      [
        ['phase1', 'planned'],
        ['phase2', 'planned'],
      ],
    );
    const checks = before[0]?.gates.flatMap((gate) => gate.checks) ?? [];
    assert.equal(checks.map(({ name }) => name).slice(0, 2), ['clean', 'command']);
    assert.is(checks[1]?.reason, 'its inputs are not declared');
    assert.match(checks[1]?.command ?? '', /grep -q "part 1 is here"/);

    assert.is(bench.ce('run', 'PRP-1:phase1').exit, 0);
    const after = bench.json<Explained>('explain', 'PRP-1', '--json').phases;
    assert.is(after[0]?.decision, 'fresh');
    assert.is(after[0]?.evidence?.commit, bench.git('rev-parse', 'HEAD'));
    assert.match(after[0]?.evidence?.gates ?? '', /L1=pass L2=pass/);
    assert.equal(after[0]?.gates, []);
    const text = bench.ce('explain', 'PRP-1').stdout;
    assert.match(text, /PRP-1:phase1 {2}Part 1\n {2}fresh: done at/);
    assert.match(text, /PRP-1:phase2 {2}Part 2\n {2}to run: no checkpoint/);

    bench.write('PRPs/PRP-1.md', spec('PRP-1', 2).replace('part 1 is there', 'part 1 is there, and more'));
    assert.match(bench.json<Explained>('explain', 'PRP-1:phase1', '--json').phases[0]?.reason ?? '', /spec changed since/);
    assert.is(bench.git('rev-list', '--count', 'HEAD'), '2');
  });
});

test('audit: verdicts that hold are told so; one that does not is exit 1 and leaves the cache', async () => {
  await withCe((bench) => {
    bench.write(
      'ce.config.json',
      JSON.stringify({
        validators: {
          clean: { level: 'L1', command: '! grep -l broken *.txt', inputs: ['*.txt'] },
          hidden: { level: 'L1', command: 'test ! -e ../hidden', inputs: ['*.txt'] },
        },
      }),
    );
    bench.write('base.txt', 'base\n');
    bench.commit('spec');
    const nothing = bench.json<Audited>('cache', 'audit', '--json');
    assert.equal([nothing.cached, nothing.audited.length], [0, 0]);
    assert.is(bench.ce('validate').exit, 0);
    const good = bench.json<Audited>('cache', 'audit', '--json');
    assert.equal(
      good.audited.map(({ finding }) => finding),
      ['same', 'same'],
    );
    assert.is(bench.json<Audited>('cache', 'audit', '--sample', '1', '--json').audited.length, 1);

    bench.write('../hidden', 'a file that the check depends on and does not declare');
    const bad = bench.ce('cache', 'audit');
    assert.is(bad.exit, 1, bad.stdout + bad.stderr);
    assert.match(bad.stdout, /different.*cached pass, now fail/);
    assert.match(bad.stdout, /same.*grep -l broken/);
    const validated = bench.ce('validate');
    assert.is.not(validated.exit, 0, 'the wrong verdict is not used again');
    assert.is(bench.json<Audited>('cache', 'audit', '--json').cached, 1);
  });
});

test('an audit that is interrupted ends with 130, leaves no process, and proves nothing against the cache', async () => {
  await withCe(async (bench) => {
    bench.write(
      'ce.config.json',
      JSON.stringify({ validators: { slow: { level: 'L1', command: 'touch ../began; until test -e ../ready; do sleep 0.05; done', inputs: ['*.txt'] } } }),
    );
    bench.write('base.txt', 'base\n');
    bench.write('../ready', '');
    bench.commit('spec');
    assert.is(bench.ce('validate').exit, 0);
    bench.remove('../ready');
    bench.remove('../began');
    const audit = bench.start('cache', 'audit');
    while (!existsSync(join(bench.around, 'began'))) await sleep(50);
    audit.kill('SIGINT');
    const [exit] = (await once(audit, 'close')) as [number | null];
    assert.is(exit, 130);
    assert.is(first(bench)?.known, 'hit');
  });
});

test('audit in a clone that nobody approved runs nothing and asks for a person', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', JSON.stringify({ validators: { mark: { level: 'L1', command: 'touch ../ran', inputs: ['*.txt'] } } }));
    bench.write('base.txt', 'base\n');
    bench.commit('spec');
    const { exit, stderr } = bench.stranger('cache', 'audit');
    assert.is(exit, 3);
    assert.match(stderr, /CE_STATE_NOT_TRUSTED/);
    assert.throws(() => bench.read('../ran'));
  });
});

test('status, gc and clear: sizes are counted, a dry run removes nothing, clear makes every check a miss', async () => {
  await withCe((bench) => {
    write(bench);
    assert.is(bench.ce('validate').exit, 0);
    const size = (): { readonly entries: number; readonly bytes: number; readonly max_bytes: number } => bench.json('cache', 'status', '--json');
    assert.is(size().entries, 1);
    assert.ok(size().bytes > 0 && size().bytes < size().max_bytes);
    assert.match(bench.ce('cache').stdout, /1 entry, .* of at most 1\.0 GiB/);
    assert.match(bench.ce('cache', 'gc', '--dry-run').stdout, /would remove 0 entries/);
    assert.is(bench.json<{ entries: number }>('cache', 'gc', '--json').entries, 0);
    assert.match(bench.ce('cache', 'clear', '--dry-run').stdout, /would remove/);
    assert.is(first(bench)?.known, 'hit');
    assert.match(bench.ce('cache', 'clear').stdout, /removed [\d.]+ (bytes|KiB)/);
    assert.is(size().entries, 0);
    assert.is(first(bench)?.known, 'miss');
  });
});

test.run();
