/** The cache under damage, death, full disks and missing rights: a miss and a warning, never a failed run and never a wrong hit. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clearCache } from '../../core/cache/gc.ts';
import { openCache } from '../../core/cache/lookup.ts';
import { openMemo } from '../../core/cache/memo.ts';
import { claimLayout } from '../../core/cache/origin.ts';
import { CRASH_POINTS } from '../../core/crash.ts';
import type { Failure } from '../../core/errors.ts';
import { bundled } from '../bundle.ts';
import { check, look, miss, pass, passed, removeScratch, scratch, settle, versions, type Place } from './place.ts';

test.after(removeScratch);

const ONE_RUN = fileURLToPath(new URL('one-run.ts', import.meta.url));
const NODE = [process.execPath, ...(await bundled(ONE_RUN))];

interface Ran {
  readonly signal: string | null;
  readonly reasons: readonly string[];
  readonly warnings: readonly Failure[];
}

function run(place: Place, change: { readonly crashAt?: string; readonly user?: string; readonly through?: readonly string[] } = {}): Ran {
  const [program = '', ...args] = [...(change.through ?? []), ...NODE, place.root, place.ceDir, change.user ?? '-'];
  const env = { ...process.env, ...(change.crashAt === undefined ? {} : { CE_CRASH_AT: change.crashAt }) };
  const { signal, stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (signal === null && status !== 0) throw new Error(stderr);
  return signal === null ? { signal, ...(JSON.parse(stdout) as Omit<Ran, 'signal'>) } : { signal, reasons: [], warnings: [] };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** A place with one passed check, its log, its tables and one more action. */
async function filled(): Promise<Place> {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  place.write('out/log', 'all good\n');
  await settle();
  const cache = place.open();
  await pass(cache, check(), passed({ log: join(place.root, 'out/log') }));
  await pass(cache, check({ validator: 'pytest' }), passed());
  return place;
}

test('row 32: a bit flipped anywhere in any file of the cache never makes a wrong hit', async () => {
  const place = await filled();
  const origin = join(place.ceDir, 'cache/origin');
  for (const path of filesBelow(place.ceDir).filter((name) => name !== origin)) {
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += Math.max(1, Math.floor(whole.length / 60))) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, bytes);
      const answer = await look(place.open(), check());
      if ('hit' in answer) assert.is(answer.hit.verdict, 'pass');
      place.write('src/a.py', 'x = 2\n');
      assert.not('hit' in (await look(place.open(), check())), `${path} at ${at}`);
      place.write('src/a.py', 'x = 1\n');
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, whole);
    }
  }
  assert.ok('hit' in (await look(place.open(), check())));
  writeFileSync(origin, '0 0');
  assert.not('hit' in (await look(place.open(), check())));
  assert.ok(place.warnings.length > 0);
  assert.ok(place.warnings.every((failure) => failure.code === 'CE_CACHE_CORRUPT' && failure.place !== undefined));
});

test('row 32: a file cut short, emptied or gone is a miss or a right hit, one warning, and is made again', async () => {
  const tables = ['index', 'results', 'history', 'cas', 'ac'];
  for (const kind of tables) {
    for (const keep of [0, 1, 0.5]) {
      const place = await filled();
      const victims = filesBelow(join(place.ceDir, 'cache')).filter((path) => path.slice(place.ceDir.length).startsWith(`/cache/${kind}`));
      assert.ok(victims.length > 0, kind);
      for (const path of victims) writeFileSync(path, readFileSync(path).subarray(0, keep === 1 ? 1 : Math.floor(statSync(path).size * keep)));
      if (kind === 'cas' || kind === 'ac') rmSync(filesBelow(join(place.ceDir, 'cache')).find((path) => path.includes('/results-')) ?? '');
      const answer = await look(place.open(), check());
      if (kind === 'index' || kind === 'results' || kind === 'history') assert.ok('hit' in answer, kind);
      else assert.not('hit' in answer, kind);
      if (kind !== 'history')
        assert.equal(
          place.warnings.map((failure) => failure.code),
          ['CE_CACHE_CORRUPT'],
          kind,
        );
      if ('miss' in answer) await pass(place.open(), check());
      assert.ok('hit' in (await look(place.open(), check())));
    }
  }
});

