import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unifiedDiff } from '../../core/exec/diff.ts';
import { block, run, treeOf, type Tree } from './phases.ts';

const BEFORE = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const AFTER = 'one\ntwo\nTHREE\nfour\nfive\nsix\nseven\neight\n';

const patch = (text: string, line = 20) => ({ blocks: [block(null, text, 'diff', line)] });

async function both(tree: Tree, text: string): Promise<readonly [string, string]> {
  const first = await run(tree, patch(text));
  const after = JSON.stringify([...tree]);
  const second = await run(tree, patch(text));
  assert.is(JSON.stringify([...tree]), after, 'the second time changes nothing');
  return [first.status, second.status];
}

test('a unified diff is applied, and recognised the second time', async () => {
  const tree = treeOf({ 'a.txt': BEFORE });
  assert.equal(await both(tree, unifiedDiff('a.txt', BEFORE, AFTER)), ['done', 'done']);
  assert.is(tree.get('a.txt'), AFTER);
});

test("what git's own diff says is what is applied, for any two texts, and once", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ce-diffs-'));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '', '  e', '-- f', '++ g'), { minLength: 1, maxLength: 25 });
  const counts = { done: 0, refused: 0 };
  try {
    mkdirSync(join(dir, 'a'));
    mkdirSync(join(dir, 'b'));
    await fc.assert(
      fc.asyncProperty(text, text, fc.boolean(), fc.boolean(), async (old, now, oldEnds, nowEnds) => {
        const before = old.join('\n') + (oldEnds ? '\n' : '');
        const after = now.join('\n') + (nowEnds ? '\n' : '');
        fc.pre(before !== after && before !== '' && after !== '');
        writeFileSync(join(dir, 'a', 'f'), before);
        writeFileSync(join(dir, 'b', 'f'), after);
        const diff = spawnSync('git', ['diff', '--no-index', '--no-prefix', 'a/f', 'b/f'], { cwd: dir, encoding: 'utf8' }).stdout;
        const tree = treeOf({ f: before });
        const result = await run(tree, patch(diff));
        // Lines that repeat may leave the place open: refusing is right then, another result never is.
        if (result.status === 'done') assert.is(tree.get('f'), after, diff);
        else assert.is(result.failure?.code, 'CE_IMPLEMENT_PATCH', result.summary);
        counts[result.status === 'done' ? 'done' : 'refused']++;
      }),
      { numRuns: 60 },
    );
    assert.ok(counts.done > 9 * counts.refused, JSON.stringify(counts));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('with lines that differ, every diff applies, and again changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.constantFrom('keep', 'keep', 'drop', 'add', 'change')),
      async (numbers, stream) => {
        const before: string[] = [];
        const after: string[] = [];
        for (const number of numbers) {
          const what = stream.next().value;
          before.push(`line ${number}`);
          if (what === 'keep' || what === 'add') after.push(`line ${number}`);
          if (what === 'change') after.push(`changed ${number}`);
          if (what === 'add') after.push(`added ${number}`);
        }
        const [old, now] = [`${before.join('\n')}\n`, after.length === 0 ? '' : `${after.join('\n')}\n`];
        fc.pre(old !== now && after.length > 0);
        // The file has grown at its head since the diff was written.
        const head = 'new head\nsecond\n';
        const tree = treeOf({ f: head + old });
        assert.equal(await both(tree, unifiedDiff('f', old, now)), ['done', 'done']);
        assert.is(tree.get('f'), head + now);
      },
    ),
    { numRuns: 150 },
  );
});

test('miscounted headers, trimmed context and a hunk without numbers still apply where the lines match exactly', async () => {
  const gap = 'one\n\ntwo\nthree\n';
  const tree = treeOf({ 'a.txt': gap, 'b.txt': gap, 'c.txt': gap, 'd.txt': gap });
  const results = [
    await run(tree, patch('--- a/a.txt\n+++ b/a.txt\n@@ -1,99 +1,1 @@\n one\n\n-two\n+TWO\n three\n--- a/b.txt\n+++ b/b.txt\n@@ -4 +4 @@\n-three\n+THREE')),
    await run(tree, patch('--- a/c.txt\n+++ b/c.txt\n@@ function x() @@\n-two\n+TWO')),
    await run(tree, { blocks: [block('d.txt', '-two\n+TWO\n three', 'diff')] }),
  ];
  assert.equal(
    results.map(({ status, summary }) => [status, summary]),
    [
      ['done', '2 files written'],
      ['done', '1 file written'],
      ['done', '1 file written'],
    ],
  );
  assert.equal([...tree.values()], ['one\n\nTWO\nthree\n', 'one\n\ntwo\nTHREE\n', 'one\n\nTWO\nthree\n', 'one\n\nTWO\nthree\n']);
});

