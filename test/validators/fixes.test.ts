import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fix } from '../../core/api.ts';
import { eslint } from '../../validators/eslint.ts';
import { indexLines, offsetOf } from '../../validators/offsets.ts';
import { ruff, ruffFormat } from '../../validators/ruff.ts';
import { contextOf, createTree, hasTool, judgeLive } from './rig.ts';

/** Fixes one after the other from the end, those that overlap left out: what a healer does. */
function apply(text: string, fixes: readonly Fix[]): string {
  let free = text.length + 1;
  let healed = text;
  for (const edit of fixes.flatMap((fix) => fix.edits).sort((a, b) => b.start - a.start || b.end - a.end)) {
    if (edit.end > free) continue;
    healed = healed.slice(0, edit.start) + edit.text + healed.slice(edit.end);
    free = edit.start;
  }
  return healed;
}

async function heal(
  validator: typeof eslint,
  files: Readonly<Record<string, string>>,
  file: string,
  modules: 'linked' | 'none',
): Promise<{ readonly text: string; readonly verdict: string }> {
  const tree = createTree(files, modules);
  try {
    const before = await judgeLive(tree, validator);
    assert.is(before.judgement.verdict, 'fail');
    const text = apply(
      contextOf(tree).read(file) ?? '',
      before.judgement.diagnostics.flatMap((found) => found.fixes ?? []),
    );
    const healed = createTree({ ...files, [file]: text }, modules);
    try {
      return { text, verdict: (await judgeLive(healed, validator)).judgement.verdict };
    } finally {
      healed.remove();
    }
  } finally {
    tree.remove();
  }
}

const RULES = "export default [{ rules: { 'no-extra-boolean-cast': 'error', 'no-var': 'error', 'prefer-const': 'error' } }];\n";

test("eslint's fixes are offsets into the file as read, byte order mark, emoji and CRLF included", async () => {
  const files = {
    'package.json': '{"type":"module"}',
    'eslint.config.js': RULES,
    'a.js': '\uFEFFconst s = "😀"; var one = 1;\r\nif (!!(one > 0)) console.log(s);\r\n',
  };
  assert.equal(await heal(eslint, files, 'a.js', 'linked'), {
    text: '\uFEFFconst s = "😀"; let one = 1;\r\nif (one > 0) console.log(s);\r\n',
    verdict: 'fail',
  });
});

test('eslint: a fix for a file that changed meanwhile is not offered', async () => {
  const tree = createTree({ 'package.json': '{"type":"module"}', 'eslint.config.js': RULES, 'a.js': 'var one = 1;\nexport { one };\n' }, 'linked');
  try {
    const { check, result } = await judgeLive(tree, eslint);
    const read = (path: string): string | null => (path === 'a.js' ? '// a new line\nvar one = 1;\nexport { one };\n' : null);
    const judgement = await eslint.judge(result, check, { root: tree.root, read });
    assert.ok(judgement.diagnostics.length > 0);
    assert.ok(judgement.diagnostics.every((found) => found.fixes === undefined));
  } finally {
    tree.remove();
  }
});

if (hasTool('ruff')) {
  test("ruff's safe fixes are offsets into the file as read; unsafe ones are not offered", async () => {
    const files = {
      'ruff.toml': '[lint]\nselect = ["F", "E7"]\n',
      'a.py': '\uFEFFimport os\nprint("😀"); import sys\n\n\ndef f():\n    unused = 1\n    return f"plain 😀" + f"x"\n',
    };
    const healed = await heal(ruff, files, 'a.py', 'none');
    assert.is(healed.text, '\uFEFFprint("😀"); \n\n\ndef f():\n    unused = 1\n    return "plain 😀" + "x"\n');
    assert.is(healed.verdict, 'fail', 'F841 stays: its fix is unsafe');
  });

  test("the formatter's edit makes the file formatted", async () => {
    const healed = await heal(ruffFormat, { 'ruff.toml': '[format]\n', 'a.py': "x = '😀';y=1\n\n\n\n\nz  =  2\n" }, 'a.py', 'none');
    assert.equal(healed, { text: 'x = "😀"\ny = 1\n\n\nz = 2\n', verdict: 'pass' });
  });
} else {
  console.log('skipped: fixes of ruff (ruff is not installed)');
}

test('code point columns become UTF-16 offsets; places that a file does not have become nothing', () => {
  const index = indexLines('a😀b\r\nc\rd\n');
  assert.equal(
    [
      offsetOf(index, 1, 1),
      offsetOf(index, 1, 2),
      offsetOf(index, 1, 3),
      offsetOf(index, 2, 1),
      offsetOf(index, 3, 2),
      offsetOf(index, 4, 1),
      offsetOf(index, 5, 1),
      offsetOf(index, 6, 1),
      offsetOf(index, 1, 99),
      offsetOf(index, 0, 1),
    ],
    [0, 1, 3, 6, 9, 10, 10, null, null, null],
  );
});

test.run();
