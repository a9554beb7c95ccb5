import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killAllProcesses, nameRun } from '../../core/process.ts';
import { cleanUp, env, folder, run, WAYS } from './rig.ts';

for (const way of WAYS) {
  test(`${way}: output, exit code and folder of a program and of a script`, async () => {
    const program = await run(way, { argv: ['sh', '-c', 'printf "%s|" "$@"; exit 3', 'sh', "it's", 'two words', '$HOME', '', 'new\nline', '-n'] });
    assert.is(program.stdout, "it's|two words|$HOME||new\nline|-n|");
    assert.is(program.exit, 3);
    const script = await run(way, { script: 'pwd; echo problem >&2' });
    assert.equal([script.stdout, script.stderr, script.exit, script.signal], [`${folder}\n`, 'problem\n', 0, null]);
  });

  test(`${way}: E-scripts: a failing line ends a script, and a failing part fails a pipe`, async () => {
    assert.is((await run(way, { script: 'false\ntrue' })).exit, 1);
    assert.is((await run(way, { script: 'false | cat' })).exit, 1);
    assert.is((await run(way, { script: 'false || true' })).exit, 0);
    assert.is((await run(way, { script: 'exit 42' })).exit, 42);
  });

  test(`${way}: the environment is what was given, the run's id and the command's mark`, async () => {
    nameRun('run-of-this-test');
    const result = await run(way, { argv: ['env', '-0'] }, { env: { ...env, ODD: "a'b\nc", EMPTY: '' } });
    const seen = Object.fromEntries(
      result.stdout
        .split('\0')
        .filter(Boolean)
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    assert.is(seen['CE_RUN_ID'], 'run-of-this-test');
    assert.match(seen['CE_PROCESS'] ?? '', /^run-of-this-test\./);
    const { CE_RUN_ID: _run, CE_PROCESS: _mark, _: _shell, ...rest } = seen;
    assert.equal(rest, { ...env, PWD: folder, SHLVL: '0', ODD: "a'b\nc", EMPTY: '' });
  });

  test(`${way}: two commands never share a mark, a report path or an output`, async () => {
    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => run(way, { script: `echo ${n} "$CE_PROCESS" "$CE_REPORT"` }, { env: { ...env, CE_REPORT: `/report/${n}` } })),
    );
    results.forEach((result, index) => assert.match(result.stdout, new RegExp(`^${index + 1} run-of-this-test\\S+ /report/${index + 1}\n$`)));
    assert.is(new Set(results.map((result) => result.stdout.split(' ')[1])).size, 5);
  });

  test(`${way}: stdin is empty and signals have their default effect`, async () => {
    assert.is((await run(way, { script: 'cat; echo end' })).stdout, 'end\n');
    if (existsSync('/proc/self/status')) assert.match((await run(way, { script: 'exec grep SigIgn /proc/self/status' })).stdout, /^SigIgn:\s+0+\n$/);
  });

  test(`${way}: a command leads a group of its own`, async () => {
    const [first, second] = await Promise.all([run(way, { script: 'ps -o pgid= -p $$; echo $$' }), run(way, { script: 'ps -o pgid= -p $$; echo $$' })]);
    for (const result of [first, second]) {
      const [group, pid] = result.stdout.trim().split(/\s+/);
      assert.is(group, pid);
    }
  });

  test(`${way}: a command that a signal ends has a signal and no exit code`, async () => {
    const killed = await run(way, { script: 'kill -KILL $$' });
    assert.equal([killed.exit, killed.signal, killed.cancelled, killed.timedOut], [null, 'SIGKILL', false, false]);
    const inside = await run(way, { script: "sh -c 'kill -SEGV $$'; echo never" });
    assert.equal([inside.exit, inside.signal], [null, 'SIGSEGV']);
    assert.is((await run(way, { script: 'exit 129' })).exit, 129);
  });

  test(`${way}: a program that is not there is told from a folder that is not there`, async () => {
    const program = await run(way, { argv: ['no-such-program', '--flag'] });
    assert.equal([program.exit, program.notFound, program.failure?.code], [null, true, 'CE_TASK_NOT_FOUND']);
    const place = await run(way, { argv: ['true'] }, { cwd: join(folder, 'nowhere') });
    assert.equal([place.exit, place.notFound, place.failure?.code, place.failure?.place?.file], [null, false, 'CE_TASK_FOLDER', join(folder, 'nowhere')]);
    rmSync(join(folder, 'tool.sh'), { force: true });
    const path = await run(way, { argv: ['./tool.sh'] });
    assert.is(path.notFound, true);
    writeFileSync(join(folder, 'tool.sh'), '#!/bin/sh\necho tool\n');
    const plain = await run(way, { argv: ['./tool.sh'] });
    assert.equal([plain.notFound, plain.failure?.code], [false, 'CE_TASK_START']);
    chmodSync(join(folder, 'tool.sh'), 0o755);
    assert.is((await run(way, { argv: ['./tool.sh'] })).stdout, 'tool\n');
    symlinkSync('no-interpreter', join(folder, `broken-${way}`));
    assert.is((await run(way, { argv: [`./broken-${way}`] })).notFound, true);
  });

  test(`${way}: a script names the command that is missing and its line`, async () => {
    const script = await run(way, { script: 'true\nno-such-command --now | cat' });
    assert.equal([script.exit, script.notFound, script.missingCommand], [127, false, { name: 'no-such-command', line: 2 }]);
    const translated = await run(way, { script: 'echo "bash: Zeile 7: ruffo: Kommando nicht gefunden." >&2; exit 127' });
    assert.equal(translated.missingCommand, { name: 'ruffo', line: 7 });
    const dash = await run(way, { argv: ['sh', '-c', 'no-such-command; exit 127'] });
    assert.is(dash.missingCommand?.name, 'no-such-command');
    const shebang = await run(way, { script: 'env no-such-command' });
    assert.equal(shebang.missingCommand, { name: 'no-such-command', line: null });
    assert.is((await run(way, { script: 'no-such-command || exit 1' })).missingCommand, null);
  });

  test(`${way}: a script too long for an argument runs from a file that is gone afterwards`, async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ce-script-')).length;
    const result = await run(way, { script: `${'# a long comment that fills the line\n'.repeat(6000)}false | cat` });
    assert.is(result.exit, 1);
    assert.is(readdirSync(tmpdir()).filter((name) => name.startsWith('ce-script-')).length, before);
  });

  test(`${way}: a NUL in a command is refused before anything runs`, async () => {
    assert.is((await run(way, { argv: ['touch', join(folder, 'x\0y')] })).failure?.code, 'CE_TASK_START');
    assert.not(existsSync(join(folder, 'x')));
  });

  test(`${way}: without bash the script runs by sh -e and says so`, async () => {
    const bin = join(folder, `bin ${way}`);
    mkdirSync(bin);
    for (const name of ['sh', 'cat']) symlinkSync(`/bin/${name}`, join(bin, name));
    const result = await run(way, { script: 'false | cat; echo on; false; echo never' }, { env: { ...env, PATH: bin } });
    assert.equal([result.usedSh, result.exit, result.stdout], [true, 1, 'on\n']);
  });
}

test('input reaches the command, also when the command does not read it', async () => {
  const text = 'line\n'.repeat(100_000);
  assert.is((await run('direct', { script: 'wc -c' }, { input: text })).stdout.trim(), String(text.length));
  assert.is((await run('direct', { script: 'exit 0' }, { input: text })).exit, 0);
  assert.equal([...(await run('memory', { argv: ['cat'] }, { input: new Uint8Array([0, 255, 10]) })).stdoutBytes], [0, 255, 10]);
});

test('variables that a shell would take for its own are given as they are', async () => {
  const odd = { ...env, SECONDS: 'x', 'npm_config_//host/:always': 'y', IFS: 'z' };
  const result = await run('shell', { argv: ['env'] }, { env: odd });
  for (const [name, value] of Object.entries(odd)) assert.ok(result.stdout.includes(`${name}=${value}\n`), name);
});

test.after(async () => {
  await killAllProcesses();
  cleanUp();
});
test.run();
