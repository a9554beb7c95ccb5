/** From an id or a path to a spec, from disk and from what is remembered. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listSpecFiles } from '../../core/spec/locate.ts';
import { createSpecStore, type SpecStore } from '../../core/spec/spec-store.ts';
import { FIXTURES } from './fixture.ts';

const PLAN = '# T\n\n## Implementation Plan\n\n### Phase 1: A (1h)\n';

interface Rig {
  readonly root: string;
  readonly kept: Map<string, string>;
  readonly written: string[];
  open(globs?: readonly string[]): SpecStore;
  write(path: string, text: string): void;
}

const roots: string[] = [];

function createRig(): Rig {
  const root = mkdtempSync(join(tmpdir(), 'ce-specs-'));
  roots.push(root);
  const kept = new Map<string, string>();
  const written: string[] = [];
  const cache = {
    get: (key: string): string | null => kept.get(key) ?? null,
    set(key: string, json: string): void {
      kept.set(key, json);
      written.push(key);
    },
  };
  return {
    root,
    kept,
    written,
    open: (globs = ['PRPs/**/*.md']) => createSpecStore({ root, globs, cache }),
    write(path, text) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
      utimesSync(join(root, path), 1_000_000_000, 1_000_000_000);
    },
  };
}

test.after(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

test('the specs of a repository are listed by path, and what stands beside them is not', async () => {
  const rig = createRig();
  cpSync(FIXTURES, rig.root, { recursive: true });
  const entries = await rig.open().entries();
  assert.equal(
    entries.map(({ id }) => id),
    ['PRP-7', 'PRP-8', 'PRP-9', 'PRP-10', 'PRP-12', 'PRP-5', 'consolidate', 'task-list'],
  );
  assert.equal(entries.find(({ id }) => id === 'PRP-8')?.phases, ['phase1', 'phase2']);
  assert.equal(
    (await rig.open().list()).map(({ id }) => id),
    entries.map(({ id }) => id),
  );
});

test('E1 an id in any spelling, or a path, also outside the globs, finds its spec', async () => {
  const rig = createRig();
  rig.write('PRPs/feature-requests/PRP-5-a.md', PLAN);
  rig.write('PRPs/README.md', PLAN);
  rig.write('docs/plan.md', PLAN);
  for (const query of [
    'PRP-5',
    '5',
    'prp-5',
    'PRP-005',
    'PRP-5-a',
    'PRPs/feature-requests/PRP-5-a.md',
    './PRPs/feature-requests/PRP-5-a.md',
    join(rig.root, 'PRPs/feature-requests/PRP-5-a.md'),
  ]) {
    const found = await rig.open().find(query);
    assert.is(found.ok ? found.value.path : found.failure.message, 'PRPs/feature-requests/PRP-5-a.md', query);
  }
  for (const path of ['docs/plan.md', 'PRPs/README.md']) {
    const found = await rig.open().find(path);
    assert.is(found.ok ? found.value.phases.length : found.failure.message, 1, path);
  }
});

test('E29 PRP file not found: the message, the remedy, and what is near', async () => {
  const rig = createRig();
  rig.write('PRPs/PRP-47.1.1-a.md', PLAN);
  const failed = await rig.open().find('PRP-47.1.2');
  if (failed.ok) throw new Error('nothing should be found');
  assert.is(failed.failure.code, 'CE_SPEC_NOT_FOUND');
  assert.is(failed.failure.message, 'PRP file not found: PRP-47.1.2');
  assert.match(failed.failure.next ?? '', /full path.*PRPs\/feature-requests\//);
  assert.match(failed.failure.why ?? '', /PRP-47\.1\.1/);
  const path = await rig.open().find('PRPs/none.md');
  assert.is(path.ok ? '' : path.failure.message, 'PRP file not found: PRPs/none.md');
});

test('D3 row 17: two files with one id are an error that lists both, and a path decides', async () => {
  const rig = createRig();
  rig.write('PRPs/PRP-A-one.md', PLAN);
  rig.write('PRPs/executed/other.md', `---\nprp_id: prp-a\n---\n${PLAN}`);
  const failed = await rig.open().find('PRP-A');
  if (failed.ok) throw new Error('two files have this id');
  assert.is(failed.failure.code, 'CE_SPEC_AMBIGUOUS');
  assert.match(failed.failure.message, /PRPs\/PRP-A-one\.md, PRPs\/executed\/other\.md/);
  assert.ok((await rig.open().find('PRPs/executed/other.md')).ok);
});

test('a reading is kept under its text: the same text is not read twice, a changed one is', async () => {
  const rig = createRig();
  rig.write('PRPs/PRP-1-a.md', PLAN);
  rig.write('PRPs/PRP-2-b.md', PLAN);
  const first = await rig.open().list();
  const readings = (): number => rig.written.filter((key) => !key.startsWith('spec-index')).length;
  assert.is(readings(), 2);
  assert.equal(await rig.open().list(), first);
  assert.is(readings(), 2);
  rig.write('PRPs/PRP-2-b.md', PLAN.replace('Phase 1: A', 'Phase 1: B'));
  const again = await rig.open().find('PRP-2');
  assert.is(again.ok ? again.value.phases[0]?.name : '', 'B', 'the size and the modification time are as before');
  assert.is(readings(), 3);
  rmSync(join(rig.root, 'PRPs/PRP-1-a.md'));
  assert.equal(
    (await rig.open().list()).map(({ id }) => id),
    ['PRP-2'],
  );
});

test('what is remembered may be lost or damaged', async () => {
  const rig = createRig();
  rig.write('PRPs/PRP-1-a.md', PLAN);
  const whole = await rig.open().list();
  for (const key of [...rig.kept.keys()]) rig.kept.set(key, key.startsWith('spec-index') ? (rig.kept.get(key) ?? '') : '{ torn');
  assert.equal(await rig.open().list(), whole);
  for (const key of [...rig.kept.keys()]) rig.kept.set(key, '[]');
  assert.equal(await rig.open().list(), whole);
});

test('an unchanged tree is answered without markdown, YAML and the parser', () => {
  const rig = createRig();
  rig.write('PRPs/PRP-1-a.md', `---\nprp_id: PRP-1\n---\n${PLAN}`);
  const store = new URL('../../core/spec/spec-store.ts', import.meta.url).href;
  const ask = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    const file = ${JSON.stringify(join(rig.root, 'kept.json'))};
    const kept = new Map(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []);
    const cache = { get: (key) => kept.get(key) ?? null, set: (key, json) => kept.set(key, json) };
    const { createSpecStore } = await import(${JSON.stringify(store)});
    const found = await createSpecStore({ root: ${JSON.stringify(rig.root)}, globs: ['PRPs/**/*.md'], cache }).find('PRP-1');
    // As if the file had been read when it was old enough to be trusted.
    for (const [key, json] of kept) kept.set(key, json.replace(/"readAt":\\d+/g, '"readAt":' + (Date.now() + 60_000)));
    writeFileSync(file, JSON.stringify([...kept]));
    console.log(found.ok ? found.value.id : found.failure.message);`;
  const hook = `export async function load(url, context, next) { process._rawDebug('loads ' + url); return next(url, context); }`;
  const watch = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`;
  const run = (): { readonly id: string; readonly loads: string } => {
    const child = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(watch)}`, '--input-type=module', '--eval', ask],
      {
        encoding: 'utf8',
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
      },
    );
    return { id: child.stdout.trim(), loads: child.stderr };
  };
  const libraries = [/core\/spec\/prp\.ts/, /mdast-util-from-markdown/, /node_modules\/gray-matter/, /node_modules\/yaml/];
  const cold = run();
  assert.is(cold.id, 'PRP-1', cold.loads);
  for (const name of libraries) assert.match(cold.loads, name);
  const warm = run();
  assert.is(warm.id, 'PRP-1', warm.loads);
  assert.match(warm.loads, /core\/spec\/spec-store\.ts/);
  for (const name of libraries) assert.not.match(warm.loads, name);
});

test('D3 row 6: a file that is too large is listed, says so, and is never opened', async () => {
  const rig = createRig();
  rig.write('PRPs/PRP-6-large.md', PLAN);
  truncateSync(join(rig.root, 'PRPs/PRP-6-large.md'), 200 * 1024 * 1024);
  const found = await rig.open().find('PRP-6');
  assert.not.ok(found.ok ? found.value.executable : true);
  assert.equal(found.ok ? found.value.diagnostics.map(({ code }) => code) : [], ['CE_SPEC_TOO_LARGE']);
});

test('globs: stars, choices, exclusions, folders that are not there', () => {
  const rig = createRig();
  for (const path of ['PRPs/a.md', 'PRPs/x/b.md', 'PRPs/x/y/c.md', 'PRPs/x/d.txt', 'PRPs/node_modules/e.md', 'docs/prp-f.md', 'docs/g.md'])
    rig.write(path, 'x');
  assert.equal(listSpecFiles(rig.root, ['PRPs/**/*.md']), ['PRPs/a.md', 'PRPs/x/b.md', 'PRPs/x/y/c.md']);
  assert.equal(listSpecFiles(rig.root, ['PRPs/*.md', 'docs/prp-?.md']), ['PRPs/a.md', 'docs/prp-f.md']);
  assert.equal(listSpecFiles(rig.root, ['{PRPs,docs}/*.md', '!docs/g.md']), ['PRPs/a.md', 'docs/prp-f.md']);
  assert.equal(listSpecFiles(rig.root, ['none/**/*.md', 'docs/g.md']), ['docs/g.md']);
});

test.run();
