/** Whether a verdict is taken from the cache: never when the tree differs from the one that was judged. */
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HASH_BYTES } from '../../core/cache/stat-columns.ts';
import { createStatIndex, type StatIndex } from '../../core/cache/stat-index.ts';
import { check, look, miss, pass, passed, removeScratch, scratch, settle, versions, type Place } from './place.ts';

test.after(removeScratch);

test('a passed check is a hit in the next process, and says so', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  await pass(place.open(), check(), passed({ durationMs: 34, tests: { run: 3, passed: 3, failed: 0, skipped: 0 } }));
  const answer = await look(place.open(), check());
  assert.ok('hit' in answer);
  if (!('hit' in answer)) return;
  assert.equal(answer.hit, passed({ cached: true, durationMs: 34, tests: { run: 3, passed: 3, failed: 0, skipped: 0 } }));
});

test('an edit of the same size with its mtime put back is seen', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  await settle();
  await pass(place.open(), check());
  const before = statSync(join(place.root, 'src/a.py'));
  writeFileSync(join(place.root, 'src/a.py'), 'x = 2\n');
  utimesSync(join(place.root, 'src/a.py'), before.atime, before.mtime);
  assert.is((await miss(place.open(), check())).reason, 'src/a.py changed');
});

/** The digest that the index gives for one file, and its sections with the times of `after` put in: what a coarse clock would leave. */
function hashWithTimes(place: Place, sections: readonly Buffer[] | null): { readonly hash: string; readonly index: StatIndex } {
  if (sections !== null) {
    const { mtimeMs, ctimeMs, size, ino } = statSync(join(place.root, 'a.py'));
    [mtimeMs, ctimeMs, size, ino].forEach((value, i) => sections[i + 1]?.writeDoubleLE(value));
  }
  const index = createStatIndex(place.root, sections);
  const bytes = new Uint8Array(HASH_BYTES);
  index.begin();
  index.check(index.row('a.py'));
  index.copyHashes(Int32Array.of(0), bytes, 0);
  return { hash: Buffer.from(bytes).toString('hex'), index };
}

test('a file that was looked at within a tick of its last change is hashed again, even when size and times are the same', async () => {
  const place = scratch();
  place.write('a.py', 'x = 1\n');
  const racy = hashWithTimes(place, null);
  place.write('a.py', 'x = 2\n');
  const second = hashWithTimes(place, racy.index.encode(Int32Array.of(0)));
  assert.is.not(second.hash, racy.hash);
  await settle();
  const settled = hashWithTimes(place, null);
  place.write('a.py', 'x = 3\n');
  // The times are forged, so the settled row is believed: it is by the margin alone that the racy one was not.
  assert.is(hashWithTimes(place, settled.index.encode(Int32Array.of(0))).hash, settled.hash);
});

test('a touched file with the same content is a hit', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  await pass(place.open(), check());
  utimesSync(join(place.root, 'src/a.py'), 1, 1);
  assert.ok('hit' in (await look(place.open(), check())));
});

test('one cache that stays open sees the tree as it is at each look', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  const cache = place.open();
  await pass(cache, check());
  place.write('src/b.py', 'y = 1\n');
  assert.is((await miss(cache, check())).reason, 'src/b.py added');
  rmSync(join(place.root, 'src/b.py'));
  assert.ok('hit' in (await look(cache, check())));
});

test('a file that is named and missing is an input: its coming is a change', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  const one = check({ inputs: ['src/**', 'ruff.toml'] });
  await pass(place.open(), one);
  place.write('ruff.toml', 'line-length = 80\n');
  assert.is((await miss(place.open(), one)).reason, 'ruff.toml added');
});

test('two lists of globs over the same folder do not hide a change from each other', async () => {
  const place = scratch();
  place.write('src/a.py', 'x = 1\n');
  const all = check({ inputs: ['src/**'] });
  const python = check({ validator: 'pytest', inputs: ['src/**/*.py'] });
  await pass(place.open(), all);
  await pass(place.open(), python);
  await settle();
  place.write('src/b.py', 'y = 1\n');
  const first = place.open();
  assert.not('hit' in (await look(first, all)));
  first.flush();
  assert.is((await miss(place.open(), python)).reason, 'src/b.py added');
});

test('the verdict of one worktree is a hit in another with the same files, and no path of a checkout is in the key', async () => {
  const one = scratch();
  const two = scratch(one.ceDir);
  for (const place of [one, two]) place.write('src/a.py', 'x = 1\n');
  const at = (place: Place): ReturnType<typeof check> => check({ env: ['VIRTUAL_ENV'], command: { argv: [`${place.root}/.venv/bin/ruff`, 'check'] } });
  await pass(one.open({ VIRTUAL_ENV: `${one.root}/.venv` }), at(one));
  assert.ok('hit' in (await look(two.open({ VIRTUAL_ENV: `${two.root}/.venv` }), at(two))));
  two.write('src/a.py', 'x = 2\n');
  assert.not('hit' in (await look(two.open({ VIRTUAL_ENV: `${two.root}/.venv` }), at(two))));
  assert.ok('hit' in (await look(one.open({ VIRTUAL_ENV: `${one.root}/.venv` }), at(one))));
});

