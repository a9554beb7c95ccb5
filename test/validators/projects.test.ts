import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createProjectView, parseJsonWithComments } from '../../core/exec/project-view.ts';
import { findProjects, isManifest, projectOf } from '../../core/exec/projects.ts';

test('a project is the nearest folder with a manifest; the root is always one', () => {
  const projects = findProjects([
    'src/a.ts',
    'package.json',
    'tools/pyproject.toml',
    'tools/ce/x.py',
    'web/package.json',
    'web/go.mod',
    'crates/a/Cargo.toml',
    'scripts/requirements.txt',
  ]);
  assert.equal(projects, [
    { dir: '.', kinds: ['node'] },
    { dir: 'crates/a', kinds: ['rust'] },
    { dir: 'scripts', kinds: ['python'] },
    { dir: 'tools', kinds: ['python'] },
    { dir: 'web', kinds: ['node', 'go'] },
  ]);
  assert.equal(
    ['src/a.ts', 'tools/ce/x.py', 'web/x/y.ts', 'crates/b.rs', 'README.md'].map((path) => projectOf(path, projects).dir),
    ['.', 'tools', 'web', '.', '.'],
  );
  assert.equal(findProjects([]), [{ dir: '.', kinds: [] }]);
});

test('installed code, test data and build output hold no projects', () => {
  const listing = [
    'node_modules/x/package.json',
    'a/node_modules/x/package.json',
    '.venv/lib/pyproject.toml',
    'test/fixtures/app/package.json',
    'dist/package.json',
    'vendor/x/go.mod',
  ];
  assert.equal(findProjects(listing), [{ dir: '.', kinds: [] }]);
  assert.ok(listing.every((path) => !isManifest(path)));
});

test('law: the answer depends on nothing but the manifests, whatever their order', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'package.json', 'x.ts', 'pyproject.toml', 'node_modules'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(path), (listing) => {
      assert.equal(findProjects(listing.toReversed()), findProjects(listing.filter(isManifest)));
    }),
  );
});

test('JSON with comments and trailing commas is read, strings stay as they are', () => {
  assert.equal(parseJsonWithComments('\uFEFF{ // a\n "x": "// no /* comment */ ,]", /* b */ "y": [1, 2,], }'), { x: '// no /* comment */ ,]', y: [1, 2] });
  assert.is(parseJsonWithComments('{'), null);
});

function tree(files: readonly string[]): { readonly root: string; remove(): void } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce-view-')));
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '#!/bin/sh\n');
    chmodSync(join(root, path), 0o755);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

test('a tool is the nearest one, named from the project so that every checkout has the same command', () => {
  const { root, remove } = tree([
    'node_modules/.bin/tsc',
    'node_modules/.bin/eslint',
    'packages/a/node_modules/.bin/tsc',
    'packages/a/.venv/bin/pytest',
    '.venv/bin/ruff',
    'bin/pytest',
    'bin/uv',
    'py/uv.lock',
  ]);
  try {
    const environment = { path: join(root, 'bin'), virtualEnv: null };
    const packageA = createProjectView(root, { dir: 'packages/a', kinds: ['node'] }, environment);
    assert.equal(packageA.tool('tsc', 'node'), ['node_modules/.bin/tsc']);
    assert.equal(packageA.tool('eslint', 'node'), ['../../node_modules/.bin/eslint']);
    assert.equal(packageA.tool('pytest', 'python'), ['.venv/bin/pytest']);
    assert.equal(packageA.tool('ruff', 'python'), ['../../.venv/bin/ruff']);
    const top = createProjectView(root, { dir: '.', kinds: [] }, environment);
    assert.equal([top.tool('pytest', 'python'), top.tool('jest', 'node'), top.tool('pytest', 'other')], [['pytest'], null, ['pytest']]);
    assert.equal(createProjectView(root, { dir: 'py', kinds: [] }, environment).tool('mypy', 'python'), ['uv', 'run', 'mypy']);
    assert.equal(createProjectView(root, { dir: 'py', kinds: [] }, { path: '', virtualEnv: join(root, 'packages/a/.venv') }).tool('pytest', 'python'), [
      '../packages/a/.venv/bin/pytest',
    ]);
  } finally {
    remove();
  }
});

test('a view shows nothing outside of the root', () => {
  const { root, remove } = tree(['in/a.txt']);
  try {
    const view = createProjectView(join(root, 'in'), { dir: '.', kinds: [] }, { path: '', virtualEnv: null });
    symlinkSync('/nowhere', join(root, 'in/broken'));
    assert.equal(
      [view.has('a.txt'), view.has('../in'), view.read('../../etc/hostname'), view.has('broken'), view.list('nope'), view.list('..')],
      [true, true, null, false, [], []],
    );
  } finally {
    remove();
  }
});

test.run();