test('row 32: an entry under the name of another key, and a blob under the name of another, are not taken', async () => {
  const place = await filled();
  const [first = '', second = ''] = filesBelow(join(place.ceDir, 'cache/ac'));
  const held = readFileSync(first);
  copyFileSync(second, first);
  writeFileSync(second, held);
  rmSync(filesBelow(join(place.ceDir, 'cache')).find((path) => path.includes('/results-')) ?? '');
  assert.not('hit' in (await look(place.open(), check())));
  assert.equal(
    place.warnings.map((failure) => failure.code),
    ['CE_CACHE_CORRUPT'],
  );
});

test('an entry whose log is gone is a miss, and a log that was altered is not read', async () => {
  const place = await filled();
  const hit = await look(place.open(), check());
  assert.ok('hit' in hit && hit.hit.log !== null);
  const log = 'hit' in hit ? (hit.hit.log ?? '') : '';
  assert.is(place.open().readLog(log)?.toString(), 'all good\n');
  writeFileSync(log, 'all bad\n');
  assert.is(place.open().readLog(log), null);
  rmSync(filesBelow(join(place.ceDir, 'cache')).find((path) => path.includes('/results-')) ?? '');
  assert.not('hit' in (await look(place.open(), check())));
});

test('a file of another version of ce is passed over in silence', async () => {
  const place = await filled();
  for (const path of filesBelow(join(place.ceDir, 'cache')).filter((name) => /(?:index|results|history)-/.test(name))) {
    const bytes = readFileSync(path);
    bytes.write('99', 6, 'latin1');
    writeFileSync(path, bytes);
  }
  assert.ok('hit' in (await look(place.open(), check())));
  assert.equal(place.warnings, []);
});

test('a process killed at any named point leaves a cache that answers right', async () => {
  const points = CRASH_POINTS.filter((name) => /^cache\.(?:blob|action|index|results|history)\./.test(name));
  assert.ok(points.length >= 12);
  for (const crashAt of points) {
    const place = scratch();
    place.write('src/a.py', 'x = 1\n');
    assert.is(run(place, { crashAt }).signal, 'SIGKILL', crashAt);
    const stands = crashAt === 'cache.action.rename.after' || /index|results|history/.test(crashAt);
    assert.is('hit' in (await look(place.open(), check())), stands, crashAt);
    if (!stands) await pass(place.open(), check());
    assert.ok('hit' in (await look(place.open(), check())), crashAt);
    place.write('src/a.py', 'x = 2\n');
    assert.not('hit' in (await look(place.open(), check())), crashAt);
    assert.equal(place.warnings, [], crashAt);
    place.remove();
  }
});

test('a cache that may only be read still answers, and says once that it cannot be written', async () => {
  const place = await filled();
  const folders = [
    place.ceDir,
    ...readdirSync(place.ceDir, { recursive: true, encoding: 'utf8' })
      .map((name) => join(place.ceDir, name))
      .filter((path) => statSync(path).isDirectory()),
  ];
  for (const folder of folders) chmodSync(folder, 0o555);
  chmodSync(place.root, 0o755);
  const { reasons, warnings } = run(place, { user: process.getuid?.() === 0 ? '65534' : '-' });
  assert.equal(reasons, ['hit', 'hit', 'the cache could not be written']);
  assert.equal(
    warnings.map((failure) => failure.code),
    ['CE_CACHE_WRITE'],
  );
  assert.is(warnings[0]?.why, 'the folder is read-only');
  for (const folder of folders) chmodSync(folder, 0o755);
});

test('a folder that is no folder is a cache that is never there', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  place.write('.ce', 'not a folder');
  const cache = place.open();
  const stored = await cache.store(await miss(cache, check()), passed(), 'steady');
  cache.flush();
  assert.equal(stored, { stored: false, reason: 'the cache could not be written', failure: null });
  assert.is(place.warnings.filter((failure) => failure.code === 'CE_CACHE_WRITE').length, 1);
  assert.not('hit' in (await look(place.open(), check())));
});

/** A mount of its own, without rights over the machine: Linux only. */
const OWN_MOUNTS = ['unshare', '-rm'] as const;
const canMount = spawnSync(OWN_MOUNTS[0], [OWN_MOUNTS[1], 'true']).status === 0;

