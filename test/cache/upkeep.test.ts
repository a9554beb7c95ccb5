/** Keeping the cache small and honest: status, collection, clearing, audit, and the patches of implementers. */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { auditCache } from '../../core/cache/audit.ts';
import { cacheStatus, clearCache, collect, planCollection } from '../../core/cache/gc.ts';
import { implementKey, openImplementCache, type ImplementInputs } from '../../core/cache/implement-cache.ts';
import type { Check } from '../../core/model.ts';
import { check, look, miss, pass, passed, removeScratch, scratch, versions, type Place } from './place.ts';

test.after(removeScratch);

const DAY = 86_400_000;
const names = ['one', 'two', 'three'];

/** Three passed checks with a log of 10 kB each, used 3, 2 and 1 days ago. */
async function aged(): Promise<Place> {
  const place = scratch();
  place.write('src/a.py', '');
  for (const [i, validator] of names.entries()) {
    place.write('log', validator.repeat(10_000 / validator.length));
    await pass(place.open(), check({ validator }), passed({ log: join(place.root, 'log') }));
    const then = Date.now() / 1000 - ((3 - i) * DAY) / 1000;
    for (const folder of ['ac', 'cas']) for (const path of young(join(place.ceDir, 'cache', folder))) utimesSync(path, then, then);
  }
  return place;
}

function young(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && Date.now() - statSync(path).mtimeMs < DAY / 2);
}

/** Drops the tables, which make every entry of theirs recently used. */
function forgetUse(place: Place): void {
  const folder = join(place.ceDir, 'cache');
  for (const name of readdirSync(folder)) if (/^(?:results|index|history)-/.test(name)) utimesSync(join(folder, name), 1, 1);
}

test('status counts entries, blobs and bytes', async () => {
  const place = await aged();
  const status = cacheStatus(place.ceDir);
  assert.equal([status.entries, status.blobs], [3, 3]);
  assert.ok(status.bytes > 30_000);
  assert.is(Math.round((Date.now() - Date.parse(status.oldest ?? '')) / DAY), 3);
  assert.equal(cacheStatus(join(place.root, 'nowhere')), { entries: 0, blobs: 0, bytes: 0, oldest: null });
});

test('a collection removes what was used longest ago, with its blobs, down to the limit', async () => {
  const place = await aged();
  forgetUse(place);
  const plan = planCollection(place.ceDir, 24_000, Date.now());
  assert.equal([plan.entries, plan.blobs], [1, 1]);
  assert.ok(plan.bytesLeft <= 24_000);
  assert.is(cacheStatus(place.ceDir).entries, 3);
  collect(plan);
  assert.is(cacheStatus(place.ceDir).bytes, plan.bytesLeft);
  const answers = await place.open().lookup(
    names.map((validator) => check({ validator })),
    () => versions,
  );
  assert.equal(
    answers.map((answer) => 'hit' in answer),
    [false, true, true],
  );
  assert.equal(place.warnings, []);
});

test('an entry that a checkout answers from its own table counts as used', async () => {
  const place = await aged();
  const plan = planCollection(place.ceDir, 0, Date.now());
  assert.is(plan.entries, 0);
});

test('a hit that reads the store makes its entry recent', async () => {
  const place = await aged();
  forgetUse(place);
  collect({ ...planCollection(place.ceDir, Infinity, Date.now()) });
  assert.ok('hit' in (await look(place.open(), check({ validator: 'one' }))));
  const plan = planCollection(place.ceDir, 0, Date.now());
  assert.is(plan.entries, 2);
});

test('what may be in the making is never removed; what a dead process left is', async () => {
  const place = await aged();
  const pending = join(place.ceDir, 'cache/tmp');
  writeFileSync(join(pending, 'now'), 'half');
  writeFileSync(join(pending, 'dead'), 'half');
  writeFileSync(join(place.ceDir, 'cache/cas/orphan'), 'blob whose entry comes next');
  utimesSync(join(pending, 'dead'), 1, 1);
  collect(planCollection(place.ceDir, Infinity, Date.now()));
  assert.equal([existsSync(join(pending, 'now')), existsSync(join(pending, 'dead')), existsSync(join(place.ceDir, 'cache/cas/orphan'))], [true, false, true]);
});

test('clear empties the cache, and the next run starts anew', async () => {
  const place = await aged();
  assert.ok(clearCache(place.ceDir) > 30_000);
  assert.is(cacheStatus(place.ceDir).bytes, 0);
  assert.is((await miss(place.open(), check({ validator: 'one' }))).reason, 'never run here');
  assert.equal(place.warnings, []);
});

