/** Hostile and broken specs, rows 1 to 10 of the threat list: a clear error with code and line, nothing executed, nothing lost. */
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRefused, assertUntouched, body, CANARY, runText, withFront } from './hostile.ts';
import { inPlace, phase, prp } from './rig.ts';

test('rows 1-5: other front matter languages, alias bombs, deep nesting, tags and prototype keys are refused where they stand', async () => {
  await inPlace((place) => {
    for (const language of ['js', 'coffee', 'json5', 'javascript']) {
      const text = `---${language}\nmodule.exports = (require('fs').writeFileSync('../canary', ''), { prp_id: 'PRP-1' })\n---\n\n${body()}`;
      assertRefused(place, runText(place, text), /CE_SPEC_FRONTMATTER_LANGUAGE/, `row 1 ${language}`);
    }
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${new Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`),
    ].join('\n');
    assertRefused(place, runText(place, withFront(bomb)), /CE_SPEC_FRONTMATTER/, 'row 2');
    assertRefused(place, runText(place, withFront(`deep: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)), /CE_SPEC_FRONTMATTER/, 'row 3');
    for (const tag of ['!!js/function "function () {}"', '!!python/object/apply:os.system ["touch ../canary"]']) {
      const answer = runText(place, withFront(`evil: ${tag}`));
      assertRefused(place, answer, /CE_SPEC_FRONTMATTER/, `row 4 ${tag}`);
      assert.match(answer.stdout + answer.stderr, /PRPs\/PRP-1\.md:4/, 'row 4: the line');
    }
    for (const key of ['__proto__:\n  isAdmin: true', 'constructor:\n  prototype:\n    isAdmin: true'])
      assertRefused(place, runText(place, withFront(key)), /CE_SPEC_FRONTMATTER/, `row 5 ${key}`);
    place.remove('PRPs/PRP-1.md');
    place.write('ce.config.json', '{ "__proto__": { "isAdmin": true }, "jobs": 1 }');
    assertRefused(place, place.ce('validate'), /CE_CONFIG_INVALID/, 'row 5 config');
  });
});

test('rows 6-7: a spec that is too large is refused; long lines, headings and tables are read', async () => {
  await inPlace((place) => {
    assertRefused(place, runText(place, `${body()}\n${'x'.repeat(40 << 20)}`), /CE_SPEC_TOO_LARGE/, 'row 6');
    for (const text of ['#'.repeat(50_000), '`'.repeat(10_001), '| a | b |\n'.repeat(100_000), `${'['.repeat(20_000)}`, '> '.repeat(5_000)]) {
      place.write('PRPs/PRP-1.md', `${body('true')}\n\n${text}\n`);
      const { exit, stdout, stderr } = place.ce('show', 'PRPs/PRP-1.md', '--json');
      assert.ok(exit === 0 || exit === 2, `row 7 ${text.slice(0, 5)}: ${exit} ${stderr.slice(0, 500)}`);
      assert.ok(JSON.parse(stdout) !== null);
    }
    assertUntouched(place, 'row 7');
  });
});

test('rows 8-10: paths that leave the tree, are absolute, or name git are refused with their line, and nothing is written', async () => {
  await inPlace((place) => {
    const paths = [
      '../../.ssh/authorized_keys',
      '../canary',
      `${place.around}/absolute.txt`,
      '.git/hooks/pre-commit',
      '.GIT/config',
      'git~1/config',
      '.git\u200c/config',
      '.ce/cache/x',
      'a/../../canary',
    ];
    for (const path of paths) {
      const answer = runText(place, prp('PRP-1', [phase(1, { command: CANARY, files: { [path]: 'x\n' } })]));
      assert.not.ok(existsSync(join(place.around, 'absolute.txt')));
      assert.is.not(answer.exit, 0, `${path}: ${answer.stdout}`);
      assert.match(answer.stdout + answer.stderr, /CE_SPEC_PATH|CE_IMPLEMENT_NOTHING|CE_IMPLEMENT_NEEDS_PERSON/, path);
      assert.match(answer.stdout + answer.stderr, /PRPs\/PRP-1\.md:\d+/, path);
      assertUntouched(place, path);
      assert.equal(
        readdirSync(join(place.root, '.git/hooks')).filter((name) => !name.endsWith('.sample')),
        [],
        path,
      );
    }
    for (const path of ['C:\\x', '\\\\srv\\x']) {
      const answer = runText(place, prp('PRP-1', [phase(1, { command: 'ls', files: { [path]: 'x\n' } })]));
      assert.is(answer.exit, 3, `${path}: a phase without a file that can be written is not done`);
      assert.equal(readdirSync(place.root).sort(), ['.ce', '.git', 'PRPs', 'base.txt'], path);
    }
    const blocked = runText(place, prp('PRP-1', [phase(1, { command: CANARY, files: { 'base.txt/x.txt': 'x\n' } })]));
    assertRefused(place, blocked, /CE_SPEC_PATH/, 'below a file');
    const listed = runText(place, withFront('files_modified: ["../../.ssh/authorized_keys"]'));
    assertRefused(place, listed, /CE_SPEC_PATH/, 'row 8 front matter');
    place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1, { command: CANARY, files: { 'out/x.txt': 'x\n' } })]));
    symlinkSync(place.around, join(place.root, 'out'));
    const linked = place.ce('run', 'PRP-1', '--allow-dirty');
    assert.is.not(linked.exit, 0);
    assert.not.ok(existsSync(join(place.around, 'x.txt')), 'a link was followed out of the tree');
  });
});

test.run();
