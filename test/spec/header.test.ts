/** What a spec says of itself: id, title, status, hours, dependencies; and what `ce show` prints of it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../core/model.ts';
import { readDependencies } from '../../core/spec/dependencies.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { showPrp, strictDiagnostics } from '../../core/spec/show.ts';
import { fixture, implementation } from './fixture.ts';

function dependencies(value: Json): readonly string[] {
  return readDependencies(value, 'PRP-9', 1, []).map(({ id, soft }) => (soft ? `${id}?` : id));
}

test('dependencies in every notation of the wild', () => {
  const cases: readonly (readonly [Json, readonly string[]])[] = [
    [[], []],
    [null, []],
    ['None', []],
    ['none', []],
    [['None'], []],
    ['None (must run first)', []],
    [['37.1.1'], ['PRP-37.1.1']],
    [
      ['PRP-47.1.1', 'PRP-47.2.1'],
      ['PRP-47.1.1', 'PRP-47.2.1'],
    ],
    ['34.1.1, 34.2.1', ['PRP-34.1.1', 'PRP-34.2.1']],
    ['PRP-36.1.1 (the class, as it is)', ['PRP-36.1.1']],
    [['PRP-21: Update the context'], ['PRP-21']],
    ['Soft dependency on PRP-32.1.1 (later)', ['PRP-32.1.1?']],
    ['PRP-1 through PRP-3', ['PRP-1', 'PRP-2', 'PRP-3']],
    [7, ['PRP-7']],
    [[{ id: 'PRP-4', soft: true }], ['PRP-4?']],
    [{ hard: ['PRP-1'], soft: ['PRP-2'] }, ['PRP-1', 'PRP-2?']],
    ['sentence-transformers>=2.2.0, UV, Python 3.11+', []],
    ['Fuzzy, File, YAML', []],
    ['PRP-9, PRP-8', ['PRP-8']],
  ];
  for (const [value, expected] of cases) assert.equal(dependencies(value), expected, JSON.stringify(value));
});

test('what is no id is told with its line', () => {
  const prp = parsePrp('PRPs/PRP-1-a.md', '---\nprp_id: PRP-1\ndependencies: [PRP-2, "some-package>=2.2.0"]\n---\n');
  assert.equal(prp.dependencies, [{ id: 'PRP-2', soft: false }]);
  assert.equal(
    prp.diagnostics.filter(({ code }) => code === 'CE_SPEC_DEPENDENCY').map(({ line, message }) => [line, message.slice(0, 22)]),
    [[3, '`some-package>=2.2.0` ']],
  );
});

test('a spec without a header speaks through its labels', () => {
  const prp = fixture('PRPs/feature-requests/PRP-10-odd-phases.md');
  assert.equal([prp.id, prp.title, prp.status, prp.hours], ['PRP-10', 'Odd phases', 'in progress', 6]);
  assert.equal(prp.dependencies, [{ id: 'PRP-5', soft: true }]);
});

test('the id comes from the header, then the file, then the title, then the file name as it is', () => {
  assert.is(parsePrp('PRPs/PRP-2-b.md', '---\nprp_id: 46.10\n---\n').id, 'PRP-46.10');
  assert.is(parsePrp('PRPs/PRP-2-b.md', '---\nprp_id: TBD\n---\n').id, 'PRP-2');
  assert.is(parsePrp('PRPs/notes.md', '# PRP-45: Notes\n').id, 'PRP-45');
  assert.is(parsePrp('PRPs/some notes.plan.md', '# Notes\n').id, 'some-notes');
});

test('D3 row 19: a title prints no control characters', () => {
  const prp = parsePrp('PRPs/x.md', '---\ntitle: "a\\e]52;c;x\\a b\\rc\\u202Ed"\n---\n');
  assert.not.match(prp.title, /[\p{Cc}\u202E]/u);
  assert.match(prp.title, /^a.\]52;c;x. b c.d$/u);
});

test('`ce show --json` has the fields of the issue, and is JSON', () => {
  const shown = showPrp(fixture('PRPs/feature-requests/PRP-5-token-check.md'));
  assert.equal(JSON.parse(JSON.stringify(shown)), shown);
  assert.equal(Object.keys(shown), [
    'id',
    'title',
    'status',
    'path',
    'executable',
    'complexity',
    'hours',
    'dependencies',
    'files',
    'phases',
    'gates',
    'diagnostics',
  ]);
  const text = JSON.stringify(shown);
  assert.match(text, /"number":"1","id":"phase1","name":"Read the token","kind":"phase","hours":3,"goal":"A token becomes/);
  assert.match(text, /"files":\[\{"path":"src\/auth.py","action":"modify","description":"call the reader"/);
  assert.match(text, /\{"level":"L2","command":"uv run pytest tests","expect":"no failure"/);
  assert.match(text, /\{"code":"CE_SPEC_IGNORED","severity":"info","message":"[^"]*","file":"PRPs\/feature-requests\/PRP-5-token-check.md","line":107\}/);
  assert.is(shown['hours'], 4);
});

test('E3 `--strict` wants number, name, hours, goal and approach of every phase', () => {
  assert.equal(strictDiagnostics(fixture('PRPs/feature-requests/PRP-5-token-check.md')), []);
  const lacking = strictDiagnostics(implementation('### Phase 1: A (1h)\n\n**Goal**: x\n\n### Phase 2: B\n'));
  assert.equal(
    lacking.map(({ code, severity, message, line }) => [code, severity, message, line]),
    [
      ['CE_SPEC_STRICT', 'error', 'phase1 lacks an approach', 5],
      ['CE_SPEC_STRICT', 'error', 'phase2 lacks hours, a goal, an approach', 9],
    ],
  );
  assert.is(strictDiagnostics(fixture('PRPs/executed/PRP-9-post-mortem.md')).length, 1);
});

test.run();
