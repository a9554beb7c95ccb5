/** E-why: every miss says why, and what may not be cached says so. */
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ValidatorResult, Verdict } from '../../core/model.ts';
import { check, look, miss, pass, passed, removeScratch, scratch, versions, type Place } from './place.ts';

test.after(removeScratch);

async function ready(): Promise<Place> {
  const place = scratch();
  for (const path of ['src/auth.py', 'src/b.py', 'src/c.py', 'src/d.py']) place.write(path, 'x = 1\n');
  await pass(place.open({ CI: '1' }), check({ env: ['CI', 'FOO'] }));
  return place;
}

const one = check({ env: ['CI', 'FOO'] });

test('a miss names the file, the tool, the command or the variable that changed', async () => {
  const place = await ready();
  const reason = async (change: Partial<typeof one> = {}, known = versions, env: Readonly<Record<string, string>> = { CI: '1' }): Promise<string> =>
    (await miss(place.open(env), { ...one, ...change }, known)).reason;
  assert.is(await reason({}, { ...versions, tool: 'ruff 0.16.9' }), 'ruff 0.16.8 → 0.16.9');
  assert.is(await reason({ command: { argv: ['ruff', 'check', '--preview'] } }), 'command changed');
  assert.is(await reason({}, versions, { CI: '1', FOO: 'x' }), 'env FOO added');
  assert.is(await reason({}, versions, { CI: '2' }), 'env CI changed');
  assert.is(await reason({}, { ...versions, stamps: { 'package-lock.json': '1' } }), 'package-lock.json added');
  assert.is(await reason({}, { ...versions, validator: '2' }), "ce's reading of ruff changed (1 → 2)");
  assert.is(await reason({ expect: 'ok', needsTests: true }), '2 settings changed: expect, needsTests');
  assert.is(await reason({ validator: 'mypy' }), 'never run here');
  place.write('src/auth.py', 'x = 2\n');
  assert.is(await reason(), 'src/auth.py changed');
  assert.is(await reason({}, { ...versions, tool: 'ruff 0.16.9' }), 'ruff 0.16.8 → 0.16.9, src/auth.py changed');
  place.write('src/b.py', 'x = 2\n');
  place.write('src/c.py', 'x = 2\n');
  assert.is(await reason(), '3 files changed: src/auth.py, src/b.py, src/c.py');
  place.write('src/d.py', 'x = 2\n');
  assert.is(await reason({}, { ...versions, tool: 'ruff 0.16.9' }), 'ruff 0.16.8 → 0.16.9, and 4 more');
  assert.is(await reason(), '4 files changed: src/auth.py, src/b.py, src/c.py, …');
});

test('the whole list is there as data', async () => {
  const place = await ready();
  place.write('src/new.py', '');
  rmSync(join(place.root, 'src/b.py'));
  const { changes } = await miss(place.open({ CI: '2' }), one);
  assert.equal(changes, [
    { kind: 'input', name: 'src/new.py', what: 'added' },
    { kind: 'input', name: 'src/b.py', what: 'removed' },
    { kind: 'env', name: 'CI', what: 'changed' },
  ]);
});

test('a new command of a spec was never run; it is not another one that changed', async () => {
  const place = scratch();
  place.write('src/a.py', '');
  const first = check({ validator: 'command', command: { script: 'pytest a' }, origin: 'PRPs/PRP-5.md:42' });
  await pass(place.open(), first);
  assert.is((await miss(place.open(), check({ validator: 'command', command: { script: 'pytest b' }, origin: 'PRPs/PRP-5.md:60' }))).reason, 'never run here');
  place.write('src/a.py', 'x');
  assert.is((await miss(place.open(), { ...first, origin: 'PRPs/PRP-5.md:45' })).reason, 'src/a.py changed');
});

test('two commands of one validator are not taken for each other', async () => {
  const place = scratch();
  place.write('src/a.py', '');
  const [lint, format] = [check(), check({ command: { argv: ['ruff', 'format', '--check'] } })];
  await pass(place.open(), lint);
  const [, answer] = await place.open().lookup([lint, format], () => versions);
  assert.ok(answer !== undefined && 'miss' in answer && answer.reason === 'never run here');
});

const ENDINGS: readonly (readonly [Verdict, string])[] = [
  ['fail', 'failed last time'],
  ['crash', 'crashed last time'],
  ['config', 'misconfigured last time'],
  ['empty', 'found nothing to judge last time'],
  ['timeout', 'timed out last time'],
  ['tool-missing', 'its tool was missing last time'],
];