test('a diff whose context is not there fails with the line of its hunk in the spec, and nothing of the phase is written', async () => {
  const tree = treeOf({ 'a.txt': BEFORE });
  const text = '--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n@@ -5,2 +5,2 @@\n five\n-SIX\n+6';
  const result = await run(tree, { blocks: [block('new.ts', 'x'), ...patch(text, 50).blocks] });
  assert.is(result.status, 'failed');
  assert.is(result.failure?.code, 'CE_IMPLEMENT_PATCH');
  assert.equal(result.failure?.place, { file: 'PRPs/PRP-5.md', line: 57 });
  assert.equal(result.writes, []);
  assert.equal([...tree], [['a.txt', BEFORE]]);
});

test('where the old lines are there several times and no number says which, nothing is guessed', async () => {
  const result = await run(treeOf({ 'a.txt': 'x\ny\nx\ny\n' }), { blocks: [block('a.txt', ' x\n-y\n+z', 'diff')] });
  assert.is(result.failure?.code, 'CE_IMPLEMENT_PATCH');
  assert.match(result.summary, '2 times, at lines 1, 3');
});

test('files are created, deleted, renamed and made executable by diffs, each once', async () => {
  const tree = treeOf({ 'dead.txt': 'gone\n', 'old.txt': BEFORE });
  const text = [
    'diff --git a/new.sh b/new.sh',
    'new file mode 100755',
    '--- /dev/null',
    '+++ b/new.sh',
    '@@ -0,0 +1,2 @@',
    '+#!/bin/sh',
    '+echo hi',
    'diff --git a/dead.txt b/dead.txt',
    'deleted file mode 100644',
    '--- a/dead.txt',
    '+++ /dev/null',
    '@@ -1 +0,0 @@',
    '-gone',
    'diff --git a/old.txt b/moved.txt',
    'similarity index 90%',
    'rename from old.txt',
    'rename to moved.txt',
    '--- a/old.txt',
    '+++ b/moved.txt',
    '@@ -1,3 +1,3 @@',
    ' one',
    '-two',
    '+2',
    ' three',
  ].join('\n');
  const first = await run(tree, patch(text));
  assert.is(first.status, 'done', first.summary);
  assert.is(first.writes.find(({ path }) => path === 'new.sh')?.executable, true);
  assert.equal([...tree].sort(), [
    ['moved.txt', BEFORE.replace('two', '2')],
    ['new.sh', '#!/bin/sh\necho hi\n'],
  ]);
  const again = await run(tree, patch(text));
  assert.is(again.status, 'done', again.summary);
  assert.equal(
    again.writes.filter(({ content, path }) => content !== tree.get(path)),
    [],
  );
});

test('a diff that would create or delete a file with another content fails', async () => {
  assert.match((await run(treeOf({ 'a.txt': 'mine\n' }), patch('--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+theirs'))).summary, 'exists with another content');
  assert.match((await run(treeOf({ 'a.txt': 'mine\n' }), patch('--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-theirs'))).summary, 'has another content');
  assert.match((await run(treeOf(), patch('--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-x\n+y'))).summary, 'does not exist');
});

test('a diff of prose, bound to nothing, is reported and not applied', async () => {
  const result = await run(treeOf(), patch('+ Added: the new pass\n- Removed: the old one'));
  assert.is(result.status, 'done');
  assert.equal(
    result.diagnostics.map(({ code }) => code),
    ['CE_SPEC_UNBOUND_BLOCK'],
  );
});

test("a real commit's diff between two trees is applied file by file", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ce-commit-'));
  const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: dir, encoding: 'utf8' });
  try {
    git('init', '-q');
    writeFileSync(join(dir, 'keep.txt'), BEFORE);
    writeFileSync(join(dir, 'gone.txt'), 'x\ny\n');
    writeFileSync(join(dir, 'was.txt'), `${BEFORE}end\n`);
    git('add', '-A');
    git('commit', '-qm', 'one');
    writeFileSync(join(dir, 'keep.txt'), AFTER);
    git('rm', '-q', 'gone.txt');
    git('mv', 'was.txt', 'is.txt');
    writeFileSync(join(dir, 'café.txt'), 'new\n');
    git('add', '-A');
    git('commit', '-qm', 'two');
    const tree = treeOf({ 'keep.txt': BEFORE, 'gone.txt': 'x\ny\n', 'was.txt': `${BEFORE}end\n` });
    const result = await run(tree, patch(git('-c', 'core.quotePath=false', 'diff', '-M', 'HEAD~1', 'HEAD')));
    assert.is(result.status, 'done', result.summary);
    assert.equal(Object.fromEntries(tree), { 'keep.txt': AFTER, 'is.txt': `${BEFORE}end\n`, 'café.txt': 'new\n' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test.run();
