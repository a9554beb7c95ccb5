/** Which files are a check's inputs. git is the judge of what is ignored. */
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isIgnored, parseIgnoreFile } from '../../core/cache/ignore-rules.ts';
import { expandInputs } from '../../core/cache/inputs.ts';
import { createStatIndex } from '../../core/cache/stat-index.ts';
import { check, look, miss, pass, removeScratch, scratch, versions, type Place } from './place.ts';

test.after(removeScratch);

function git(place: Place, args: readonly string[], input = ''): string {
  const env = { PATH: process.env['PATH'], HOME: place.root, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-c', 'core.excludesFile=', ...args], { cwd: place.root, input, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

function expand(place: Place, globs: readonly string[]): readonly string[] {
  const index = createStatIndex(place.root, null);
  index.begin();
  const found = expandInputs(globs, place.root, index, picomatch);
  assert.is(found.obstacle, null);
  return found.members.map((row) => index.path(row));
}

test('globs, negation, order and files that start with a dot', () => {
  const place = scratch();
  for (const path of [
    'src/b.ts',
    'src/a.ts',
    'src/gen/c.ts',
    'src/gen/keep.ts',
    'src/.hidden.ts',
    'a.json',
    'x/a.json',
    'node_modules/p/i.ts',
    'src/node_modules/q.ts',
    '.ce/cache/x.ts',
  ])
    place.write(path, '');
  assert.equal(expand(place, ['**/*.ts']), ['src/.hidden.ts', 'src/a.ts', 'src/b.ts', 'src/gen/c.ts', 'src/gen/keep.ts']);
  assert.equal(expand(place, ['src/**', '!src/gen/**', 'src/gen/keep.ts']), ['src/.hidden.ts', 'src/a.ts', 'src/b.ts', 'src/gen/keep.ts']);
  assert.equal(expand(place, ['*.json']), ['a.json']);
  assert.equal(expand(place, ['{x,src}/a.*']), ['src/a.ts', 'x/a.json']);
  assert.equal(expand(place, ['src/gen', './a.json']), ['a.json', 'src/gen/c.ts', 'src/gen/keep.ts']);
  assert.equal(expand(place, ['*/gen/']), ['src/gen/c.ts', 'src/gen/keep.ts']);
  assert.equal(expand(place, ['missing.toml', 'nothing/**']), ['missing.toml']);
  assert.equal(expand(place, []), []);
});

test('an ignored file is an input only when a pattern names it or its folder', () => {
  const place = scratch();
  for (const path of ['src/a.ts', 'dist/a.ts', 'dist/deep/b.ts', '.env', 'node_modules/.package-lock.json']) place.write(path, '');
  place.write('.gitignore', 'dist/\n.env\nnode_modules\n');
  assert.equal(expand(place, ['**/*.ts', '**/.env']), ['src/a.ts']);
  assert.equal(expand(place, ['dist/**/*.ts', '.env', 'node_modules/.package-lock.json']), [
    '.env',
    'dist/a.ts',
    'dist/deep/b.ts',
    'node_modules/.package-lock.json',
  ]);
});

test('an installed Python environment and what Python derives are no inputs', () => {
  const place = scratch();
  for (const path of ['src/a.py', 'src/__pycache__/a.pyc', 'env/pyvenv.cfg', 'env/lib/b.py']) place.write(path, '');
  assert.equal(expand(place, ['**']), ['src/a.py']);
});

test("a glob that leaves the repository, or names git's or ce's own files, is never cached", async () => {
  const place = scratch();
  for (const glob of ['../other/**', '/etc/*', '.git/HEAD', '.ce/**', 'C:/x']) {
    const answer = await miss(place.open(), check({ inputs: [glob] }));
    assert.is(answer.miss, null);
    assert.match(answer.reason, glob);
  }
});

test('a link inside the root counts by its content and by where it leads; one that leaves it is never cached', async () => {
  const place = scratch();
  place.write('lib/a.py', '1');
  place.write('lib/b.py', '1');
  mkdirSync(join(place.root, 'src'));
  symlinkSync('../lib/a.py', join(place.root, 'src/link.py'));
  symlinkSync('../lib', join(place.root, 'src/lib'));
  symlinkSync('..', join(place.root, 'src/up'));
  symlinkSync('loop', join(place.root, 'src/loop'));
  assert.equal(expand(place, ['src/**']), ['src/lib/a.py', 'src/lib/b.py', 'src/link.py', 'src/loop']);
  await pass(place.open(), check());
  place.write('lib/b.py', '2');
  assert.is((await miss(place.open(), check())).reason, 'src/lib/b.py changed');
  place.write('lib/b.py', '1');
  assert.ok('hit' in (await look(place.open(), check())));
  unlinkSync(join(place.root, 'src/link.py'));
  symlinkSync('/etc/hostname', join(place.root, 'src/link.py'));
  const out = await miss(place.open(), check());
  assert.is(out.miss, null);
  assert.is(out.reason, 'src/link.py leads out of the repository');
});

test('a named file that becomes a link out of the repository is no longer cached', async () => {
  const place = scratch();
  const other = scratch();
  for (const { write } of [place, other]) write('tsconfig.json', '{}');
  const one = check({ inputs: ['tsconfig.json'] });
  await pass(place.open(), one);
  unlinkSync(join(place.root, 'tsconfig.json'));
  symlinkSync(join(other.root, 'tsconfig.json'), join(place.root, 'tsconfig.json'));
  assert.is((await miss(place.open(), one)).reason, 'tsconfig.json leads out of the repository');
});

test('a named file that becomes a folder means all that is in it', async () => {
  const place = scratch();
  place.write('config', 'x');
  const one = check({ inputs: ['config'] });
  await pass(place.open(), one);
  unlinkSync(join(place.root, 'config'));
  place.write('config/a.json', '{}');
  assert.is((await miss(place.open(), one)).reason, '2 files changed: config/a.json, config');
});

test('a file that cannot be read is never cached', async () => {
  if (process.getuid?.() === 0) {
    const place = scratch();
    execFileSync('mkfifo', [join(place.root, 'pipe')]);
    assert.is((await miss(place.open(), check({ inputs: ['pipe'] }))).reason, "pipe can't be read");
    return;
  }
  const place = scratch();
  place.write('src/a.py', '1');
  chmodSync(join(place.root, 'src/a.py'), 0o000);
  const answer = await miss(place.open(), check());
  assert.is(answer.miss, null);
  assert.is(answer.reason, "src/a.py can't be read as a file");
});

test('the executable bit is part of an input', async () => {
  const place = scratch();
  place.write('src/a.sh', 'true\n');
  chmodSync(join(place.root, 'src/a.sh'), 0o644);
  await pass(place.open(), check());
  chmodSync(join(place.root, 'src/a.sh'), 0o755);
  assert.is((await miss(place.open(), check())).reason, 'src/a.sh changed');
});

const PIECES = ['a', 'b', 'ab', 'a.b', '*', '**', '?', '[ab]', '[!a]', '[^b-z]', '\\a', '*.b', 'a*', ' ', '[[:alpha:]]', '\\ ', '[', '#', '!', 'é'];
const NAMES = ['a', 'b', 'ab', 'a.b', 'abb', 'c', 'a b', '#a', '!b', 'é', '[', 'a '];

test('law: what a .gitignore ignores is what git says', () => {
  const place = scratch();
  git(place, ['init', '-q']);
  const line = fc
    .tuple(
      fc.constantFrom('', '!', '/', '**/', '!/'),
      fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', '', '/', '/**/')), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/', '/**', ' ', '\r'),
    )
    .map(([start, pieces, end]) => start + pieces.flat().join('') + end)
    // git reads `a**/` as `**/` after a literal start, against its own manual.
    .filter((one) => !/[^/!]\*\*|\*\*[^/\r ]/.test(one));
  const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.array(path, { minLength: 8, maxLength: 12 }), (lines, paths) => {
      place.write('.gitignore', lines.join('\n'));
      const rules = [parseIgnoreFile('', lines.join('\n'))];
      // git says it of a path and its parents together; each path that does not exist is taken as a file.
      const ours = paths.filter((one) => one.split('/').some((_, i, names) => isIgnored(rules, names.slice(0, i + 1).join('/'), i < names.length - 1)));
      let said = '';
      try {
        said = git(place, ['check-ignore', '--no-index', '-z', '--stdin'], paths.join('\0'));
      } catch (thrown) {
        // Exit 1 is "none of them".
        if (!(thrown instanceof Error && 'status' in thrown && thrown.status === 1)) throw thrown;
      }
      assert.equal([...new Set(ours)].sort(), [...new Set(said.split('\0').filter(Boolean))].sort(), JSON.stringify(lines));
    }),
    { numRuns: 150 },
  );
});

