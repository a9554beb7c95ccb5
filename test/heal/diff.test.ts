import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diffLines, unifiedDiff } from '../../core/exec/diff.ts';

const line = fc.constantFrom('a', 'b', 'c', '', '  d', '-- x', '++ y', '@@ z');
const text = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, end]) => lines.join('\n') + (end && lines.length > 0 ? '\n' : ''));

/** Length of the longest common subsequence, by the textbook table. */
function commonLines(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    b.forEach((y, j) => next.push(x === y ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0)));
    row = next;
  }
  return row[b.length] ?? 0;
}

test('the edit script leads from one text to the other, and none is shorter', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const changes = diffLines(before, after);
      assert.is(
        changes
          .filter((c) => c.kind !== 'added')
          .map((c) => c.text)
          .join(''),
        before,
      );
      assert.is(
        changes
          .filter((c) => c.kind !== 'removed')
          .map((c) => c.text)
          .join(''),
        after,
      );
      const split = (whole: string): string[] => whole.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      assert.is(changes.filter((c) => c.kind === 'same').length, commonLines(split(before), split(after)));
    }),
    { numRuns: 300 },
  );
});

test('git applies the unified diff and gets the other text', () => {
  const dir = mkdtempSync(join(tmpdir(), 'ce-diff-'));
  try {
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '');
        writeFileSync(join(dir, 'f.txt'), before);
        execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], {
          cwd: dir,
          input: unifiedDiff('f.txt', before, after),
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        assert.is(readFileSync(join(dir, 'f.txt'), 'utf8'), after);
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a small change in a large file is a small diff', () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
  const before = `${lines.join('\n')}\n`;
  const after = before.replace('line 2500\n', 'changed\nadded\n');
  assert.is(
    unifiedDiff('big.txt', before, after),
    [
      '--- a/big.txt',
      '+++ b/big.txt',
      '@@ -2498,7 +2498,8 @@',
      ' line 2497',
      ' line 2498',
      ' line 2499',
      '-line 2500',
      '+changed',
      '+added',
      ' line 2501',
      ' line 2502',
      ' line 2503',
      '',
    ].join('\n'),
  );
});

test('two texts of 5,000 lines without a common line are compared within memory', () => {
  const side = (name: string): string => Array.from({ length: 5000 }, (_, i) => `${name} ${i}\n`).join('');
  const changes = diffLines(side('old'), side('new'));
  assert.is(changes.length, 10_000);
  assert.ok(changes.every((change) => change.kind !== 'same'));
});

test('nothing changed is an empty diff; a new file comes from /dev/null', () => {
  assert.is(unifiedDiff('a', 'x\n', 'x\n'), '');
  assert.is(unifiedDiff('a', null, 'x\n'), '--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n');
  assert.is(unifiedDiff('a', 'x', null), '--- a/a\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n\\ No newline at end of file\n');
});

test.run();
