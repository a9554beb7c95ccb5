/** The last line of `.ci/run` and of the test command: what is summed up, and what ends in a failure. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `.ci/run` with an `npm` that prints `text` and ends with `code`, whatever it is asked. */
function ci(text: string, code: number) {
  const root = mkdtempSync(join(tmpdir(), 'ce-ci-'));
  try {
    for (const folder of ['.ci', 'bin', 'scripts']) mkdirSync(join(root, folder));
    cpSync(join(ROOT, '.ci/run'), join(root, '.ci/run'));
    writeFileSync(join(root, 'text'), text);
    for (const program of ['npm', 'node']) {
      writeFileSync(join(root, 'bin', program), `#!/bin/sh\ncat '${root}/text'\nexit ${code}\n`);
      chmodSync(join(root, 'bin', program), 0o755);
    }
    const { status, stdout } = spawnSync('bash', [join(root, '.ci/run')], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    const headings = (mark: string): number => stdout.split(`\n${mark} `).length - 1;
    return { status, summary: stdout.trimEnd().split('\n').at(-1) ?? '', parts: headings('=='), figures: headings('--') };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('.ci/run adds up its parts, and ends well only when nothing failed and nothing was skipped', () => {
  const sound = ci('noise\n1 passed, 9 failed, 9 skipped\n3 passed, 0 failed, 0 skipped\n', 0);
  assert.is(sound.status, 0);
  assert.ok(sound.parts >= 2, 'the tests and the kills are parts of it');
  assert.is(sound.summary, `${3 * sound.parts + sound.figures} passed, 0 failed, 0 skipped`);
  const skipped = ci('3 passed, 0 failed, 1 skipped\n', 0);
  assert.is(skipped.status, 1);
  assert.is(skipped.summary, `${3 * skipped.parts + skipped.figures} passed, 0 failed, ${skipped.parts} skipped`);
  assert.is(ci('3 passed, 1 failed, 0 skipped\n', 1).summary, `${3 * sound.parts} passed, ${sound.parts + sound.figures} failed, 0 skipped`);
});

test('.ci/run counts a part that died before it could sum up, or died after it said that all is well', () => {
  const died = ci('Segmentation fault\n', 139);
  assert.is(died.status, 1);
  assert.is(died.summary, `0 passed, ${died.parts + died.figures} failed, 0 skipped`);
  const after = ci('3 passed, 0 failed, 0 skipped\n', 7);
  assert.is(after.status, 1);
  assert.is(after.summary, `${3 * after.parts} passed, ${after.parts + after.figures} failed, 0 skipped`);
});

test('the test command names its parts when it is asked for one that does not exist', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/test.mjs', 'nonsense'], { cwd: ROOT, encoding: 'utf8' });
  assert.is(status, 2);
  assert.match(stderr, /There is no part nonsense\. Parts: types, .*unit, crash/);
});

test('counts are read from what uvu prints, several suites in one file too', async () => {
  const { readCounts } = (await import(pathToFileURL(join(ROOT, 'test/run.mjs')).href)) as {
    readCounts: (output: string) => { total: number; passed: number; failed: number; skipped: string[] };
  };
  const suite = (total: number, passed: number, skipped: number) =>
    `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1ms\n`;
  assert.equal(readCounts(suite(3, 2, 1) + suite(2, 2, 0)), { total: 5, passed: 4, failed: 1, skipped: ['test.skip without a reason'] });
  assert.equal(readCounts('no counts\nskipped: no pytest\n'), { total: 0, passed: 0, failed: 0, skipped: ['no pytest'] });
});

test.run();
