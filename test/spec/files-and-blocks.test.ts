/** Which files a spec changes, which code goes into them, and which paths it may not name. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileChange } from '../../core/model.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { codesOf, fixture, implementation, phaseOf } from './fixture.ts';

function files(text: string): readonly string[] {
  return (implementation(`### Phase 1: A\n\n${text}`).phases[0]?.files ?? []).map(
    ({ action, path, from }: FileChange) => `${action} ${from === undefined ? '' : `${from} > `}${path}`,
  );
}

test('E3 files come from labelled lists, captions, boxes and inline lists', () => {
  assert.equal(files('**Files to Create**:\n\n- `a/b.ts` - the reader\n- `c.md` (new)\n- d/e.py\n- tests/f.py (fixtures)'), [
    'create a/b.ts',
    'create c.md',
    'create d/e.py',
    'create tests/f.py',
  ]);
  assert.equal(files('**Files Modified**: `a.ts`, `b.ts` (new), `c.ts`'), ['modify a.ts', 'create b.ts', 'modify c.ts']);
  assert.equal(files('**File**: `src/a.ts:10-20`\n**Action**: CREATE'), ['create src/a.ts']);
  assert.equal(files('- [ ] **File**: `src/a.ts`'), ['modify src/a.ts']);
  assert.equal(files('#### Files to Modify\n\n- `src/a.ts`'), ['modify src/a.ts']);
  assert.equal(files('**Files**:\n\n| File | Action | Description |\n|---|---|---|\n| `a.ts` | CREATE | x |\n| `b.ts` | NONE | y |'), [
    'create a.ts',
    'modify b.ts',
  ]);
});

test('E3 deletions and moves are meant only when the sentence ends with them', () => {
  assert.equal(files('- Delete: `src/old.ts`\n- Remove `src/older.ts` and `src/oldest.ts`\n- **Delete** `legacy/`'), [
    'delete src/old.ts',
    'delete src/older.ts',
    'delete src/oldest.ts',
    'delete legacy/',
  ]);
  assert.equal(files('**Files to Delete**:\n\n- `a.ts`'), ['delete a.ts']);
  assert.equal(files('- Move `a/x.ts` to `b/x.ts`\n- `c.ts` → `d.ts`\n- Rename `e.ts` to `f.ts` - a better name'), [
    'move a/x.ts > b/x.ts',
    'move c.ts > d.ts',
    'move e.ts > f.ts',
  ]);
  assert.equal(
    files('- Remove `config.json` from the documentation\n- Delete `node.parent` calls\n- Move `a.ts` closer to `b.ts`\n- Fix the bug in `c.ts`'),
    [],
  );
});

test('words in code that are no paths are no files', () => {
  assert.equal(files('**Files to Modify**:\n\n- `readToken()`\n- `--flag`\n- `https://example.org/a.md`\n- All modules\n- `@scope/package`\n- `/command`'), []);
});

test('code is bound by info string, title, caption, heading or list item', () => {
  const phase = phaseOf(fixture('PRPs/feature-requests/PRP-12-blocks.md'), 'phase1');
  assert.equal(
    phase.blocks.map(({ language, path }) => [language, path]),
    [
      ['ts', 'src/by-caption.ts'],
      ['ts', 'src/by-info.ts'],
      ['json', 'config/by-title.json'],
      ['ts', 'src/by-item.ts'],
      ['bash', 'scripts/run.sh'],
      ['ts', null],
      ['ts', null],
      ['diff', 'src/patched.ts'],
      ['diff', 'src/gone.ts'],
      ['ts', 'src/by-heading.ts'],
    ],
  );
  assert.is(phase.blocks[3]?.text, 'export const item = 3;\n', 'the indentation of the list is not part of the code');
  const actions = new Map(phase.files.map(({ path, action }) => [path, action]));
  assert.is(actions.get('src/by-caption.ts'), 'create');
  assert.is(actions.get('src/by-heading.ts'), 'create');
  assert.is(actions.get('src/by-info.ts'), 'modify', 'nothing says that the file is new');
  assert.is(actions.get('src/gone.ts'), 'delete');
});

test('a block that shows the present state is bound to nothing, and that is told', () => {
  const prp = fixture('PRPs/feature-requests/PRP-12-blocks.md');
  assert.equal(
    codesOf(prp).filter((code) => code.startsWith('CE_SPEC_UNBOUND_BLOCK')),
    ['CE_SPEC_UNBOUND_BLOCK 42', 'CE_SPEC_UNBOUND_BLOCK 48'],
  );
  const before = implementation(
    '### Phase 1: A\n\n**Before** (`src/a.ts`):\n\n```ts\nold\n```\n\nCurrent code of `src/a.ts`:\n\n```ts\nold\n```\n\nAn example, as in `src/a.ts`:\n\n```ts\nold\n```',
  );
  assert.equal(
    before.phases[0]?.blocks.map(({ path }) => path),
    [null, null, null],
  );
});

test('code keeps its text byte for byte, with blank lines, fences and indentation in it', () => {
  const code = '\n  indented\n\n\n```inner\nx\n```\n\ttab  \n';
  const prp = implementation(`### Phase 1: A\n\n\`\`\`\`md docs/a.md\n${code}\`\`\`\`\n`);
  assert.is(prp.phases[0]?.blocks[0]?.text, code);
  assert.is(prp.phases[0]?.blocks[0]?.path, 'docs/a.md');
  assert.is(implementation('### Phase 1: A\n\n```ts a.ts\n```').phases[0]?.blocks[0]?.text, '');
});

test('D3 rows 8 to 10: paths that leave the repository, are absolute or reach git are never files', () => {
  const prp = fixture('PRPs/feature-requests/PRP-12-blocks.md');
  assert.equal(
    phaseOf(prp, 'phase2').files.map(({ path }) => path),
    ['src/fine.ts'],
  );
  assert.equal(
    prp.diagnostics.filter(({ code }) => code === 'CE_SPEC_PATH').map(({ severity, line }) => [severity, line]),
    [
      ['error', 81],
      ['error', 82],
      ['warning', 83],
      ['warning', 84],
    ],
  );
  assert.not.ok(prp.executable);
  assert.match(prp.reason ?? '', /outside\.txt.*line 81/);
  for (const path of [
    '../../.ssh/authorized_keys',
    '/etc/passwd',
    'C:\\x',
    '\\\\srv\\x',
    'a\\u0000b',
    '.git/hooks/pre-commit',
    '.GIT/config',
    'git~1/config',
    '.git\\u200c/config',
  ]) {
    const header = parsePrp(
      'PRPs/PRP-1-x.md',
      `---\nprp_id: PRP-1\nfiles_modified: [${path.includes('\\u') ? `"${path}"` : `'${path}'`}]\n---\n\n## Implementation Plan\n\n### Phase 1: A\n`,
    );
    assert.not.ok(header.executable, path);
    assert.match(header.reason ?? '', /files_modified/, path);
    assert.is(header.diagnostics.find(({ code }) => code === 'CE_SPEC_PATH')?.line, 3, path);
    assert.equal(header.files, [], path);
  }
});

test('files of the header: a list, or a string with commas that parentheses may hold', () => {
  const prp = fixture('PRPs/feature-requests/PRP-5-token-check.md');
  assert.equal(
    prp.files.map(({ path, action }) => [path, action]),
    [
      ['src/auth.py', 'modify'],
      ['docs/auth.md', 'create'],
    ],
  );
  const plan = fixture('PRPs/feature-requests/consolidate.plan.md');
  assert.equal(
    plan.files.map(({ path, action, description }) => [path, action, description]),
    [
      ['src/export/', 'delete', 'replaced'],
      ['src/export.ts', 'create', 'one place'],
      ['src/cli.ts', 'modify', 'new flag'],
    ],
  );
});

test.run();
