import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Expectation, readExpectation, unmet } from '../../validators/expectation.ts';

/** Sentences in the shape of real specs. */
const READ: readonly (readonly [text: string, expected: Partial<Expectation>])[] = [
  ['exit code 1', { exit: 1 }],
  ['Exit code: 0', { exit: 'zero' }],
  ['Exits with 2 and prints "usage"', { exit: 2, present: ['usage'] }],
  ['Command fails', { exit: 'non-zero' }],
  ['Non-zero exit', { exit: 'non-zero' }],
  ['No output', { silent: true }],
  ['Empty output', { silent: true }],
  ['0 matches (excepting within examples/docs)', { silent: true }],
  ['`0` (zero matches)', { present: ['0'] }],
  ['"No such file or directory"', { exit: 'non-zero', present: ['No such file or directory'] }],
  ['Output contains "🔧 Troubleshooting:" section', { present: ['🔧 Troubleshooting:'], exit: 'zero' }],
  ['No branches with "gitbutler" in name', { present: [], absent: ['gitbutler'] }],
  ['No references to `old_name`', { present: [], absent: ['old_name'] }],
  ['output must not contain `password`', { present: [], absent: ['password'] }],
  ['No ImportError for tomllib/tomli', { absent: ['ImportError'] }],
  ['All 5 unit tests pass', { tests: 5 }],
  ['All 8+ tests pass', { tests: 8 }],
  ['7/7 tests PASSED, coverage ≥80%', { understood: false }],
  ['All tests pass', { tests: 0, exit: 'zero', understood: true }],
  ['All phases pass, memories at `.serena/memories/`', { present: [], understood: false }],
  ['`CE Tools v1.2.0`', { present: ['CE Tools v1.2.0'], understood: true }],
  ['First test outputs "PASS", second test outputs "PASS: Archive preserved"', { present: ['PASS', 'PASS: Archive preserved'] }],
  ['PASS', { present: [], exit: 'zero', understood: true }],
  ['```\nFiles OK\nStructure OK\n```', { present: ['Files OK', 'Structure OK'] }],
  ['Framework versions win, old directory cleaned up', { understood: false, exit: 'zero' }],
  ['All commands execute without errors', { exit: 'zero' }],
  ['', { understood: true, exit: 'zero' }],
];

for (const [text, expected] of READ) {
  test(`reads ${JSON.stringify(text)}`, () => {
    const read = readExpectation(text);
    for (const [key, value] of Object.entries(expected)) assert.equal(read[key as keyof Expectation], value, `${key} of ${JSON.stringify(read)}`);
  });
}

test('a failure is expected only when the text says so: a word about errors alone declares nothing', () => {
  for (const text of ['shows the error count', '"0 errors"', 'Error messages contain troubleshooting guidance', 'Warning logged', 'Test PASSED'])
    assert.is(readExpectation(text).exit, 'zero', text);
});

test('numbers stand alone: 0 is not in 10', () => {
  const seen = { exit: 0, stderr: '', testsRun: null, searches: false };
  assert.equal(unmet(readExpectation('`0`'), { ...seen, stdout: '0\n' }), []);
  assert.is(unmet(readExpectation('`0`'), { ...seen, stdout: '10\n' }).length, 1);
  assert.is(unmet(readExpectation('`0`'), { ...seen, stdout: '0.5\n' }).length, 1);
});

test('law: any text is read without a throw, and text that is not understood never turns a failure into a success', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = readExpectation(text);
      const broken = unmet(read, { exit: 1, stdout: '', stderr: 'x', testsRun: null, searches: false });
      return read.exit !== 'zero' || broken.length > 0;
    }),
  );
});

test.run();
