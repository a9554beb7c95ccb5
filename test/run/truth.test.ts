/** Tools that fail, crash, hang, are missing, print garbage, judge nothing or lie: never a pass, a checkpoint or a cached verdict. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Verdict } from '../../core/model.ts';
import { assertNoProcesses, assertNothingClaimed, given, inPlace, NODE_PROJECT, phase, subjects, verdicts } from './rig.ts';

interface Case {
  readonly name: string;
  readonly command: string;
  readonly verdict: Verdict;
}

const PYTEST = String.raw`printf '=== FAILURES ===\nFAILED tests/test_a.py::test_x - assert 1 == 2\n=== 1 failed, 2 passed in 0.10s ===\n'`;

const BAD: readonly Case[] = [
  { name: 'fails with a place', command: 'echo "part1.txt:1: error: no"; exit 1', verdict: 'fail' },
  { name: 'fails in the middle of a pipe', command: 'false | cat', verdict: 'fail' },
  { name: 'fails in a line that is not the last', command: 'false\ntrue', verdict: 'fail' },
  { name: 'uses a substitution that failed', command: 'x=$(false)\necho "$x"', verdict: 'fail' },
  { name: 'is ended by a signal', command: 'echo fine; kill -SEGV $$', verdict: 'crash' },
  { name: 'passes and is then killed', command: String.raw`printf '1..1\nok 1 - x\n'; kill -9 $$`, verdict: 'crash' },
  { name: 'is not installed', command: 'no-such-tool-here --check', verdict: 'tool-missing' },
  { name: 'prints garbage and fails', command: 'head -c 3000 /dev/urandom; exit 1', verdict: 'fail' },
  { name: 'finds no test file', command: 'node --test no-such-folder/', verdict: 'fail' },
  { name: 'says that tests failed, with exit code 0', command: PYTEST, verdict: 'fail' },
  { name: 'prints TAP with fewer points than planned', command: String.raw`printf 'TAP version 13\n1..3\nok 1 - a\nok 2 - b\n'`, verdict: 'crash' },
  { name: 'bails out', command: String.raw`printf 'TAP version 13\n1..1\nok 1 - a\nBail out! no database\n'`, verdict: 'crash' },
  { name: 'skips every test', command: String.raw`printf '=== 3 skipped in 0.01s ===\n'`, verdict: 'empty' },
];

test('E7 E8 what did not pass is no pass: no checkpoint, no tag, no ref, no cached verdict', async () => {
  await inPlace(async (place) => {
    BAD.forEach(({ command }, index) => place.write(`PRPs/PRP-${index + 1}.md`, oneOf(index + 1, command)));
    const head = place.commit('specs');
    for (const [index, { name, verdict }] of BAD.entries()) {
      const result = await place.json('run', `PRP-${index + 1}`);
      const phase1 = result.validation_results['Phase1'];
      const shown = `${name}: ${JSON.stringify(result.failure)} ${JSON.stringify(phase1?.validation_levels.L2?.validators)}`;
      assertNothingClaimed(place, head, shown);
      assert.is(phase1?.validation_levels.L2?.validators[0]?.verdict, verdict, shown);
      assert.is(phase1?.validation_levels.L2?.passed, false, shown);
      assert.is(phase1?.success, false, shown);
      assert.is(result.phases_completed, 0, shown);
      assert.ok((result.confidence ?? 0) <= 5, shown);
      assert.ok([1, 3].includes(result.exit_code), shown);
      place.git('reset', '--quiet', '--hard');
      place.git('clean', '--quiet', '-fd');
    }
  });
});

const oneOf = (n: number, command: string): string =>
  `---\nprp_id: PRP-${n}\ntitle: t\n---\n\n# PRP-${n}: t\n\n## Implementation Blueprint\n\n${phase(1, { command })}`;

test('row 25: a tool that hangs is stopped at its limit with all it started, also when it ignores TERM: CE_TASK_TIMEOUT', async () => {
  await inPlace(async (place) => {
    place.write('ce.config.json', JSON.stringify({ timeout: 700 }));
    const head = given(place, 'PRP-1', [phase(1, { command: "trap '' TERM\nsleep 300 &\nwhile true; do sleep 1; done" })]) && place.git('rev-parse', 'HEAD');
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 1);
    assert.is(result.failure?.code, 'CE_TASK_TIMEOUT');
    assert.is(result.validation_results['Phase1']?.validation_levels.L2?.validators[0]?.verdict, 'timeout');
    assertNothingClaimed(place, head, 'timeout');
    await assertNoProcesses(place);
  });
});

test('row 24: a tool that leaves a daemon behind may pass, the daemon is ended and told', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: 'setsid nohup sleep 300 >/dev/null 2>&1 &\ntest -f part1.txt' })]);
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 0);
    assert.match(stdout + stderr, /left processes behind/);
    await assertNoProcesses(place);
  });
});

test('a command that cleans out .ce takes its own output and the journal away, so nothing is claimed', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1, { command: 'echo "not ok 1 - one"\ngit clean -fdxq\ntest -f base.txt' })]);
    const head = place.git('rev-parse', 'HEAD');
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is.not(exit, 0, stdout);
    assert.match(stdout + stderr, /CE_STATE_WRITE/);
    assertNothingClaimed(place, head, 'cleaned');
    assert.not.match(place.git('status', '--porcelain'), /\.ce/);
  });
});

test('a report of an earlier run is never read again, and a test file without tests is no test', async () => {
  await inPlace(async (place) => {
    place.write('package.json', NODE_PROJECT);
    place.write('a.test.js', "import test from 'node:test';\ntest('one', () => {});\n");
    place.commit('a project');
    const first = await place.json('validate', '--level', '2');
    assert.is(first.verdict, 'pass', JSON.stringify(first.failure));
    const [before] = [verdicts(place)];
    assert.is(before, 1);
    for (const lie of ['process.exit(0);\n', 'export {};\n', "import test from 'node:test';\ntest.skip('one', () => {});\n"]) {
      place.write('a.test.js', lie);
      const result = await place.json('validate', '--level', '2');
      assert.is.not(result.verdict, 'pass', lie);
      assert.is(result.success, false, lie);
      assert.is(verdicts(place), before, lie);
    }
  });
});

test('E8 a failing L3 is not healed and stops the phase; a declared expectation is the only way for a failure to pass', async () => {
  await inPlace(async (place) => {
    const gate = (expected: string): string => `### Gate 1: refuses\n\n\`\`\`bash\necho "cannot do that" >&2; exit 4\n\`\`\`\n\n${expected}`;
    place.write('PRPs/PRP-1.md', `${oneOf(1, 'test -f part1.txt')}\n## Validation Gates\n\n${gate('')}`);
    place.write('PRPs/PRP-2.md', `${oneOf(2, 'test -f part1.txt')}\n## Validation Gates\n\n${gate('**Expected**: exit code 4\n')}`);
    place.commit('specs');
    const undeclared = await place.json('run', 'PRP-1');
    assert.is.not(undeclared.exit_code, 0, JSON.stringify(undeclared.tasks));
    assert.not.ok(undeclared.checkpoints_created.some((tag) => tag.includes('final')));
    const declared = await place.json('run', 'PRP-2');
    assert.is(declared.exit_code, 0, JSON.stringify(declared.failure));
    assert.ok(declared.checkpoints_created.some((tag) => tag.includes('final')));
    assert.is(subjects(place).at(-1), 'PRP-2: Complete - t');
  });
});

test('E30 a command that is not installed names the line of the PRP', async () => {
  await inPlace(async (place) => {
    const path = given(place, 'PRP-1', [phase(1, { command: 'no-such-tool-here --check' })]);
    const line =
      place
        .read(path)
        .split('\n')
        .findIndex((text) => text.includes('no-such-tool-here')) + 1;
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 3);
    assert.match(stdout + stderr, new RegExp(`${path.replaceAll('.', '\\.')}:${line}`));
    assert.match(stdout + stderr, /no-such-tool-here/);
  });
});

test('nothing to run at any level is exit 3, no checkpoint, and says what to add', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { command: null, files: { 'part1.txt': 'x\n' } })]);
    const head = place.git('rev-parse', 'HEAD');
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 3);
    assert.is(result.failure?.code, 'CE_GATE_UNVERIFIED');
    assert.match(result.failure?.next ?? '', /Validation Command|validator/);
    assertNothingClaimed(place, head, 'unverified');
  });
});

test.run();
