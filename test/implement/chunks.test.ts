import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as TypeScript from 'typescript';
import { chunksOf } from '../../plugins/blueprint/chunks.ts';

const ts = createRequire(import.meta.url)('typescript') as typeof TypeScript;
const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** Where the compiler says that each named statement begins and ends, in lines from 0. */
function definitions(source: string): readonly { readonly name: string; readonly first: number; readonly last: number }[] {
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((node) => {
    const declared = ts.isVariableStatement(node)
      ? node.declarationList.declarations[0]?.name
      : 'name' in node
        ? (node.name as TypeScript.Node | undefined)
        : undefined;
    if (declared === undefined || !ts.isIdentifier(declared)) return [];
    return [
      { name: declared.text, first: file.getLineAndCharacterOfPosition(node.getStart()).line, last: file.getLineAndCharacterOfPosition(node.getEnd()).line },
    ];
  });
}

const SOURCES = [
  'core/model.ts',
  'core/hooks.ts',
  'core/exec/diff.ts',
  'core/exec/heal-guard.ts',
  'plugins/blueprint/depths.ts',
  'plugins/blueprint/chunks.ts',
  'plugins/escalation/signs.ts',
  'node_modules/execa/types/ipc.d.ts',
  'node_modules/tapable/lib/Hook.js',
];

for (const path of SOURCES.filter((name) => existsSync(fileURLToPath(new URL(`../../${name}`, import.meta.url))))) {
  test(`the definitions of ${path} begin and end where the compiler says`, () => {
    const source = read(path);
    const lines = source.split('\n');
    const chunks = chunksOf(path, lines);
    assert.ok(chunks !== null);
    const wanted = definitions(source);
    assert.ok(wanted.length > 0);
    for (const { name, first, last } of wanted) {
      assert.ok(
        chunks.some((chunk) => chunk.name === name && chunk.from <= first && chunk.to > last),
        name,
      );
    }
    chunks.forEach((chunk, index) => assert.ok(chunk.from >= (chunks[index - 1]?.to ?? 0), 'pieces do not share lines'));
  });
}

test('a text that cannot be read for sure is not split', () => {
  for (const text of ['const a = {', 'const a = "x', 'x)', 'const a = `${', '/* open']) assert.is(chunksOf('a.ts', text.split('\n')), null, text);
  for (const text of ['a = (', 'a = "x', 'x)', 'a = """']) assert.is(chunksOf('a.py', text.split('\n')), null, text);
  assert.is(chunksOf('a.css', ['a {}']), null);
});

test('slashes divide after a value and begin an expression after an operator', () => {
  const chunks = chunksOf('a.ts', ['const a = b / c; // "', 'const d = /[/\'"]{/.test(x) ? 1 / 2 : 3;', 'function f() {', '  return /}/;', '}']);
  assert.equal(
    chunks?.map(({ name, from, to }) => [name, from, to]),
    [
      ['a', 0, 1],
      ['d', 1, 2],
      ['f', 2, 5],
    ],
  );
});

test.run();
