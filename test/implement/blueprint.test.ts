import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { block, file, run, treeOf } from './phases.ts';

test('E5 a block bound to a path that does not exist becomes that file, once', async () => {
  const tree = treeOf();
  const fields = { files: [file('src/a.ts', 'create')], blocks: [block('src/a.ts', 'export const a = 1;')] };
  const first = await run(tree, fields);
  assert.is(first.status, 'done');
  assert.equal([...tree], [['src/a.ts', 'export const a = 1;\n']]);
  const second = await run(tree, fields);
  assert.is(second.status, 'done');
  assert.equal(second.writes, []);
  assert.is(second.summary, 'nothing to change');
});

test('a script with a shebang is created executable', async () => {
  const result = await run(treeOf(), { blocks: [block('bin/go', '#!/bin/sh\necho go', 'sh')] });
  assert.equal(result.writes, [{ path: 'bin/go', content: '#!/bin/sh\necho go\n', executable: true }]);
});

test('a file that the phase creates is written whole over what was there, but not over what a person changed since', async () => {
  const fields = { files: [file('a.ts', 'create')], blocks: [block('a.ts', 'export const a = 2;')] };
  const tree = treeOf({ 'a.ts': 'export const a = 1;\n' });
  const kept = await run(tree, fields, ['a.ts']);
  assert.is(kept.status, 'done');
  assert.is(tree.get('a.ts'), 'export const a = 1;\n');
  assert.match(kept.diagnostics[0]?.message ?? '', 'is kept');
  await run(tree, fields);
  assert.is(tree.get('a.ts'), 'export const a = 2;\n');
});

test('neither a block nor a diff for a file to modify writes over what a person changed since', async () => {
  const text = 'export const a = 1;\n';
  const blocks = [block('a.ts', 'export const a = 2;'), block(null, '--- a/b.ts\n+++ b/b.ts\n@@ -1 +1 @@\n-old\n+new', 'diff')];
  const tree = treeOf({ 'a.ts': text, 'b.ts': 'by hand\n' });
  const kept = await run(tree, { files: [file('a.ts', 'modify'), file('b.ts', 'modify')], blocks }, ['a.ts', 'b.ts']);
  assert.is(kept.status, 'done', kept.summary);
  assert.equal(kept.writes, []);
  assert.equal(
    kept.diagnostics.map(({ code }) => code),
    ['CE_IMPLEMENT_KEPT', 'CE_IMPLEMENT_KEPT'],
  );
});

test('a block of definitions replaces exactly those, and a comment above them stays', async () => {
  const tree = treeOf({
    'src/a.ts':
      "import { b } from './b.ts';\n\n/** Adds. */\nexport function add(x: number): number {\n  return x - b;\n}\n\nexport const limit = { low: 1, high: `}${2}` };\n\nstart();\n",
  });
  const fields = { files: [file('src/a.ts', 'modify')], blocks: [block('src/a.ts', 'export function add(x: number): number {\n  return x + b;\n}')] };
  const result = await run(tree, fields);
  assert.is(result.status, 'done', result.summary);
  assert.is(
    tree.get('src/a.ts'),
    "import { b } from './b.ts';\n\n/** Adds. */\nexport function add(x: number): number {\n  return x + b;\n}\n\nexport const limit = { low: 1, high: `}${2}` };\n\nstart();\n",
  );
  assert.equal((await run(tree, fields)).writes, []);
});

test('Python definitions are replaced with their decorators, beside strings that look like code', async () => {
  const tree = treeOf({
    'a.py':
      'import os\n\n\n@cached\n@traced\ndef load(path):\n    """\ndef load(other):\n    """\n    return None\n\n\nclass Store:\n    def get(self):\n        return 1\n',
  });
  const result = await run(tree, { files: [file('a.py', 'modify')], blocks: [block('a.py', '@cached\ndef load(path):\n    return os.stat(path)', 'python')] });
  assert.is(result.status, 'done', result.summary);
  assert.is(tree.get('a.py'), 'import os\n\n\n@cached\ndef load(path):\n    return os.stat(path)\n\n\nclass Store:\n    def get(self):\n        return 1\n');
});

test('a block that defines again whatever the file defines, and keeps the rest, is the whole file', async () => {
  const tree = treeOf({ 'a.ts': "import { b } from './b.ts';\n\nexport function one(): number {\n  return b;\n}\n" });
  const whole = "import { b, c } from './b.ts';\n\nexport function one(): number {\n  return b + c;\n}\n\nexport function two(): number {\n  return c;\n}\n";
  const result = await run(tree, { files: [file('a.ts', 'modify')], blocks: [block('a.ts', whole)] });
  assert.is(result.status, 'done', result.summary);
  assert.is(tree.get('a.ts'), whole);
});

const MODULE =
  "import { b } from './b.ts';\n\nexport class Store {\n  get(): number {\n    return b;\n  }\n\n  set(): void {\n    b();\n  }\n}\n\nexport function one(): number {\n  return 1;\n}\n";

