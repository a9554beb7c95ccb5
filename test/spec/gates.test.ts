/** What must be checked: by which level, by which command, with which expectation, or by a person. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { looksLikeCommand } from '../../core/spec/commands.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { levelOfHeading } from '../../core/spec/validation.ts';
import { codesOf, fixture, implementation, phaseOf } from './fixture.ts';

test('E6 E7 E8 E9 levels are mapped by name first, then by number (C1)', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['Level 1: Syntax & Style', 'L1'],
    ['Level 2: Unit Tests', 'L2'],
    ['Level 3: Integration Testing', 'L3'],
    ['Level 4: Creative & Domain-Specific', 'L4'],
    ['Level 3: Unit Testing', 'L2'],
    ['L1 - Linting', 'L1'],
    ['L4 - Pattern Conformance', 'L4'],
    ['Level 2: Content', 'L2'],
    ['Level 5: Load', 'L3'],
    ['Level 6', 'L3'],
    ['Gate 1: Type check', 'L1'],
    ['Gate 3: E2E', 'L3'],
    ['Gate 2: Coverage', 'L2'],
    ['Gate 7: Something else', null],
  ];
  for (const [heading, level] of cases) assert.is(levelOfHeading(heading), level, heading);
});

test('E7 gates carry their command as written and their expectation', () => {
  const { gates } = fixture('PRPs/feature-requests/PRP-5-token-check.md');
  assert.equal(
    gates.map(({ level, kind, command, expect }) => [level, kind, command, expect]),
    [
      ['L2', 'command', 'uv run pytest tests', 'no failure'],
      ['L1', 'command', 'ruff check src\nruff format --check \\\n  src', undefined],
      ['L3', 'manual', '/doctor', undefined],
      ['L3', 'manual', 'A reviewer compares the answers with the agreed table.', undefined],
    ],
  );
  assert.is(gates[0]?.line, 82);
});

test('E7 a comment in a script may be its expectation, and the script keeps it', () => {
  const second = phaseOf(fixture('PRPs/feature-requests/PRP-5-token-check.md'), 'phase2');
  assert.equal(
    second.validate.map(({ command, expect }) => [command, expect]),
    [['# Expected: 4 passed\nuv run pytest tests/test_handlers.py', '4 passed']],
  );
});

test('levels of a validation loop: samples are no commands, a checklist adds only commands that are new', () => {
  const { gates } = fixture('PRPs/feature-requests/task-list.md');
  assert.equal(
    gates.map(({ level, kind, command }) => [level, kind, command.split('\n').at(-1)]),
    [
      ['L1', 'command', '# Expected: no errors'],
      ['L2', 'command', 'pytest tests -v'],
      ['L4', 'manual', 'Compare by hand.'],
      ['L3', 'command', './scripts/load.sh'],
      ['L1', 'command', 'ruff check src'],
    ],
  );
});

test('bullets with an arrow are commands with an expectation; what asks to look is for a person', () => {
  const { gates } = fixture('PRPs/feature-requests/consolidate.plan.md');
  assert.equal(
    gates.map(({ kind, command, expect }) => [kind, command, expect]),
    [
      ['command', 'ls src/export.ts | wc -l', '1'],
      ['command', 'node --check src/cli.ts', 'exit 0'],
    ],
  );
  const manual = parsePrp('PRPs/x.md', '# T\n\n## Validation\n\n### Manual Verification\n\n1. Run `npm start` and check that it answers\n');
  assert.equal(
    manual.gates.map(({ kind }) => kind),
    ['manual'],
  );
});

test('checkboxes alone are listed one by one for a person, never passed', () => {
  const prp = parsePrp('PRPs/x.md', '# T\n\n## Validation\n\n- [ ] All files are there\n- [ ] Tests pass: `npm test`\n- [ ] Coverage is enough\n');
  assert.equal(
    prp.gates.map(({ kind, command }) => [kind, command]),
    [['command', 'npm test']],
  );
  const prose = parsePrp('PRPs/x.md', '# T\n\n## Validation\n\n- [ ] All files are there\n- [ ] It is pleasant\n');
  assert.equal(
    prose.gates.map(({ kind, command, line }) => [kind, command, line]),
    [
      ['manual', 'All files are there', 5],
      ['manual', 'It is pleasant', 6],
    ],
  );
  assert.equal(
    codesOf(prose).filter((code) => code.startsWith('CE_SPEC_GATE_MANUAL')),
    ['CE_SPEC_GATE_MANUAL 5', 'CE_SPEC_GATE_MANUAL 6'],
  );
});

test('E30 a phase asks for a command in code, in a fence, in bullets or in words', () => {
  const validate = (text: string): readonly (readonly [string, string])[] =>
    (implementation(`### Phase 1: A\n\n${text}`).phases[0]?.validate ?? []).map(({ kind, command }) => [kind, command] as const);
  assert.equal(validate('**Validation Command**: `cd tools && uv run pytest -v`'), [['command', 'cd tools && uv run pytest -v']]);
  assert.equal(validate('**Validation:**\n\n```bash\nnpm test\n```'), [['command', 'npm test']]);
  assert.equal(validate('- **VALIDATE**:\n```bash\ntest -f a && \\\necho ok\n```'), [['command', 'test -f a && \\\necho ok']]);
  assert.equal(validate('**Validation**:\n- `npm test`\n- `npm run lint`'), [
    ['command', 'npm test'],
    ['command', 'npm run lint'],
  ]);
  assert.equal(validate('#### Validation\n\n```sh\nmake check\n```'), [['command', 'make check']]);
  assert.equal(validate('**Validation Command**: `my-own-tool --all`'), [['command', 'my-own-tool --all']]);
  assert.equal(validate('**Validation Command**: Manual review of all pages'), [['manual', 'Manual review of all pages']]);
  assert.equal(validate('**Validation Command**: `/prp-review`'), [['manual', '/prp-review']]);
  assert.equal(validate('**Validation Command**: `pytest {your tests}`'), [['manual', 'pytest {your tests}']]);
  assert.equal(validate('**Goal**: x\n\n```bash\nrm -rf build\n```'), [], 'a script without a label is no check');
});

test('a word in code is a command only when it would do something', () => {
  for (const text of ['npm test', 'pytest', './scripts/run.sh', 'FOO=1 node x.js', 'cd a && make', 'tsc', 'ls -l | wc -l', '[ -f a ]'])
    assert.ok(looksLikeCommand(text), text);
  for (const text of ['src/a.py', 'foo()', 'test', 'find', 'true', 'npm', '--flag', 'PRP-5', 'a: b', '', '/doctor', 'pytest <path>'])
    assert.not.ok(looksLikeCommand(text), text);
});

test('the gates of the document have a spec of their own', () => {
  const text = '# T\n\n## Implementation Plan\n\n### Phase 1: A\n\n## Validation Gates\n\n### Gate 1: Unit\n\n**Command**: `npm test`\n';
  const one = parsePrp('PRPs/x.md', text);
  assert.is(parsePrp('PRPs/x.md', text.replace('Phase 1: A', 'Phase 1: B')).spec, one.spec);
  assert.is.not(parsePrp('PRPs/x.md', text.replace('npm test', 'npm run test')).spec, one.spec);
});

test.run();
