/** Which parts of a document are its work, in the formats of the wild, and what becomes of the rest. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePrp } from '../../core/spec/prp.ts';
import { codesOf, fixture, implementation, outlineOf, phaseOf } from './fixture.ts';

function document(body: string): ReturnType<typeof parsePrp> {
  return parsePrp('PRPs/PRP-1-inline.md', `# PRP-1: Inline\n\n${body}\n`);
}

test('E3 a blueprint gives number, name, hours, goal, approach, files, functions, command and checkpoint', () => {
  const prp = fixture('PRPs/feature-requests/PRP-5-token-check.md');
  assert.ok(prp.executable);
  assert.equal(outlineOf(prp), [
    ['1', 'Read the token', 3],
    ['2', 'Refuse what has run out', 0.75],
  ]);
  const first = phaseOf(prp, 'phase1');
  assert.is(first.kind, 'phase');
  assert.is(first.goal, 'A token becomes claims, or an error that says why not');
  assert.is(first.approach, 'Pure functions; the clock comes in as an argument');
  assert.equal(
    first.files.map(({ path, action }) => [path, action]),
    [
      ['src/auth.py', 'modify'],
      ['src/settings.py', 'modify'],
      ['src/token.py', 'create'],
    ],
  );
  assert.equal(
    first.functions.map(({ name, signature }) => [name, signature]),
    [
      ['read_token', 'def read_token(text: str, now: int) -> Claims'],
      ['refresh', 'async def refresh(claims: Claims, now: int) -> str'],
      ['Claims', 'class Claims'],
    ],
  );
  assert.equal(
    first.validate.map(({ level, command, kind }) => [level, command, kind]),
    [['L2', 'cd api && uv run pytest tests/test_token.py -v', 'command']],
  );
  assert.is(first.checkpoint, 'git add src && git commit -m "feat: read the token"');
  const second = phaseOf(prp, 'phase2');
  assert.is(second.goal, 'Handlers answer 401', 'the colon may stand inside the bold');
  assert.equal(second.steps, ['Write the decorator', 'Put it on every handler']);
  assert.equal(
    second.files.map(({ path }) => path),
    ['src/handlers.py'],
    'a box before the label changes nothing',
  );
});

test('E3 rollout plans, timelines, reviews, samples, comments and deferred work are never run, and each is told', () => {
  const prp = fixture('PRPs/feature-requests/PRP-10-odd-phases.md');
  assert.equal(outlineOf(prp), [
    ['0', 'Look around', 0.167],
    ['10.1', 'Parse (a bit)', 0.333],
    ['2A', 'Cheap part', 2.5],
    ['4', 'First four', 0.208],
    ['4', 'Second four', 0.217],
    ['5', 'Labelled (OPTIONAL)', 1.5],
    ['6', 'Speed (from 30 min to 5 min)', null],
  ]);
  assert.equal(
    prp.phases.map(({ id }) => id),
    ['pre-phase0', 'phase10.1', 'phase2a', 'phase4', 'phase4-2', 'phase5', 'phase6'],
  );
  assert.equal(phaseOf(prp, 'phase10.1').steps, ['Lines', 'Words']);
  assert.equal(codesOf(prp), [
    'CE_SPEC_DUPLICATE_NUMBER 31',
    'CE_SPEC_IGNORED 39',
    'CE_SPEC_IGNORED 41',
    'CE_SPEC_IGNORED 44',
    'CE_SPEC_IGNORED 53',
    'CE_SPEC_IGNORED 57',
  ]);
  const rollout = fixture('PRPs/feature-requests/PRP-5-token-check.md').diagnostics.find(({ code }) => code === 'CE_SPEC_IGNORED');
  assert.match(rollout?.message ?? '', /Staging.*Rollout Plan/);
});

test('E3 a document without work says why it cannot be run', () => {
  const past = fixture('PRPs/executed/PRP-9-post-mortem.md');
  assert.not.ok(past.executable);
  assert.match(past.reason ?? '', /Timeline of Events/);
  assert.match(document('## Feature\n\nWords.').reason ?? '', /no Phase, Step or Task/);
  assert.match(parsePrp('PRPs/x.md', '').reason ?? '', /no headings/);
  assert.match(document('## Implementation Plan\n\n### Phase 1: Later (deferred)').reason ?? '', /no work for now/);
});

test('E3 step-by-step tasks win over the phases of a plan in prose', () => {
  const prp = fixture('PRPs/feature-requests/consolidate.plan.md');
  assert.equal(outlineOf(prp), [
    ['1', 'Write `src/export.ts`', null],
    ['2', 'UPDATE src/cli.ts', null],
    ['3', 'Remove the folder', null],
  ]);
  assert.ok(prp.phases.every(({ kind }) => kind === 'step'));
  assert.is(prp.complexity, 'low');
  assert.match(prp.diagnostics.find(({ code }) => code === 'CE_SPEC_IGNORED')?.message ?? '', /2 phases from “Foundation” on are not run/);
  assert.equal(
    phaseOf(prp, 'step2').files.map(({ path, action }) => [path, action]),
    [['src/cli.ts', 'modify']],
  );
});

test('E3 task lists that look like YAML are read by lines', () => {
  const prp = fixture('PRPs/feature-requests/task-list.md');
  assert.equal(outlineOf(prp), [
    ['1', 'Set up the project', null],
    ['2', 'Reader', null],
    ['3', 'DELETE src/old_reader.py', null],
  ]);
  assert.equal(
    phaseOf(prp, 'step1').files.map(({ path, action, description }) => [path, action, description]),
    [
      ['pyproject.toml', 'create', 'ADD pytest: with the asyncio plugin'],
      ['src/settings.py', 'modify', 'ADD the report folder'],
    ],
  );
  assert.equal(
    phaseOf(prp, 'step2').validate.map(({ command }) => command),
    ['pytest tests/test_reader.py'],
  );
  assert.equal(
    phaseOf(prp, 'step3').files.map(({ path, action }) => [path, action]),
    [['src/old_reader.py', 'delete']],
  );
  const actions = document('## Tasks\n\n````yaml\nUPDATE src/a.py:\n  - VALIDATE: pytest tests/a.py\n\nCREATE src/b.py:\n  - MIRROR: a\n````');
  assert.equal(outlineOf(actions), [
    ['1', 'UPDATE src/a.py', null],
    ['2', 'CREATE src/b.py', null],
  ]);
});

test('E3 the other forms: bold lines, numbered headings, actions, lists, tables, sections of sections', () => {
  const bold = fixture('PRPs/executed/PRP-8-after-title.md');
  assert.equal(outlineOf(bold), [
    ['1', 'Document it', 0.5],
    ['2', 'Announce it', 2],
  ]);
  assert.ok(codesOf(bold).includes('CE_SPEC_NO_BLUEPRINT 13'));
  assert.equal(phaseOf(bold, 'phase1').steps, ['write']);
  const forms: readonly (readonly [string, readonly (readonly [string, string, number | null])[]])[] = [
    [
      '## Implementation Plan\n\n- **Phase 1: A** (1h)\n  - x\n- **Phase 2: B** (2h)',
      [
        ['1', 'A', 1],
        ['2', 'B', 2],
      ],
    ],
    [
      '## Tasks\n\n### 1. A (2h)\n### 2. B',
      [
        ['1', 'A', 2],
        ['2', 'B', null],
      ],
    ],
    [
      '## Implementation Tasks\n\n### CREATE src/a.py:\n\n- **VALIDATE**: `pytest a`\n\n### UPDATE `src/b.py`',
      [
        ['1', 'CREATE src/a.py', null],
        ['2', 'UPDATE `src/b.py`', null],
      ],
    ],
    [
      '## Implementation Steps\n\n1. Do a\n2. Do b (30 min)\n   - detail',
      [
        ['1', 'Do a', null],
        ['2', 'Do b', 0.5],
      ],
    ],
    [
      '## Tasks\n\n- [ ] Task 1: A\n- [x] Task 2: B',
      [
        ['1', 'A', null],
        ['2', 'B', null],
      ],
    ],
    [
      '## Implementation Plan\n\n| Phase | Name | Hours |\n|---|---|---|\n| 1 | A | 2 |\n| 2 | B | 1-2 |',
      [
        ['1', 'A', 2],
        ['2', 'B', 1.5],
      ],
    ],
    [
      '## Blueprint\n\n### Backend\n\n#### Phase 1: A\n\n### Frontend\n\n#### Phase 2: B',
      [
        ['1', 'A', null],
        ['2', 'B', null],
      ],
    ],
    [
      '## Phase 1: A (2h)\n\n### Step 1: inner\n\n## Phase 2: B\n\n## Risks\n\n### Phase 9: no',
      [
        ['1', 'A', 2],
        ['2', 'B', null],
      ],
    ],
    [
      '## Milestones\n\n### Milestone 1: A (1 day)\n\n### Milestone 2: B',
      [
        ['1', 'A', 8],
        ['2', 'B', null],
      ],
    ],
    [
      'Phase 1: A\n---\n\nx\n\n**Time**: 20 min\n---\n\nPhase 2: B\n---',
      [
        ['1', 'A', 0.333],
        ['2', 'B', null],
      ],
    ],
  ];
  for (const [body, expected] of forms) assert.equal(outlineOf(document(body)), expected, body);
});

test('E3 headings inside fences are no phases, however the fences nest', () => {
  const nested = fixture('PRPs/executed/PRP-7-nested.md');
  assert.equal(outlineOf(nested), [
    ['1', 'Write the guide', 1],
    ['2', 'Write the other guide', 0.25],
    ['3', 'Check', 1.5],
  ]);
  const text = phaseOf(nested, 'step1').blocks[0]?.text ?? '';
  assert.ok(text.startsWith('## Usage\n') && text.endsWith('### Step 9: Not a step\n'), text);
});

test('a forgotten fence is told, and no phase after it is lost', () => {
  const open = implementation('### Phase 1: A\n\n```bash\nnpm test\n\n### Phase 2: B\n\n```bash\nls\n```\n\n### Phase 3: C');
  assert.equal(
    outlineOf(open).map(([number]) => number),
    ['1', '2', '3'],
  );
  assert.ok(codesOf(open).includes('CE_SPEC_FENCE 7'));
  const stray = implementation('### Phase 1: A\n\n```md\nx\n```\n```\n\n### Phase 2: B\n\n```json\n1\n```\n\n### Phase 3: C');
  assert.equal(
    outlineOf(stray).map(([number]) => number),
    ['1', '2', '3'],
  );
  const escaped = implementation('### Phase 1: A\n\n```markdown\n\\`\\`\\`bash\nx\n\\`\\`\\`\n\\`\\`\\`\n\n### Phase 2: B\n\n```bash\nx\n```');
  assert.equal(
    outlineOf(escaped).map(([number]) => number),
    ['1', '2'],
  );
  const sample = implementation('### Phase 1: A\n\n```markdown\n### Phase 2: a sample without an end');
  assert.equal(
    outlineOf(sample).map(([number]) => number),
    ['1'],
  );
});

test('lines end in any way, and a byte order mark is no text', () => {
  const body = '---\nprp_id: PRP-3\n---\n\n## Implementation Plan\n\n### Phase 1: A (1h)\n\n```ts src/a.ts\nx\n```\n';
  const plain = parsePrp('PRPs/a.md', body);
  const windows = parsePrp('PRPs/a.md', `\uFEFF${body.replaceAll('\n', '\r\n')}`);
  assert.equal(windows, plain);
  assert.is(plain.phases[0]?.line, 7);
});

test('a ticked box, a status mark and blanks at the end leave the spec as it was; a word does not', () => {
  const base = '### Phase 1: A (1h)\n\n- [ ] do it\n- [ ] check it\n';
  const spec = (text: string): string | undefined => implementation(text).phases[0]?.spec;
  assert.is(spec('### ✅ Phase 1: A (1h) ✅\n\n- [x] do it   \n- [X] check it\n\n\n'), spec(base));
  assert.is(spec(base.replaceAll('\n', '\r\n')), spec(base));
  assert.is.not(spec(base.replace('do it', 'do that')), spec(base));
  assert.is.not(
    implementation('### Phase 1: A\n\n```bash\nmake a\n```').phases[0]?.spec,
    implementation('### Phase 1: A\n\n```bash\nmake b\n```').phases[0]?.spec,
  );
});

test.run();
