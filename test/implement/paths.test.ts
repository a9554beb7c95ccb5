import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { block, file, run, treeOf } from './phases.ts';

const BAD = [
  '../../.ssh/authorized_keys',
  'src/../../x',
  '/etc/passwd',
  'C:\\x',
  'c:/x',
  '\\\\srv\\x',
  '//srv/x',
  'a\0b',
  '~/x',
  'a\\b',
  '.git/hooks/pre-commit',
  '.GIT/config',
  'git~1/config',
  '.git\u200c/config',
  '.git /config',
  '.git./config',
  'sub/.git/config',
  '.ce/journal',
  '.CE/x',
  '.git::$INDEX_ALLOCATION/x',
  'cafe\u0301.ts',
  '',
  '.',
];

for (const path of BAD) {
  test(`D3 8-10: ${JSON.stringify(path)} is refused wherever the spec names it, and nothing is written`, async () => {
    const diff = `--- a/${path}\n+++ b/${path}\n@@ -0,0 +1 @@\n+x`;
    const places = [
      { files: [file(path, 'create')], blocks: [block('ok.ts', 'ok')] },
      { files: [file(path, 'delete')] },
      { files: [file('ok.ts', 'move', path)] },
      { blocks: [block('ok.ts', 'ok'), block(path, 'x', '')] },
      ...(/^[^\0]+$/.test(path) && path.trim() !== '' && !path.startsWith('//') && path !== '.git /config' ? [{ blocks: [block(null, diff, 'diff')] }] : []),
    ];
    for (const fields of places) {
      const result = await run(treeOf({ [path]: 'old\n' }), fields);
      assert.is(result.status, 'failed', JSON.stringify(fields));
      assert.is(result.failure?.code, 'CE_SPEC_PATH');
      assert.is(result.failure?.place?.file, 'PRPs/PRP-5.md');
      assert.equal(result.writes, []);
    }
  });
}

test('ordinary paths are fine: dots, blanks, names that only begin like git', async () => {
  for (const path of ['.github/x.yml', 'a b/c.ts', '.gitignore', 'src/.gitkeep', 'git/x', 'ce/x', './src/a.ts', 'café.ts', 'a..b.ts']) {
    const result = await run(treeOf(), { blocks: [block(path, 'x', '')] });
    assert.is(result.status, 'done', path);
  }
});

test.run();
