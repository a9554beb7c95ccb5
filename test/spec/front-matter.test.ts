/** Headers in every dialect, what they may not do, and edits that leave the rest byte for byte. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { editFrontMatter } from '../../core/spec/front-matter-edit.ts';
import { readFrontMatter } from '../../core/spec/front-matter.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { FIXTURES, fixture } from './fixture.ts';

function problem(text: string): string {
  const [first] = readFrontMatter(text).diagnostics;
  return first === undefined ? '' : `${first.code} ${first.line ?? 0}: ${first.message}`;
}

test('a standard header is data, its scalars keep their text, and the body keeps its lines', () => {
  const text = '---\nprp_id: 46.10\ndate: 2025-01-01\nold: 012\nlist: [a, b]\n---\n# T\n';
  const { data, source, body } = readFrontMatter(text);
  assert.equal(data, { prp_id: 46.1, date: '2025-01-01', old: 12, list: ['a', 'b'] });
  assert.is(source['prp_id'], '46.10');
  assert.is(body, '\n\n\n\n\n\n# T\n');
});

test('only a whole line of three dashes ends a header', () => {
  const { data, body } = readFrontMatter('---\na: |\n  x\n  -----\n  y\nb: 1\n---\n\n-----\n\nrest\n');
  assert.equal(data, { a: 'x\n-----\ny\n', b: 1 });
  assert.match(body, /rest/);
  assert.equal(readFrontMatter('---\n\n# A title under a rule\n\n---\n\nbody').data, {});
});

test('the dialects of the wild are read: after the title, without an opening, in a fence, two of them', () => {
  assert.is(fixture('PRPs/executed/PRP-8-after-title.md').hours, 1.5);
  assert.is(fixture('PRPs/feature-requests/task-list.md').title, 'Report service');
  const nested = fixture('PRPs/executed/PRP-7-nested.md');
  assert.is(nested.status, 'new', 'of two headers the one with an id wins');
  const bare = readFrontMatter('name: "X"\ndescription: |\nunindented text: with a colon\n\n## Goal\n');
  assert.equal(bare.data, { name: 'X', description: 'unindented text: with a colon\n' });
});

test('D3 row 1: a header in another language is refused, and nothing in it runs', () => {
  for (const language of ['js', 'javascript', 'coffee', 'json5', 'json', 'toml']) {
    const text = `---${language}\n{ a: (globalThis.__ran = true) }\n---\n\n## Implementation Plan\n\n### Phase 1: A (1h)\n`;
    assert.match(problem(text), /^CE_SPEC_FRONTMATTER_LANGUAGE 1: .*only YAML/);
    const prp = parsePrp('PRPs/PRP-1-x.md', text);
    assert.not.ok(prp.executable);
    assert.match(prp.reason ?? '', /only YAML/);
  }
  assert.not.ok('__ran' in globalThis);
});

test('D3 rows 2 and 3: an alias bomb and endless nesting are errors with a line', () => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `k${level}: &k${level} [${Array.from({ length: 9 }, () => (level === 0 ? '1' : `*k${level - 1}`)).join(', ')}]`,
  );
  assert.match(problem(`---\n${levels.join('\n')}\n---\n`), /^CE_SPEC_FRONTMATTER \d+: .*alias/i);
  assert.match(problem(`---\na: ${'['.repeat(20_000)}\n---\n`), /^CE_SPEC_FRONTMATTER/);
  assert.match(problem(`---\na: ${'x'.repeat(70_000)}\n---\n`), /^CE_SPEC_FRONTMATTER 1: .*70003 characters/);
});

test('D3 rows 4 and 5: unknown tags and keys that reach prototypes are refused', () => {
  assert.match(problem('---\nok: 1\na: !!js/function "x"\n---\n'), /^CE_SPEC_FRONTMATTER 3: .*tag/i);
  assert.match(problem('---\nok: 1\n__proto__: { isAdmin: true }\n---\n'), /^CE_SPEC_FRONTMATTER 3: .*__proto__/);
  assert.match(problem('---\na:\n  constructor: { prototype: 1 }\n---\n'), /^CE_SPEC_FRONTMATTER 3/);
  assert.is(Object.hasOwn(Object.prototype, 'isAdmin'), false);
  assert.match(problem('---\na: 1\na: 2\n---\n'), /^CE_SPEC_FRONTMATTER 3: .*unique/i);
  assert.match(problem('---\nstatus: new\n# no end\n'), /^CE_SPEC_FRONTMATTER 1: .*not closed/);
});

test('a broken header still gives the names that messages need', () => {
  const prp = parsePrp('PRPs/x.md', '---\nprp_id: PRP-4\ntitle: A: b\n---\n\n## Implementation Plan\n\n### Phase 1: A\n');
  assert.is(prp.id, 'PRP-4');
  assert.not.ok(prp.executable);
});

test('an edit changes its values and no other byte', () => {
  const text = '\uFEFF---\r\nprp_id: PRP-1   # the id\r\nstatus: "new"  # now\r\nempty:\r\nlist: [a,\r\n  b]\r\n---\r\n# T\r\n';
  const edited = editFrontMatter(text, { status: 'executed', empty: 'a: b', added: 3 });
  assert.is(edited.ok ? edited.value : '', text.replace('"new"', 'executed').replace('empty:', 'empty: "a: b"').replace('  b]\r\n', '  b]\r\nadded: 3\r\n'));
});

test('an edit makes a header where there is none and refuses what it cannot change', () => {
  const made = editFrontMatter('# T\n', { status: 'done' });
  assert.is(made.ok ? made.value : '', '---\nstatus: done\n---\n\n# T\n');
  assert.not.ok(editFrontMatter('---\na: [1]\n---\n', { a: 'b' }).ok);
  assert.not.ok(editFrontMatter('---\na: [1\n---\n', { b: 'b' }).ok);
});

test('an edited value reads back as it was written, in every fixture', () => {
  const files = ['PRPs/feature-requests/PRP-5-token-check.md', 'PRPs/executed/PRP-7-nested.md', 'PRPs/executed/PRP-8-after-title.md'].map((path) =>
    readFileSync(`${FIXTURES}/${path}`, 'utf8'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.oneof(fc.string({ maxLength: 40 }), fc.integer(), fc.boolean(), fc.constant(null)), (text, value) => {
      const edited = editFrontMatter(text, { status: value });
      if (!edited.ok) throw new Error(edited.failure.message);
      const { data, diagnostics, body } = readFrontMatter(edited.value);
      assert.equal(diagnostics, []);
      assert.equal(data['status'], value);
      assert.is(body.replace(/\n+/g, '\n'), readFrontMatter(text).body.replace(/\n+/g, '\n'));
    }),
    { numRuns: 60 },
  );
});

test.run();
