/** The Python tools of a clone: set up once, and where that is not possible the reason is told and nothing half-made is believed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSTALLS = 'for tool in ruff pytest; do : > "$(dirname "$0")/$tool"; done';

interface Clone {
  /** Sets up with a `python3` that makes an environment, whose own Python answers pip with this line of shell. */
  setUp(pip: string, venv?: string): { readonly exit: number | null; readonly said: string };
  /** How often `python3` was started. */
  starts(): number;
  readonly environment: string;
}

function inClone(story: (clone: Clone) => void): void {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ce python ')));
  try {
    for (const folder of ['scripts', 'bin', 'node_modules']) mkdirSync(join(root, folder));
    for (const name of ['bootstrap.mjs', 'python-tools.mjs']) cpSync(join(ROOT, 'scripts', name), join(root, 'scripts', name));
    const log = join(root, 'starts');
    writeFileSync(log, '');
    story({
      environment: join(root, 'node_modules/.cache/ce/python'),
      starts: () => readFileSync(log, 'utf8').length,
      setUp(pip, venv = 'mkdir -p "$3/bin" && cp "$0.own" "$3/bin/python"') {
        writeFileSync(join(root, 'bin/python3'), `#!/bin/sh\nprintf x >> '${log}'\n${venv}\n`);
        writeFileSync(join(root, 'bin/python3.own'), `#!/bin/sh\n${pip}\n`);
        for (const name of ['python3', 'python3.own']) chmodSync(join(root, 'bin', name), 0o755);
        const { status, stdout } = spawnSync(process.execPath, ['scripts/python-tools.mjs'], {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
        });
        return { exit: status, said: stdout.trim() };
      },
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('the tools are set up once, and the second time nothing is started', () =>
  inClone((clone) => {
    assert.equal(clone.setUp(INSTALLS), { exit: 0, said: join(clone.environment, 'bin') });
    assert.equal(clone.setUp(INSTALLS), { exit: 0, said: join(clone.environment, 'bin') });
    assert.is(clone.starts(), 1);
  }));

test('without an index the reason is what pip said, and the next time it is tried again', () =>
  inClone((clone) => {
    const offline = clone.setUp("echo 'WARNING: Retrying'; echo 'ERROR: No matching distribution found for ruff' >&2; exit 1");
    assert.is(offline.exit, 1);
    assert.match(offline.said, /^pip install ruff==[\d.]+ pytest==[\d.]+: ERROR: No matching distribution found for ruff$/);
    assert.is(clone.setUp(INSTALLS).exit, 0);
    assert.is(clone.starts(), 2);
  }));

test('without Python, or with one that makes no environments, the reason says so', () =>
  inClone((clone) => {
    const { exit, said } = clone.setUp('', "echo 'Error: ensurepip is not available' >&2; exit 1");
    assert.is(exit, 1);
    assert.is(said, 'python3 -m venv: Error: ensurepip is not available');
  }));

test('an environment whose interpreter is gone is made again', () =>
  inClone((clone) => {
    clone.setUp(INSTALLS);
    rmSync(join(clone.environment, 'bin/python'));
    assert.is(clone.setUp(INSTALLS).exit, 0);
    assert.ok(existsSync(join(clone.environment, 'bin/python')));
  }));

test('what pip says to have installed and did not is no tool', () =>
  inClone((clone) => {
    assert.equal(clone.setUp('exit 0'), { exit: 1, said: 'the tools are not where pip should have put them' });
  }));

test.run();
