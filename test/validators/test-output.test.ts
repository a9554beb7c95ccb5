import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readExpectation } from '../../validators/expectation.ts';
import { locatedFindings } from '../../validators/located.ts';
import { readTestOutput } from '../../validators/output/read.ts';

/** Output as the runners print it, cut to what they end with. */
const OUTPUTS: readonly (readonly [runner: string, text: string, passed: number, failed: number, skipped: number])[] = [
  ['pytest', '===== 1 failed, 2 passed, 3 skipped, 1 xfailed, 2 warnings in 0.12s =====', 2, 1, 4],
  ['pytest -q', '3 passed in 0.01s', 3, 0, 0],
  ['pytest, errors', '=== 2 errors in 1.50s ===', 0, 2, 0],
  ['pytest, long', '=== 3 passed in 61.02s (0:01:01) ===', 3, 0, 0],
  ['pytest, none', '===== no tests ran in 0.00s =====', 0, 0, 0],
  ['unittest', 'Ran 4 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)', 1, 2, 1],
  ['unittest, none', '\nRan 0 tests in 0.000s\n\nNO TESTS RAN', 0, 0, 0],
  ['jest', 'Test Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 1 skipped, 2 passed, 4 total\nSnapshots:   0 total', 2, 1, 1],
  ['jest, a suite that does not load', 'Test Suites: 1 failed, 1 passed, 2 total\nTests:       2 passed, 2 total', 2, 1, 0],
  ['jest, none', 'No tests found, exiting with code 0', 0, 0, 0],
  ['vitest', ' Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 2 passed | 1 skipped (4)\n   Start at  10:00:00', 2, 1, 1],
  ['vitest, a file that does not load', ' Test Files  1 failed (1)\n      Tests  no tests\n', 0, 1, 0],
  ['vitest, unhandled error', ' Test Files  1 passed (1)\n      Tests  2 passed (2)\n     Errors  1 error\n', 2, 1, 0],
  ['vitest, none', 'No test files found, exiting with code 0', 0, 0, 0],
  ['mocha', '  3 passing (12ms)\n  1 pending\n  2 failing\n', 3, 2, 1],
  ['uvu', '  Total:     3\n  Passed:    2\n  Skipped:   1\n  Duration:  1ms', 2, 1, 1],
  ['uvu, none', '  Total:     0\n  Passed:    0\n  Skipped:   0\n', 0, 0, 0],
  [
    'cargo',
    'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out',
    3,
    1,
    1,
  ],
  ['go', 'ok  \texample.com/a\t0.003s\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\texample.com/b\t0.004s\n?   \texample.com/c\t[no test files]', 1, 1, 0],
  ['go -v', '--- PASS: TestA (0.00s)\n--- PASS: TestB (0.00s)\n--- SKIP: TestC (0.00s)\nPASS\nok  \texample.com/a\t0.003s', 2, 0, 1],
  ['go, none', '?   \texample.com/c\t[no test files]', 0, 0, 0],
  ['go, no test matches', 'ok  \texample.com/a\t0.003s [no tests to run]', 0, 0, 0],
  ['bun', ' 3 pass\n 1 fail\nRan 4 tests across 1 files.', 3, 1, 0],
  ['deno', 'ok | 3 passed | 0 failed (10ms)', 3, 0, 0],
  ['node spec', '✔ one (1ms)\n✔ /repo/test/empty.test.js (40ms)\nℹ tests 2\nℹ suites 0\nℹ pass 2\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0', 1, 0, 0],
  [
    'node tap',
    'TAP version 13\n# Subtest: s\n    ok 1 - a\n    1..1\nok 1 - s\nok 2 - /repo/test/empty.test.js\n1..2\n# tests 2\n# suites 0\n# pass 2\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0',
    1,
    0,
    0,
  ],
  ['tap directives', 'TAP version 14\n1..3\nok 1 - a # SKIP no network\nnot ok 2 - b # TODO later\nok 3 - c', 1, 0, 2],
  ['two runs', '2 passed in 0.1s\n1 failed in 0.1s', 2, 1, 0],
];

for (const [runner, text, passed, failed, skipped] of OUTPUTS) {
  test(`counts of ${runner}`, () => {
    for (const [stdout, stderr] of [
      [`\u001b[32mnoise\u001b[0m\n${text}\n`, ''],
      ...(text.startsWith('TAP') || text.includes('1..') ? [] : [['', `${text.replaceAll('\n', '\r\n')}\r\n`] as const]),
    ] as const) {
      const output = readTestOutput(stdout, stderr);
      assert.equal(output?.tests, { run: passed + failed, passed, failed, skipped });
    }
  });
}

test('prose is not taken for a test run', () => {
  for (const text of ['', 'done', '3 files passed', 'all 3 passed', 'Tests: see below', 'ok', 'ok then\nnot ok', '2 passed', 'test result: fine', '1..3 items'])
    assert.is(readTestOutput(text, ''), null, text);
});

test('a run that bails out says why', () => {
  assert.match(readTestOutput('TAP version 13\n1..2\nok 1\nBail out! no database\n', '')?.broken ?? '', 'no database');
});

// A reader that is not linear does not come to the end of these within the time limit of a test file.
test('hostile output of some hundred kilobytes is read to its end', () => {
  for (const unit of [
    '=',
    '=== ',
    '1 a, ',
    'ok ',
    'ok 1\n',
    '    at ',
    '  at a (',
    'a.b:1',
    ' ',
    '\t',
    'Error: x\n',
    '  File "',
    'Test Suites: 1 failed\n',
    '\u001b[',
    '::',
    '((',
  ]) {
    const text = unit.repeat(Math.floor(300_000 / unit.length));
    assert.is(readTestOutput(text, text)?.tests.passed ?? 0, 0);
    assert.equal(
      locatedFindings(text, 'command', () => null).filter((found) => found.file !== undefined),
      [],
    );
    assert.is(readExpectation(text).understood, false);
  }
});

test.run();