type Edit = readonly [kind: string, a: number, b: number];

const FILES = ['src/a.ts', 'src/b.ts', 'src/deep/c.ts', 'src/deep/d.js', 'lib/e.ts', 'lib/gen/f.ts', 'tsconfig.json', 'notes.md'];
const FOLDERS = ['src', 'src/deep', 'lib', 'lib/gen'];
const CHECKS = [
  check({ inputs: ['src/**/*.ts', 'tsconfig.json'] }),
  check({ validator: 'b', inputs: ['**/*.ts', '!lib/gen/**'] }),
  check({ validator: 'c', inputs: ['lib', 'src/*.ts'] }),
  check({ validator: 'd', inputs: ['**'] }),
];

/** Does one random thing to the tree; does nothing where it makes no sense. */
function apply(root: string, [kind, a, b]: Edit): void {
  const file = join(root, FILES[a % FILES.length] ?? '');
  const other = join(root, FILES[b % FILES.length] ?? '');
  const folder = join(root, FOLDERS[a % FOLDERS.length] ?? '');
  const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const hasParent = (path: string): boolean => existsSync(join(path, '..'));
  if (kind === 'write' && hasParent(file) && (isFile(file) || !lstatSync(file, { throwIfNoEntry: false }))) writeFileSync(file, `text ${b % 3}\n`);
  else if (kind === 'sneak' && isFile(file)) {
    const { atime, mtime } = statSync(file);
    writeFileSync(file, `text ${b % 3}\n`);
    utimesSync(file, atime, mtime);
  } else if (kind === 'rename' && isFile(file) && hasParent(other) && file !== other) renameSync(file, other);
  else if (kind === 'delete') rmSync(file, { force: true, recursive: true });
  else if (kind === 'chmod' && isFile(file)) chmodSync(file, b % 2 === 0 ? 0o755 : 0o644);
  else if (kind === 'touch' && isFile(file)) utimesSync(file, b, b);
  else if (kind === 'mkdir') mkdirSync(folder, { recursive: true });
  else if (kind === 'rmdir') rmSync(folder, { recursive: true, force: true });
  else if (kind === 'link' && hasParent(file) && !lstatSync(file, { throwIfNoEntry: false }))
    symlinkSync(b % 3 === 0 ? 'b.ts' : b % 3 === 1 ? 'nowhere' : '../lib', file);
  else if (kind === 'ignore') writeFileSync(join(root, '.gitignore'), ['', 'gen/\n', '*.js\n', '/src/deep\n', '*.ts\n!a.ts\n'][b % 5] ?? '');
  else if (kind === 'swap' && existsSync(folder)) {
    cpSync(folder, `${folder}.copy`, { recursive: true, verbatimSymlinks: true });
    rmSync(folder, { recursive: true });
    renameSync(`${folder}.copy`, folder);
  }
}

const KINDS = ['write', 'write', 'write', 'sneak', 'rename', 'delete', 'chmod', 'touch', 'mkdir', 'rmdir', 'link', 'ignore', 'swap'];

/** The key that a cache with no memory gives, and what it says instead of one. */
async function fromScratch(place: Place): Promise<readonly (string | null)[]> {
  const blank = scratch();
  const { openCache } = await import('../../core/cache/lookup.ts');
  const cache = openCache({ root: place.root, ceDir: join(blank.root, 'ce'), env: {}, warn: () => undefined });
  const answers = await cache.lookup(CHECKS, () => versions);
  blank.remove();
  return answers.map((answer) => ('hit' in answer ? 'hit without memory' : answer.miss));
}

test('law: after any edits the cache answers as if it computed everything anew', async () => {
  const edit = fc.tuple(fc.constantFrom(...KINDS), fc.nat(40), fc.nat(40));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(edit, fc.boolean()), { minLength: 4, maxLength: 14 }), async (edits) => {
      const place = scratch();
      for (const path of FILES) place.write(path, 'text 0\n');
      const stored = new Set<string>();
      let cache = place.open();
      for (const [step, reopens] of edits) {
        apply(place.root, step);
        const expected = await fromScratch(place);
        const answers = await cache.lookup(CHECKS, () => versions);
        assert.equal(
          answers.map((answer) => ('hit' in answer ? answer.key : answer.miss)),
          expected,
          `after ${JSON.stringify(step)} in ${readdirSync(place.root).join(' ')}`,
        );
        for (const answer of answers) {
          const key = 'hit' in answer ? answer.key : answer.miss;
          assert.is('hit' in answer, key !== null && stored.has(key));
          if ('miss' in answer && key !== null && (await cache.store(answer, passed(), 'steady')).stored) stored.add(key);
        }
        if (!reopens) continue;
        cache.flush();
        await settle();
        cache = place.open();
      }
      assert.equal(place.warnings, []);
      place.remove();
    }),
    { numRuns: 15 },
  );
});

test.run();
