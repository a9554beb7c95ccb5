/** The test runner itself: what makes a file fail, and that nothing else does. Each case is a real file in a scratch repository. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UVU = "import { test } from 'uvu';\nimport * as assert from 'uvu/assert';\n";

/** Runs the files (name → text) below `test/` of a scratch repository with this repository's runner. */
function run(files: Readonly<Record<string, string>>, filters: readonly string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'ce-runner-'));
  try {
    mkdirSync(join(root, 'test', 'fixtures'), { recursive: true });
    cpSync(join(ROOT, 'test', 'run.mjs'), join(root, 'test', 'run.mjs'));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'test', name), text);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['test/run.mjs', ...filters], { cwd: root, encoding: 'utf8' });
    return { status, text: stdout + stderr, summary: stdout.trim().split('\n').at(-1) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** False too for one that has ended and whose parent has not asked for its exit code yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const PASSING = `${UVU}test('a', () => { assert.ok(true); });\ntest('b', () => {});\ntest.run();\n`;

test('passing files are counted test by test', () => {
  const { status, summary } = run({ 'one.test.ts': PASSING, 'two.test.ts': PASSING, 'notes.ts': 'throw new Error("not a test");' });
  assert.is(summary, '4 passed, 0 failed, 0 skipped');
  assert.is(status, 0);
});

test('a failing test fails the file, is counted, and its output comes last', () => {
  const { status, summary, text } = run({
    'a.test.ts': `${UVU}test('no', () => { assert.is(1, 2); });\ntest('yes', () => {});\ntest.run();\n`,
    'b.test.ts': PASSING,
  });
  assert.is(status, 1);
  assert.is(summary, '3 passed, 1 failed, 0 skipped');
  assert.ok(text.indexOf('FAIL  "no"') > text.indexOf('test/b.test.ts'));
  assert.match(text, /──── exit code 1; 1 of 2 failed/);
});

test('a file that queues nothing fails and is named', () => {
  const { status, text } = run({ 'forgot.test.ts': `${UVU}test('never runs', () => { assert.ok(false); });\n` });
  assert.is(status, 1);
  assert.match(text, /FAILED.*test\/forgot\.test\.ts/);
  assert.match(text, /no test was queued/);
});

test('a file whose tests all pass fails when its exit code is not 0', () => {
  const { status, text, summary } = run({ 'late.test.ts': `${PASSING}process.on('exit', () => { process.exitCode = 7; });\n` });
  assert.is(status, 1);
  assert.match(text, /exit code 7/);
  assert.is(summary, '2 passed, 1 failed, 0 skipped');
});

test('a file that ends with exit code 0 and a failed test in its counts fails', () => {
  const { status, text } = run({
    'liar.test.ts': `${UVU}test('no', () => { assert.ok(false); });\ntest.run();\nprocess.on('exit', () => { process.exitCode = 0; });\n`,
  });
  assert.is(status, 1);
  assert.match(text, /1 of 1 failed/);
});

test('a file beyond its own time limit is ended and fails', () => {
  const { status, text } = run({
    'slow.test.ts': `// time limit: 1 s\n${UVU}test('hangs', () => new Promise(() => setInterval(() => {}, 1000)));\ntest.run();\n`,
  });
  assert.is(status, 1);
  assert.match(text, /longer than its time limit of 1 s/);
});

test('a file that leaves a process behind fails, and the process is ended', () => {
  const leave = `import { spawn } from 'node:child_process';\nconst child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });\nchild.unref();\nconsole.log('pid ' + child.pid);\n`;
  const { status, text } = run({ 'daemon.test.ts': `${leave}${PASSING}` });
  const pid = Number(/^pid (\d+)$/m.exec(text)?.[1]);
  if (process.platform === 'linux') {
    assert.is(status, 1);
    assert.match(text, new RegExp(`left processes behind: ${pid}`));
    assert.not(isRunning(pid), 'the process is still there');
  } else {
    process.kill(pid, 'SIGKILL');
  }
});

test('skips are counted with their reasons, whether printed or from test.skip', () => {
  const { status, text, summary } = run({
    'skip.test.ts': `${UVU}console.log('skipped: ruff is not installed');\ntest.skip('quiet', () => {});\ntest('runs', () => {});\ntest.run();\n`,
  });
  assert.is(status, 0);
  assert.is(summary, '1 passed, 0 failed, 2 skipped');
  assert.match(text, /skipped: test\/skip\.test\.ts: ruff is not installed/);
});

test('a part of a path runs only those files, and one that fits nothing is an error', () => {
  const files = { 'one.test.ts': PASSING, 'two.test.ts': `${UVU}test.run();\n` };
  assert.is(run(files, ['one']).summary, '2 passed, 0 failed, 0 skipped');
  assert.is(run(files, ['three']).status, 1);
});

test.run();