test('an audit runs cached checks again, and a verdict that does not hold leaves the cache', async () => {
  const place = await aged();
  const checks = [...names.map((validator) => check({ validator })), check({ validator: 'uncached' })];
  const ran: string[] = [];
  const run = (one: Check): Promise<ReturnType<typeof passed>> => {
    ran.push(one.validator);
    return Promise.resolve(passed({ verdict: one.validator === 'two' ? 'fail' : 'pass' }));
  };
  const audit = await auditCache(place.open(), { checks, versionsOf: () => versions, run, sample: null });
  assert.equal(ran, names);
  assert.equal(
    audit.lines.map((line) => line.finding),
    ['same', 'different', 'same'],
  );
  const answers = await place.open().lookup(checks, () => versions);
  assert.equal(
    answers.map((answer) => 'hit' in answer),
    [true, false, true, false],
  );
  const sampled = await auditCache(place.open(), { checks, versionsOf: () => versions, run, sample: 1 });
  assert.equal([sampled.lines.length, sampled.cached], [1, 2]);
});

test('an audit proves nothing when the inputs changed while it ran', async () => {
  const place = await aged();
  const run = (): Promise<ReturnType<typeof passed>> => {
    place.write('src/a.py', 'x');
    return Promise.resolve(passed({ verdict: 'fail' }));
  };
  const audit = await auditCache(place.open(), { checks: [check({ validator: 'one' })], versionsOf: () => versions, run, sample: null });
  assert.equal(
    audit.lines.map((line) => line.finding),
    ['changed'],
  );
  place.write('src/a.py', '');
  assert.ok('hit' in (await look(place.open(), check({ validator: 'one' }))));
});

const inputs: ImplementInputs = { spec: 'a'.repeat(64), implementer: { name: 'blueprint', version: '1', options: { a: 1, b: 2 } }, tree: 'b'.repeat(40) };

test('a phase that was implemented before is replayed: new files, changes, deletions, the executable bit', async () => {
  const place = scratch();
  const cache = openImplementCache(place.ceDir, (failure) => place.warnings.push(failure));
  const patch = [
    { path: 'src/a.ts', content: 'export {};\n', executable: false },
    { path: 'bin/run', content: '#!/bin/sh\n', executable: true },
    { path: 'old.ts', content: null, executable: false },
    { path: 'empty', content: '', executable: false },
  ];
  assert.is(cache.get(implementKey(inputs)), null);
  assert.ok(await cache.put(implementKey(inputs), patch));
  assert.equal(openImplementCache(place.ceDir, () => undefined).get(implementKey(inputs)), patch);
});

test('spec, implementer and starting tree are in the key of a patch; the order of options is not', () => {
  const { implementer } = inputs;
  const others = [
    { ...inputs, spec: 'c' },
    { ...inputs, tree: 'c' },
    ...[{ name: 'x' }, { version: '2' }, { options: null }].map((change) => ({ ...inputs, implementer: { ...implementer, ...change } })),
  ];
  assert.is(new Set([inputs, ...others].map(implementKey)).size, 6);
  assert.is(implementKey({ ...inputs, implementer: { ...implementer, options: { b: 2, a: 1 } } }), implementKey(inputs));
});

test('a patch with a blob that is altered or gone is a miss; one that is no text or leaves the tree is not kept', async () => {
  const place = scratch();
  const cache = openImplementCache(place.ceDir, (failure) => place.warnings.push(failure));
  const key = implementKey(inputs);
  await cache.put(key, [{ path: 'a', content: 'one', executable: false }]);
  const [blob = ''] = young(join(place.ceDir, 'cache/cas'));
  writeFileSync(blob, 'two');
  assert.is(cache.get(key), null);
  assert.equal(
    place.warnings.map((failure) => failure.code),
    ['CE_CACHE_CORRUPT'],
  );
  for (const path of ['../a', '/a', 'a/../../b', '.git/hooks/pre-commit', '.GIT/config', 'git~1/config', 'a\\b', 'C:/x', '.ce/x', '']) {
    assert.not(await cache.put(key, [{ path, content: 'x', executable: false }]), path);
  }
  assert.not(await cache.put(key, [{ path: 'a.png', content: 'PNG\uFFFD', executable: false }]));
});

test.run();
