/** Versions of tools: asked when they may have changed, and only then. The programs are real files, and asking runs them. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openToolVersions, type ToolVersions } from '../../core/cache/tool-version.ts';
import { check, removeScratch, scratch, type Place } from './place.ts';

test.after(removeScratch);

interface Tools {
  readonly asked: string[];
  open(): ToolVersions;
}

function toolsOf(place: Place): Tools {
  const asked: string[] = [];
  const path = [join(place.root, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const ask = (argv: readonly string[], folder: string): Promise<string | null> => {
    asked.push(argv.join(' '));
    const [program = '', ...rest] = argv;
    try {
      return Promise.resolve(execFileSync(program, rest, { cwd: folder, encoding: 'utf8', env: { PATH: path }, stdio: ['ignore', 'pipe', 'ignore'] }));
    } catch {
      return Promise.resolve(null);
    }
  };
  return { asked, open: () => openToolVersions({ root: place.root, ceDir: place.ceDir, path, ask, warn: (failure) => place.warnings.push(failure) }) };
}

async function ask(versions: ToolVersions, argv: readonly string[]): Promise<string | null> {
  const one = check({ version: argv });
  const answer = (await versions.of([one])).get(one) ?? null;
  versions.flush();
  return answer;
}

function program(place: Place, path: string, text: string): void {
  place.write(path, text);
  chmodSync(join(place.root, path), 0o755);
}

/** A package as npm installs it: a script with its package.json, and a link in `.bin`. */
function install(place: Place, version: string): void {
  program(place, 'node_modules/lint/bin/lint.js', `#!/usr/bin/env node\nconsole.log('lint ' + require('../package.json').version);\n`);
  place.write('node_modules/lint/package.json', JSON.stringify({ name: 'lint', version }));
  mkdirSync(join(place.root, 'node_modules/.bin'), { recursive: true });
  rmSync(join(place.root, 'node_modules/.bin/lint'), { force: true });
  symlinkSync('../lint/bin/lint.js', join(place.root, 'node_modules/.bin/lint'));
}

/** Changes this young are not trusted, as the tick of a file system may be two seconds. */
function grow(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_200));
}

const LINT = ['./node_modules/.bin/lint', '--version'];
const ON_NODE = `on node ${process.version}`;

test('a tool of node_modules is asked once, and again when its package changes', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  install(place, '1.0.0');
  await grow();
  assert.is(await ask(tools.open(), LINT), `lint 1.0.0 ${ON_NODE}`);
  assert.is(await ask(tools.open(), LINT), `lint 1.0.0 ${ON_NODE}`);
  assert.equal(
    tools.asked.filter((asked) => asked.includes('lint')),
    [LINT.join(' ')],
  );
  place.write('node_modules/lint/package.json', JSON.stringify({ name: 'lint', version: '1.0.1' }));
  assert.is(await ask(tools.open(), LINT), `lint 1.0.1 ${ON_NODE}`);
});

test('an answer is not kept while the program is so young that it may change in the same tick', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  install(place, '1.0.0');
  await ask(tools.open(), LINT);
  await ask(tools.open(), LINT);
  assert.is(tools.asked.filter((asked) => asked.includes('lint')).length, 2);
});

test('a binary is asked once, whatever project asks', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  assert.is(await ask(tools.open(), ['node', '--version']), process.version);
  const versions = tools.open();
  const both = [check({ version: ['node', '--version'], cwd: '.' }), check({ version: ['node', '--version'], cwd: 'packages/a' })];
  assert.equal([...(await versions.of(both)).values()], [process.version, process.version]);
  assert.equal(tools.asked, ['node --version']);
});

test('shims, wrappers and launchers are asked once a run, in each folder', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  program(place, 'bin/wrapped', '#!/bin/sh\ncat "$(dirname "$0")/current"\n');
  program(place, '.pyenv/shims/py', '#!/usr/bin/env node\nconsole.log(1)\n');
  program(place, 'bin/uv', `#!/bin/sh\necho "$2 0.1"\n`);
  place.write('bin/current', '1.0\n');
  await grow();
  for (const argv of [
    ['wrapped', '--version'],
    [join(place.root, '.pyenv/shims/py'), '--version'],
    ['uv', 'run', 'ruff', '--version'],
  ]) {
    tools.asked.length = 0;
    const run = tools.open();
    await ask(run, argv);
    await ask(run, argv);
    assert.equal(tools.asked, [argv.join(' ')]);
    await ask(tools.open(), argv);
    assert.is(tools.asked.length, 2);
  }
  assert.is(await ask(tools.open(), ['wrapped', '--version']), '1.0');
  place.write('bin/current', '2.0\n');
  assert.is(await ask(tools.open(), ['wrapped', '--version']), '2.0');
});

const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((path) => answers(path)) ?? '';

(python === '' ? test.skip : test)('a tool of a Python environment is asked again when a package in it changes', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  mkdirSync(join(place.root, '.venv/bin'), { recursive: true });
  mkdirSync(join(place.root, '.venv/lib/python3.11/site-packages/check-1.0.dist-info'), { recursive: true });
  place.write('.venv/pyvenv.cfg', `home = ${dirname(python)}\n`);
  symlinkSync(python, join(place.root, '.venv/bin/python'));
  program(
    place,
    '.venv/bin/check',
    `#!${join(place.root, '.venv/bin/python')}\nimport os, sys\nprint(os.listdir(os.path.join(os.path.dirname(sys.argv[0]), '../lib/python3.11/site-packages'))[0])\n`,
  );
  await grow();
  for (let run = 0; run < 2; run++) assert.match((await ask(tools.open(), ['./.venv/bin/check', '--version'])) ?? '', /^check-1\.0\.dist-info on Python 3/);
  assert.is(tools.asked.filter((asked) => asked.includes('check')).length, 1);
  rmSync(join(place.root, '.venv/lib/python3.11/site-packages/check-1.0.dist-info'), { recursive: true });
  mkdirSync(join(place.root, '.venv/lib/python3.11/site-packages/check-1.1.dist-info'));
  assert.match((await ask(tools.open(), ['./.venv/bin/check', '--version'])) ?? '', /^check-1\.1\.dist-info on Python 3/);
});

test('a tool that is missing or fails has no version, and is asked again', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  assert.is(await ask(tools.open(), ['no-such-tool', '--version']), null);
  program(place, 'bin/broken', '#!/bin/sh\nexit 3\n');
  assert.is(await ask(tools.open(), ['broken', '--version']), null);
  assert.is(await ask(tools.open(), ['broken', '--version']), null);
  assert.equal(tools.asked, ['broken --version', 'broken --version']);
});

test('a damaged table of versions is dropped with one warning', async () => {
  const place = scratch();
  const tools = toolsOf(place);
  await ask(tools.open(), ['node', '--version']);
  const file = join(place.ceDir, 'cache/tools');
  const bytes = readFileSync(file);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  utimesSync(file, 1, 1);
  assert.is(await ask(tools.open(), ['node', '--version']), process.version);
  assert.equal(
    place.warnings.map((failure) => failure.code),
    ['CE_CACHE_CORRUPT'],
  );
  assert.is(tools.asked.length, 2);
});

function answers(path: string): boolean {
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.run();
