/** No text breaks the parser: anything becomes a spec, and a megabyte of nonsense ends. */
// time limit: 300 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import type { Prp } from '../../core/model.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { showPrp } from '../../core/spec/show.ts';

/** What holds of every reading of every text. */
function check(prp: Prp, lines: number): void {
  assert.equal(JSON.parse(JSON.stringify(prp)), prp);
  assert.ok(prp.executable === (prp.reason === null));
  assert.ok(!prp.executable || prp.phases.length > 0);
  assert.ok(prp.executable || (prp.reason ?? '') !== '');
  assert.is(new Set(prp.phases.map(({ id }) => id)).size, prp.phases.length, 'ids of phases are unique');
  for (const phase of prp.phases) {
    assert.match(phase.id, /^(?:pre-)?(?:phase|step)[a-z0-9.-]+$/);
    assert.match(phase.spec, /^[0-9a-f]{64}$/);
    assert.ok(phase.line >= 1 && phase.line <= phase.endLine && phase.endLine <= lines, `${phase.id} ${phase.line}-${phase.endLine} of ${lines}`);
    assert.ok(phase.hours === null || (Number.isFinite(phase.hours) && phase.hours >= 0));
  }
  for (const { line, file } of prp.diagnostics)
    assert.ok(file === prp.path && line !== undefined && line >= 1 && line <= Math.max(lines, 1), `line ${line ?? 0} of ${lines}`);
  assert.ok(Object.keys(showPrp(prp)).length > 0);
}

const words = [
  'Phase',
  'Step',
  'Task',
  'Implementation Plan',
  'Blueprint',
  'Rollout Plan',
  'Validation Gates',
  'Gate',
  'Level',
  'Goal',
  'File',
  'a/b.ts',
  '(2h)',
  '(1-2 hours)',
  '✅',
  '1',
  '2.1',
  ':',
  '-',
  '→',
  'Delete',
  'Move',
  'to',
];
const piece = fc.oneof(
  fc.constantFrom(
    ...words,
    '```',
    '````',
    '~~~',
    '```ts a/b.ts',
    '```bash',
    '```markdown',
    '---',
    '---js',
    '===',
    '- ',
    '1. ',
    '> ',
    '    ',
    '\t',
    '# ',
    '## ',
    '### ',
    '#### ',
    '**',
    '`',
    '|',
    '| a | b |\n|---|---|',
    '<!--',
    '-->',
    '<details>',
    '\\',
    '*',
    '_',
    '[',
    ']',
    '!',
    '&amp;',
    'prp_id: PRP-1',
    'name: x',
    'description: |',
    '[x]',
    '\u0000',
    '\u202e',
    '\r',
  ),
  fc.string({ maxLength: 12 }),
);
const markdown = fc
  .array(fc.tuple(piece, fc.constantFrom('', ' ', ' ', '\n', '\n', '\n\n')), { maxLength: 120 })
  .map((parts) => parts.map(([text, gap]) => text + gap).join(''));

test('any text becomes a spec: nothing throws, lines are in the file, what cannot run says why', () => {
  fc.assert(
    fc.property(markdown, (text) => check(parsePrp('PRPs/x.md', text), text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).length)),
    { numRuns: 400 },
  );
});

test('reading the same text twice is the same', () => {
  fc.assert(
    fc.property(markdown, (text) => assert.equal(parsePrp('PRPs/x.md', text), parsePrp('PRPs/x.md', text))),
    { numRuns: 40 },
  );
});

test('a phase that is put into a fence or under a rollout plan is no phase any more', () => {
  const name = fc.stringMatching(/^[A-Z][a-z]{2,10}$/);
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: 99 }), (title, number) => {
      const heading = `### Phase ${number}: ${title} (2h)`;
      const base = '# T\n\n## Implementation Plan\n\n';
      assert.is(parsePrp('PRPs/x.md', `${base}${heading}\n`).phases.length, 1);
      assert.is(parsePrp('PRPs/x.md', `${base}\`\`\`\n${heading}\n\`\`\`\n`).phases.length, 0);
      assert.is(parsePrp('PRPs/x.md', `# T\n\n## Rollout Plan\n\n${heading}\n`).phases.length, 0);
    }),
    { numRuns: 50 },
  );
});

test('D3 rows 6 and 7: nonsense by the hundred kilobytes ends, and a line or file too long is told', () => {
  // Any of these would take minutes, and the time limit of this file, if its cost were the square of its length.
  const size = 100_000;
  const fill = (text: string): string => text.repeat(Math.ceil(size / text.length));
  const numbered = (line: (index: number) => string): string => {
    let text = '';
    for (let index = 0; text.length < size; index += 1) text += line(index);
    return text;
  };
  const texts: readonly string[] = [
    '#'.repeat(50_000),
    fill('# # # # #\n'),
    fill('`a `b `` c\n'),
    numbered((index) => `${'`'.repeat((index % 200) + 1)} x\n`),
    fill('> > > > > x\n'),
    fill(`${'> '.repeat(100)}\n`),
    numbered((index) => `${' '.repeat(index % 60)}- x\n`),
    fill('```a\n'),
    fill('```\n'),
    fill('```\n\n'),
    fill('```x\n~~~\n````y\n'),
    fill('\\`\\`\\`a\n```b\n'),
    fill('**a**: b\n'),
    fill('*a **b _c __d '),
    fill('[a]: b\n'),
    fill('['),
    fill('a\n---\n'),
    fill('---\na: 1\n'),
    fill('a\n'),
    numbered((index) => `### Phase ${index}: a (1h)\n\n`),
    fill('### Phase 1: a (1h)\n\n'),
    numbered((index) => `## S${index}\n\n### Phase ${index}: a\n\n`),
    fill(`### Phase 1: ${'a - '.repeat(90)}\n\n`),
    fill(`### Phase 1: ${'✅'.repeat(150)}\n\n`),
    fill(`### Phase 1: ${'('.repeat(150)}\n\n`),
    `## Tasks\n\n\`\`\`yaml\n${fill('Task 1: x\nCREATE a/b.ts:\n  - y\n')}\`\`\`\n`,
    `## Files to Modify\n\n${fill('- `a/b.ts` - x\n')}`,
    `## Validation\n\n${fill('- [ ] run `npm test` ok\n')}`,
    `| a | b |\n|---|---|\n${fill('| x | y |\n')}`,
    fill('<div\n'),
    fill('\n'),
  ];
  for (const text of texts) check(parsePrp('PRPs/x.md', text), text.split('\n').length);
  const line = parsePrp('PRPs/x.md', `## Implementation Plan\n\n### Phase 1: A\n\n${'x'.repeat(100_000)}\n`);
  assert.equal(
    line.diagnostics.map(({ code, line: at }) => [code, at]),
    [['CE_SPEC_TOO_LARGE', 5]],
  );
  assert.not.ok(line.executable);
  const table = parsePrp('PRPs/x.md', `## Implementation Plan\n\n### Phase 1: A\n\n| a | b |\n|---|---|\n${'| x | y |\n'.repeat(100_000)}`);
  assert.equal(
    table.diagnostics.map(({ code, line: at }) => [code, at]),
    [['CE_SPEC_TOO_LARGE', 2005]],
  );
  const whole = parsePrp('PRPs/PRP-6-x.md', 'x'.repeat(1024 * 1024 + 1));
  assert.equal([whole.id, whole.executable, whole.diagnostics.map(({ code }) => code)], ['PRP-6', false, ['CE_SPEC_TOO_LARGE']]);
});

test.run();