for (const [name, text, reason] of [
  ['a definition that the file has not', 'export function three(): number {\n  return 3;\n}', 'has no three yet'],
  ['a class without one of its methods', 'export class Store {\n  get(): number {\n    return 2;\n  }\n}', 'Store would lose set'],
  ['a statement without a place', 'start(2);', 'is no definition'],
  ['a part that is left out', 'export function one(): number {\n  // ... existing code\n  return 2;\n}', 'leaves out a part'],
  ['brackets that do not close', 'export function one(): number {\n  return 2;', 'where it belongs cannot be told'],
  ['a definition twice', 'export function one() {\n  return 2;\n}\nexport function one() {\n  return 3;\n}', 'defines one twice'],
] as const) {
  test(`nothing is invented: ${name} is refused with its line, and nothing is written`, async () => {
    const tree = treeOf({ 'a.ts': MODULE });
    const result = await run(tree, { files: [file('a.ts', 'modify')], blocks: [block('a.ts', text, 'ts', 33)] });
    assert.is(result.status, 'needs-person');
    assert.is(result.failure?.code, 'CE_IMPLEMENT_NEEDS_PERSON');
    assert.equal(result.failure?.place, { file: 'PRPs/PRP-5.md', line: 33 });
    assert.match(result.failure?.message ?? '', reason);
    assert.is(tree.get('a.ts'), MODULE);
  });
}

test('a snippet for a file of an unknown language is refused, unless the file holds it already', async () => {
  const tree = treeOf({ 'a.yaml': 'one: 1\ntwo: 2\n' });
  const fields = { files: [file('a.yaml', 'modify')], blocks: [block('a.yaml', 'three: 3', 'yaml')] };
  assert.is((await run(tree, fields)).status, 'needs-person');
  tree.set('a.yaml', 'one: 1\ntwo: 2\nthree: 3\n');
  assert.is((await run(tree, fields)).status, 'done');
});

test('of two blocks for one new file the later must hold all of the earlier', async () => {
  const first = block('a.ts', 'export const a = 1;');
  const grown = await run(treeOf(), { blocks: [first, block('a.ts', 'export const a = 1;\nexport const b = 2;')] });
  assert.equal(
    grown.writes.map(({ content }) => content),
    ['export const a = 1;\nexport const b = 2;\n'],
  );
  const other = await run(treeOf(), { blocks: [first, block('a.ts', 'export const b = 2;', 'ts', 30)] });
  assert.is(other.status, 'needs-person');
  assert.match(other.summary, 'the block at line 20 gives the file another content');
});

test('what is bound to no file is reported with its line and not applied', async () => {
  const result = await run(treeOf(), {
    blocks: [block(null, 'const a = 1;', 'ts', 21), block('src/a.py', 'pytest -q', 'bash', 25), block(null, 'npm test', 'bash', 29)],
    validate: [{ level: 'L2', name: 'tests', command: 'npm test', kind: 'command', line: 28 }],
  });
  assert.is(result.status, 'done');
  assert.equal(result.writes, []);
  assert.equal(
    result.diagnostics.map(({ code, severity, line }) => [code, severity, line]),
    [
      ['CE_SPEC_UNBOUND_BLOCK', 'info', 21],
      ['CE_SPEC_UNBOUND_BLOCK', 'info', 25],
    ],
  );
});

test('a phase with commands alone is done; one with files that nothing spells out needs a person', async () => {
  assert.is((await run(treeOf(), {})).status, 'done');
  const missing = await run(treeOf(), { files: [file('src/a.ts', 'create')] });
  assert.is(missing.status, 'needs-person');
  assert.is(missing.failure?.code, 'CE_IMPLEMENT_NOTHING');
  assert.equal(missing.failure?.place, { file: 'PRPs/PRP-5.md', line: 12 });
  const there = treeOf({ 'src/a.ts': 'x\n' });
  assert.is((await run(there, { files: [file('src/a.ts', 'create')] })).status, 'done');
  assert.is((await run(there, { files: [file('src/a.ts', 'modify')] })).failure?.code, 'CE_IMPLEMENT_NOTHING');
  assert.is((await run(there, { files: [file('src/a.ts', 'modify')] }, ['src/a.ts'])).status, 'done');
});

test('files are moved and deleted as declared, and the second time nothing is left to do', async () => {
  const tree = treeOf({ 'old.ts': 'export const a = 1;\n', 'dead.ts': 'x\n' });
  const fields = {
    files: [file('new.ts', 'move', 'old.ts'), file('dead.ts', 'delete')],
    blocks: [block(null, '--- a/new.ts\n+++ b/new.ts\n@@ -1 +1 @@\n-export const a = 1;\n+export const a = 2;', 'diff')],
  };
  const result = await run(tree, fields);
  assert.is(result.status, 'done', result.summary);
  assert.equal([...tree], [['new.ts', 'export const a = 2;\n']]);
  assert.equal((await run(tree, fields)).writes, []);
});

test('a move whose source is missing, or whose target is another file, fails', async () => {
  const moving = { files: [file('new.ts', 'move', 'old.ts')] };
  assert.match((await run(treeOf(), moving)).summary, 'neither is there');
  assert.match((await run(treeOf({ 'old.ts': 'a\n', 'new.ts': 'b\n' }), moving)).summary, 'another content');
});

test('line ends of the file are kept', async () => {
  const tree = treeOf({ 'a.ts': 'export const a = 1;\r\nexport const b = 1;\r\n' });
  await run(tree, { files: [file('a.ts', 'modify')], blocks: [block('a.ts', 'export const b = 2;')] });
  assert.is(tree.get('a.ts'), 'export const a = 1;\r\nexport const b = 2;\r\n');
});

test.run();