(canMount ? test : test.skip)('a full disk costs the entry and one warning, and leaves no half file', () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  mkdirSync(place.ceDir);
  const script =
    'mount -t tmpfs -o size=16k tmpfs "$0" && head -c 12288 /dev/zero > "$0/ballast" && "$@"; code=$?; find "$0/cache/tmp" -type f | wc -l >&2; exit $code';
  const [program = '', ...args] = NODE;
  const { stdout, stderr, status } = spawnSync(
    OWN_MOUNTS[0],
    [OWN_MOUNTS[1], 'sh', '-c', script, place.ceDir, program, ...args, place.root, place.ceDir, '-'],
    {
      encoding: 'utf8',
    },
  );
  assert.is(status, 0, stderr);
  const { reasons, warnings } = JSON.parse(stdout) as Ran;
  assert.equal(
    reasons,
    Array.from({ length: 3 }, () => 'the cache could not be written'),
  );
  assert.equal(
    warnings.map((failure) => [failure.code, failure.why]),
    [['CE_CACHE_WRITE', 'the disk is full']],
  );
  assert.is(stderr.trim(), '0');
});

test('row 40: a cache that came with a clone or a copy is neither believed nor touched, until it is cleared', async () => {
  const place = await filled();
  const copy = scratch();
  copy.write('src/a.py', 'x = 1\n');
  cpSync(place.ceDir, copy.ceDir, { recursive: true });
  const before = filesBelow(copy.ceDir);
  const cache = copy.open();
  const stored = await cache.store(await miss(cache, check()), passed(), 'steady');
  cache.flush();
  assert.not(stored.stored);
  assert.equal(filesBelow(copy.ceDir), before);
  assert.equal(
    copy.warnings.map((failure) => [failure.code, failure.place?.file]),
    [['CE_CACHE_CORRUPT', join(copy.ceDir, 'cache')]],
  );
  clearCache(copy.ceDir);
  await pass(copy.open(), check());
  assert.ok('hit' in (await look(copy.open(), check())));
  assert.is(copy.warnings.length, 1);
  renameSync(copy.ceDir, join(copy.root, 'moved'));
  assert.ok('hit' in (await look(openCache({ root: copy.root, ceDir: join(copy.root, 'moved'), env: {}, warn: () => undefined }), check())));
});

test('row 40: CE_TRUST=1 takes over a cache that was restored', async () => {
  const place = await filled();
  const copy = scratch();
  cpSync(place.ceDir, copy.ceDir, { recursive: true });
  const silent = (): never => {
    throw new Error('nothing to tell');
  };
  assert.is(claimLayout(copy.ceDir, copy.root, silent, '1').access, 'open');
  copy.write('src/a.py', 'x = 1\n');
  assert.ok('hit' in (await look(copy.open(), check())));
  assert.equal(copy.warnings, []);
});

test('opening a cache removes nothing, whatever folder it is pointed at', () => {
  const place = scratch();
  place.write('cache/precious', 'not of ce');
  place.write('cache/memo/also', 'not of ce');
  openCache({ root: place.root, ceDir: place.root, env: {}, warn: (failure) => place.warnings.push(failure) });
  openMemo(join(place.root, 'cache/memo')).get('x');
  openMemo(join(place.root, 'somewhere')).get('x');
  assert.equal(
    filesBelow(place.root)
      .map((path) => path.slice(place.root.length))
      .sort(),
    ['/cache/memo/also', '/cache/precious'],
  );
});

test('two processes at once share a cache', async () => {
  const place = await filled();
  const [one, two] = [place.open(), place.open()];
  const other = check({ validator: 'tsc' });
  const [first, second] = [await miss(one, other), await miss(two, other)];
  const stored = await Promise.all([one.store(first, passed(), 'steady'), two.store(second, passed(), 'steady')]);
  assert.ok(stored.every((outcome) => outcome.stored));
  one.flush();
  two.flush();
  assert.ok('hit' in (await look(place.open(), other, versions)));
  assert.equal(place.warnings, []);
  assert.is(execFileSync('find', [join(place.ceDir, 'cache/tmp'), '-type', 'f'], { encoding: 'utf8' }), '');
});

test.run();