for (const [verdict, reason] of ENDINGS) {
  test(`a verdict ${verdict} is never stored, and the next miss says it`, async () => {
    const place = scratch();
    place.write('src/a.py', '');
    const cache = place.open();
    const stored = await cache.store(await miss(cache, check()), passed({ verdict } satisfies Partial<ValidatorResult>), 'steady');
    assert.equal(stored, { stored: false, reason: `its verdict is ${verdict}`, failure: null });
    cache.flush();
    assert.is((await miss(place.open(), check())).reason, reason);
    place.write('src/a.py', 'x');
    assert.is((await miss(place.open(), check())).reason, 'src/a.py changed');
  });
}

test('a flaky pass is never stored', async () => {
  const place = scratch();
  place.write('src/a.py', '');
  const cache = place.open();
  assert.not((await cache.store(await miss(cache, check()), passed(), 'flaky')).stored);
  cache.flush();
  assert.is((await miss(place.open(), check())).reason, 'flaky last time');
});

test('CE_TASK_INPUT_CHANGED: inputs that changed while the check ran are never stored, not even when they were put back', async () => {
  const edits: readonly (readonly [(place: Place) => void, string])[] = [
    [(place) => place.write('src/a.py', 'other'), 'src/a.py changed'],
    [(place) => place.write('src/new.py', ''), 'src/new.py added'],
    [(place) => rmSync(join(place.root, 'src/a.py')), 'src/a.py removed'],
    [
      (place) => {
        place.write('src/a.py', 'other');
        place.write('src/a.py', 'same');
        utimesSync(join(place.root, 'src/a.py'), 1, 1);
      },
      'input files were written',
    ],
  ];
  for (const [edit, what] of edits) {
    const place = scratch();
    place.write('src/a.py', 'same');
    const cache = place.open();
    const found = await miss(cache, check());
    edit(place);
    // Another check looks in between: the first one's tree is still the one it was looked up on.
    await look(cache, check({ validator: 'other' }));
    const stored = await cache.store(found, passed(), 'steady');
    assert.not(stored.stored);
    if (!stored.stored) assert.is(stored.failure?.message, `${what} while ruff ran, so its result is not cached`);
    assert.equal(
      place.warnings.map((failure) => failure.code),
      ['CE_TASK_INPUT_CHANGED'],
    );
    cache.flush();
    assert.not('hit' in (await look(place.open(), check())));
  }
});

test('files beside the inputs may come and go while a check runs', async () => {
  const place = scratch();
  place.write('src/a.py', '');
  const cache = place.open();
  const only = check({ inputs: ['src/**/*.py'] });
  const found = await miss(cache, only);
  place.write('src/__pycache__/a.pyc', '1');
  place.write('src/report.xml', '1');
  assert.ok((await cache.store(found, passed(), 'steady')).stored);
});

test('unknown inputs are never cached; no inputs are', async () => {
  const place = scratch();
  const cases: readonly (readonly [ReturnType<typeof check>, string])[] = [
    [check({ inputs: null }), 'its inputs are not declared'],
    [check({ cache: false }), 'its cache is switched off'],
  ];
  for (const [unknown, reason] of cases) {
    const found = await miss(place.open(), unknown);
    assert.equal([found.miss, found.reason], [null, reason]);
    assert.not((await place.open().store(found, passed(), 'steady')).stored);
  }
  const unasked = await miss(place.open(), check(), { ...versions, tool: null });
  assert.equal([unasked.miss, unasked.reason], [null, 'the version of its tool is not known']);
  await pass(place.open(), check({ inputs: [] }));
  assert.ok('hit' in (await look(place.open(), check({ inputs: [] }))));
});

test('--force answers nothing from the cache, and stores what comes of it', async () => {
  const place = scratch();
  writeFileSync(join(place.root, 'a'), '');
  await pass(place.open(), check());
  const cache = place.open();
  const [forced] = await cache.lookup([check()], () => versions, 'refresh');
  assert.ok(forced !== undefined && 'miss' in forced && forced.reason === 'forced');
  if (forced === undefined || !('miss' in forced)) return;
  assert.ok((await cache.store(forced, passed({ durationMs: 99 }), 'steady')).stored);
  const answer = await look(cache, check());
  assert.is('hit' in answer ? answer.hit.durationMs : 0, 99);
});

test.run();
