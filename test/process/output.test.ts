import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killAllProcesses, readOutput } from '../../core/process.ts';
import { byLines, createRing } from '../../core/process/output.ts';
import { cleanUp, folder, run, WAYS, type Way } from './rig.ts';

const FIFTY = 50 * 1024 * 1024;
const logged: readonly Way[] = ['shell', 'direct'];

for (const way of logged) {
  test(`${way}: row 20: 50 MB without a newline is whole on disk, and head and tail in memory`, async () => {
    const logFile = join(folder, `big ${way}`);
    const before = process.memoryUsage().rss;
    const result = await run(way, { script: `echo first; head -c ${FIFTY} /dev/zero | tr '\\0' x; echo; echo last` }, { logFile });
    const grown = process.memoryUsage().rss - before;
    assert.is(result.exit, 0);
    assert.is(statSync(`${logFile}.out`).size, FIFTY + 12);
    assert.ok(result.truncated);
    assert.ok(result.stdout.startsWith('first\nxxx') && result.stdout.endsWith('xxx\nlast\n'));
    assert.ok(result.stdout.length < 66 * 1024, String(result.stdout.length));
    assert.ok(grown < 30 * 1024 * 1024, `memory grew by ${grown} bytes`);
    const whole = readOutput(`${logFile}.out`);
    assert.is(whole.length, FIFTY + 12);
    assert.ok(whole.endsWith('\nlast\n'));
  });

  test(`${way}: what watches sees every line once and in order, while the command runs`, async () => {
    const seen: string[] = [];
    let sawBeforeEnd = '';
    const result = await run(
      way,
      { script: `echo one; until test -e go-on-${way}; do sleep 0.02; done; printf "two\\nthr"; sleep 0.1; echo ee; echo problem >&2` },
      {
        onOutput: (stream, text) => {
          seen.push(`${stream}:${text}`);
          if (text === 'one\n') {
            sawBeforeEnd = text;
            writeFileSync(join(folder, `go-on-${way}`), '');
          }
        },
      },
    );
    assert.is(sawBeforeEnd, 'one\n');
    assert.is(
      seen
        .filter((one) => one.startsWith('stdout'))
        .map((one) => one.slice(7))
        .join(''),
      'one\ntwo\nthree\n',
    );
    assert.ok(
      seen.every((one) => one.endsWith('\n')),
      JSON.stringify(seen),
    );
    assert.ok(seen.includes('stderr:problem\n'));
    assert.is(result.stdout, 'one\ntwo\nthree\n');
  });

  test(`${way}: a log that can't be opened is reported, and the command runs all the same`, async () => {
    writeFileSync(join(folder, `file-${way}`), '');
    const result = await run(way, { script: 'echo kept; echo also >&2' }, { logFile: join(folder, `file-${way}`, 'log') });
    assert.equal([result.exit, result.stdout, result.stderr], [0, 'kept\n', 'also\n']);
    assert.match(result.logFailure ?? '', /can't be written/);
  });

  test(`${way}: an earlier log of the same name is emptied, and a missing folder is made`, async () => {
    const logFile = join(folder, `made ${way}`, 'deep', 'log');
    await run(way, { script: 'echo a long first line' }, { logFile });
    await run(way, { script: 'echo 2' }, { logFile });
    assert.is(readFileSync(`${logFile}.out`, 'utf8'), '2\n');
  });

  test(`${way}: a full disk fails the command, never ce`, async () => {
    if (!existsSync('/dev/full')) return;
    mkdirSync(join(folder, `full ${way}`));
    symlinkSync('/dev/full', join(folder, `full ${way}`, 'log.out'));
    const result = await run(way, { script: 'echo lost; echo never' }, { logFile: join(folder, `full ${way}`, 'log') });
    assert.is(result.exit, 1);
    assert.match(result.stderr, /No space left on device/);
    assert.is(result.stdout, '');
  });
}

for (const way of WAYS) {
  test(`${way}: invalid UTF-8 is replaced, and a character is never cut in two`, async () => {
    const seen: string[] = [];
    const result = await run(
      way,
      { script: `printf 'a\\377b\\n'; printf '\\303'; sleep 0.15; printf '\\244\\n'` },
      { onOutput: (_stream, text) => seen.push(text) },
    );
    assert.is(result.stdout, 'a\ufffdb\nä\n');
    assert.is(seen.join(''), 'a\ufffdb\nä\n');
  });

  test(`${way}: output without a last newline arrives`, async () => {
    const seen: string[] = [];
    await run(way, { script: 'printf tail' }, { onOutput: (_stream, text) => seen.push(text) });
    assert.equal(seen, ['tail']);
  });
}

test('in memory: 100 MB keep head and tail and the memory is bounded', async () => {
  const result = await run('memory', { script: `echo first; head -c ${2 * FIFTY} /dev/zero | tr '\\0' x; echo last` });
  assert.ok(result.truncated);
  assert.ok(result.stdout.startsWith('first\n') && result.stdout.endsWith('xlast\n'));
  assert.ok(result.stdout.length < 65 * 1024 * 1024);
});

test('readOutput of what is no file is empty', () => {
  assert.is(readOutput(join(folder, 'nothing')), '');
  assert.is(readOutput(folder), '');
  assert.is(readOutput('/dev/zero'), '');
});

test('a ring keeps everything up to its limit, and beyond it the first and last half', () => {
  const ring = createRing(8);
  for (const text of ['ab', 'cd', 'efgh']) ring.push(Buffer.from(text));
  assert.equal([ring.text(), ring.truncated()], ['abcdefgh', false]);
  for (const text of ['1', '2', '3', '4']) ring.push(Buffer.from(text));
  assert.ok(ring.truncated());
  assert.ok(ring.text().startsWith('abcd\n[ce: ') && ring.text().endsWith('1234'));
});

test('lines are whole; one without end is cut between words', () => {
  const seen: string[] = [];
  const lines = byLines((_stream, text) => seen.push(text));
  lines.push('stdout', 'a');
  lines.push('stdout', 'b\nc');
  assert.equal(seen, ['ab\n']);
  lines.push('stdout', ` ${'word '.repeat(20_000)}secret-begins`);
  assert.ok((seen[1] ?? '').endsWith('word '));
  lines.end();
  assert.is(seen[2], 'secret-begins');
});

test.after(async () => {
  await killAllProcesses();
  cleanUp();
});
test.run();
