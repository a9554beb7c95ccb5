import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPlainReporter } from '../../core/report/plain.ts';
import { createTheme } from '../../core/report/theme.ts';
import type { Event } from '../../core/events.ts';
import { capture, play, SOURCES } from './rig.ts';
import { STREAMS } from './streams.ts';

const theme = await createTheme({ colour: 'plain', symbols: 'unicode' });

function linesOf(events: readonly Event[]): string {
  const out = capture(100);
  play(events, createPlainReporter(out, theme, SOURCES));
  return out.text();
}

// UPDATE_FIXTURES=1 writes them anew; the difference is then read by a person.
for (const [name, events] of Object.entries(STREAMS)) {
  test(`the lines of a run that is ${name} are as written down`, () => {
    const file = new URL(`../fixtures/report/${name}.txt`, import.meta.url);
    const text = linesOf(events);
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(file, text);
    assert.fixture(text, readFileSync(file, 'utf8'));
  });
}

test('E15 a phase is printed in the order and the shapes of the seeds', () => {
  const text = linesOf(STREAMS.green);
  const shapes = [
    `${'='.repeat(80)}\nPhase 1: Core Logic Implementation\nGoal: Implement main authentication flow\n${'='.repeat(80)}\n`,
    '\n  📝 Create: src/auth.py - Authentication logic\n',
    '\n  🔧 Implement: authenticate_user\n  🔧 Implement: validate_token\n',
    '\n\n  🧪 Running validation...\n    L1: Syntax & Style...',
    '\n    ✅ L1 passed (0.45s)\n    L2: Running pytest tests/test_auth.py -v...',
    '\n    ✅ L2 passed (1.23s)\n    L3: Integration Tests...',
    '\n    ✅ L3 passed (2.15s)\n    L4: Pattern Conformance...',
    '\n    ✅ L4 passed (0.06s)\n  ✅ Validation complete\n',
    '\n\n✅ Phase 1 complete\n',
    'Phase 2: Session store\n',
    '\n✅ Phase 2 complete\n',
    '\n✅ Execution complete: 10/10 confidence (45m 23s)\n',
  ];
  let from = 0;
  for (const shape of shapes) {
    const at = text.indexOf(shape, from);
    assert.ok(at >= from, `missing or out of order: ${shape}`);
    from = at;
  }
});

test('each task that runs says why; fresh ones are a count, with one line of evidence a phase', () => {
  assert.match(linesOf(STREAMS.green), 'L1: Syntax & Style...  (src/auth.py changed)');
  const idle = linesOf(STREAMS.fresh);
  assert.match(idle, 'Nothing to do: 12 tasks are fresh');
  assert.is(idle.split('checkpoint ab3118f stands').length, 2);
});

test('a dry run lists what would run with its reason, and runs nothing', () => {
  const text = linesOf(STREAMS.dryRun);
  assert.match(text, /to run +PRP-6:phase2:L2 +spec changed since 3f2a91c/);
  assert.match(text, '6 tasks are fresh');
  assert.match(text, 'Dry run: nothing was run');
});

test('E17 an escalation prints what failed, how often, and the troubleshooting', () => {
  const text = linesOf(STREAMS.escalated);
  assert.match(text, '❌ L1 failed after 3 attempts - escalating');
  assert.match(text, '🔧 Troubleshooting:\n   1. Review error details - same error occurred 3 times\n   2. ');
  assert.match(text, 'ruff check . --diff');
});

test('E33 the score comes with its reasons and how to read it', () => {
  assert.match(linesOf(STREAMS.green), '10/10 confidence (45m 23s)\n   12 tasks: 12 executed\n   production-ready\n   – all four levels passed first time');
  assert.match(linesOf(STREAMS.healed), 'test by hand what was healed');
  assert.match(linesOf(STREAMS.failing), 'needs review');
});

test('what is unverified is never printed as passed', () => {
  const text = linesOf(STREAMS.healed);
  assert.match(text, '⚠ L3 unverified: no integration command is configured');
  assert.match(text, 'Validation complete (L3 unverified)');
  assert.match(text, 'PRP-6:phase1:L3  log in with a real account');
  assert.not.match(text, /L[34] passed/);
});

test('with several PRPs each line says whose it is', () => {
  const lines = linesOf(STREAMS.mixed).split('\n');
  assert.ok(lines.some((line) => line.startsWith('[PRP-6] Phase 1')));
  assert.ok(lines.some((line) => line.startsWith('[PRP-7] Phase 1')));
});

test('a failure comes last but for what to do next, with its code frame', () => {
  const text = linesOf(STREAMS.failing);
  assert.match(text, '      > 4 |     assert login("a") == 200');
  assert.ok(text.indexOf('Execution failed') < text.indexOf('> 4 |'));
  assert.ok(text.indexOf('> 4 |') < text.indexOf('\nNext\n'));
  assert.match(text.slice(text.indexOf('\nNext\n')), 'ce validate PRP-6:phase1:L2');
});

test('without unicode every symbol is ASCII and the words are the same', async () => {
  const ascii = await createTheme({ colour: 'plain', symbols: 'ascii' });
  const out = capture(80);
  play(STREAMS.healed, createPlainReporter(out, ascii, SOURCES));
  assert.match(out.text(), '[ok] L1 passed after 2 attempts (0.41s)');
  assert.ok(/^[\x20-\x7e\n]*$/.test(out.text()), 'only ASCII');
});

test.run();