const PATHS = ['src/a.ts', 'src/b.ts', 'src/deep/c.ts', 'src/deep/d.js', 'lib/gen/e.ts', 'top.ts'];
const GLOBS = [['**/*.ts'], ['src/**', '!src/deep/*.js'], ['src/*.ts', '*.ts'], ['**/deep/**']];

test('law: the key changes exactly when a file that git and the globs name changes', async () => {
  const edit = fc.tuple(fc.constantFrom('write', 'delete', 'rename', 'chmod', 'ignore', 'ignore-deep'), fc.nat(20), fc.nat(20));
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 3, maxLength: 8 }), async (edits) => {
      const place = scratch();
      git(place, ['init', '-q']);
      for (const path of PATHS) place.write(path, '0');
      const cache = place.open();
      const known = GLOBS.map(() => ({ byKey: new Map<string, string>(), byTree: new Map<string, string>() }));
      for (const [kind, a, b] of edits) {
        const path = join(place.root, PATHS[a % PATHS.length] ?? '');
        const there = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
        if (kind === 'write') place.write(PATHS[a % PATHS.length] ?? '', String(b % 3));
        else if (kind === 'delete') rmSync(path, { force: true });
        else if (kind === 'chmod' && there) chmodSync(path, b % 2 === 0 ? 0o755 : 0o644);
        else if (kind === 'rename' && there) renameSync(path, join(place.root, `src/r${b % 3}.ts`));
        else if (kind === 'ignore') place.write('.gitignore', ['gen/', '*.js', 'src/deep', ''][b % 4] ?? '');
        else if (kind === 'ignore-deep') place.write('src/.gitignore', ['a.ts', '/deep/*\n!/deep/c.ts', ''][b % 3] ?? '');
        const listed = git(place, ['ls-files', '-co', '--exclude-standard', '-z']).split('\0').filter(Boolean).sort();
        const answers = await cache.lookup(
          GLOBS.map((inputs) => check({ inputs })),
          () => versions,
        );
        GLOBS.forEach((globs, i) => {
          const test = (one: string): boolean =>
            globs.reduce(
              (yes, glob) => (glob.startsWith('!') ? yes && !picomatch(glob.slice(1), { dot: true })(one) : yes || picomatch(glob, { dot: true })(one)),
              false,
            );
          const tree = JSON.stringify(
            listed.filter(test).map((one) => [one, readFileSync(join(place.root, one), 'utf8'), lstatSync(join(place.root, one)).mode & 0o100]),
          );
          const answer = answers[i];
          const key = answer === undefined || 'hit' in answer ? '' : (answer.miss ?? '');
          const { byKey, byTree } = known[i] ?? { byKey: new Map(), byTree: new Map() };
          assert.is(byKey.get(key) ?? tree, tree, 'one key for two trees');
          assert.is(byTree.get(tree) ?? key, key, 'two keys for one tree');
          byKey.set(key, tree);
          byTree.set(tree, key);
        });
      }
      place.remove();
    }),
    { numRuns: 20 },
  );
});

test('twenty thousand rows grow the index and survive it', () => {
  const place = scratch();
  const index = createStatIndex(place.root, null);
  index.begin();
  const rows = Array.from({ length: 500 }, (_, i) => index.row(`f${i}`));
  writeFileSync(join(place.root, 'f300'), 'x');
  for (const row of rows) index.check(row);
  assert.equal(
    rows.filter((row) => index.kind(row) === 1).map((row) => index.path(row)),
    ['f300'],
  );
});

test.run();
