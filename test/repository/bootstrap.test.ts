// time limit: 300 s
/** Set-up of a bare clone with the real npm: once, under one lock, with dev dependencies, in any folder, and clear when there is no network. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A clone with one dependency and one dev dependency, both folders of its own, so that no network is needed. */
function makeClone(): { readonly home: string; readonly root: string } {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'ce set-up ')));
  const root = join(home, 'a clone');
  for (const name of ['tool', 'dev-tool']) {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
  }
  mkdirSync(join(root, 'scripts'));
  cpSync(join(ROOT, 'scripts/bootstrap.mjs'), join(root, 'scripts/bootstrap.mjs'));
  writeFileSync(join(root, 'scripts/build.mjs'), STAND_IN);
  writeFileSync(join(root, 'scripts/go.mjs'), "import { bootstrap, reportSetupError } from './bootstrap.mjs';\nawait bootstrap().catch(reportSetupError);\n");
  writePackage(root, {});
  npm(root, ['install', '--package-lock-only']);
  return { home, root };
}

/** Says that it builds, once: what the bundler does with the sources is the package check's matter. */
const STAND_IN = `import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
export const isStale = (root) => !existsSync(join(root, 'built.log'));
export const build = (root) => appendFileSync(join(root, 'built.log'), 'built\\n');
`;

function writePackage(root: string, dependencies: Readonly<Record<string, string>>): void {
  const own = {
    name: 'clone',
    version: '1.0.0',
    type: 'module',
    dependencies: { tool: 'file:./tool', ...dependencies },
    devDependencies: { 'dev-tool': 'file:./dev-tool' },
  };
  writeFileSync(join(root, 'package.json'), JSON.stringify(own, null, 2));
}

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_ENV$/i.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

function npm(root: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', [...args, '--no-audit', '--no-fund', '--offline'], { cwd: root, encoding: 'utf8', env: environment() });
  if (status !== 0) throw new Error(stderr);
}

function start(root: string, extra: Readonly<Record<string, string>> = {}): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, ['scripts/go.mjs'], { cwd: root, env: environment(extra) });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    child.on('close', (code) => settle({ code, text }));
  });
}

const INSTALLING = /Installing dependencies/;

/** Runs the story in a clone that is removed afterwards. */
async function inClone(story: (root: string) => Promise<void>): Promise<void> {
  const { home, root } = makeClone();
  try {
    await story(root);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

test('a bare clone in a folder with a space is installed and built, once', () =>
  inClone(async (root) => {
    const first = await start(root);
    assert.is(first.code, 0, first.text);
    assert.match(first.text, INSTALLING);
    assert.ok(existsSync(join(root, 'node_modules/tool')));
    assert.is(readFileSync(join(root, 'built.log'), 'utf8'), 'built\n');
    const second = await start(root);
    assert.equal(second, { code: 0, text: '' });
    assert.is(readFileSync(join(root, 'built.log'), 'utf8'), 'built\n');
  }));

test('dev dependencies are installed under NODE_ENV=production too', () =>
  inClone(async (root) => {
    const { code, text } = await start(root, { NODE_ENV: 'production', npm_config_omit: 'dev' });
    assert.is(code, 0, text);
    assert.ok(existsSync(join(root, 'node_modules/dev-tool')));
  }));

test('an install that somebody made with npm ci is recognised; one without dev dependencies is not', () =>
  inClone(async (root) => {
    npm(root, ['ci']);
    assert.not.match((await start(root)).text, INSTALLING);
    npm(root, ['ci', '--omit=dev']);
    assert.match((await start(root)).text, INSTALLING);
    assert.ok(existsSync(join(root, 'node_modules/dev-tool')));
  }));

test('a changed lockfile is installed anew', () =>
  inClone(async (root) => {
    await start(root);
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other', 'package.json'), JSON.stringify({ name: 'other', version: '1.0.0' }));
    writePackage(root, { other: 'file:./other' });
    npm(root, ['install', '--package-lock-only']);
    assert.match((await start(root)).text, INSTALLING);
    assert.ok(existsSync(join(root, 'node_modules/other')));
  }));

test('of two that start at once one installs, and the other waits for it', () =>
  inClone(async (root) => {
    const both = await Promise.all([start(root), start(root)]);
    assert.equal(
      both.map(({ code }) => code),
      [0, 0],
      both.map(({ text }) => text).join('\n'),
    );
    const said = both.map(({ text }) => text).join('');
    assert.is(said.split(INSTALLING).length, 2, said);
    assert.is(readFileSync(join(root, 'built.log'), 'utf8'), 'built\n');
  }));

test('the lock of a process that was killed does not stop the next one', () =>
  inClone(async (root) => {
    const program =
      "const { takeLock } = await import('./scripts/bootstrap.mjs'); await takeLock(process.cwd() + '/', () => {}); process.kill(process.pid, 'SIGKILL');";
    assert.is(spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root }).signal, 'SIGKILL');
    const { code, text } = await start(root);
    assert.is(code, 0, text);
    assert.not.match(text, /waiting/);
  }));

test('without a network the error says so, with what to do, and exit code 2', () =>
  inClone(async (root) => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Record<string, unknown>> };
    writePackage(root, { 'left-pad': '1.3.0' });
    const own = lock.packages[''];
    if (own === undefined) throw new Error('npm wrote a lockfile of another form');
    own['dependencies'] = { tool: 'file:./tool', 'left-pad': '1.3.0' };
    lock.packages['node_modules/left-pad'] = { version: '1.3.0' };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
    const cache = mkdtempSync(join(tmpdir(), 'ce-no-cache-'));
    const { code, text } = await start(root, { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: cache, npm_config_fetch_retries: '0' });
    rmSync(cache, { recursive: true, force: true });
    assert.is(code, 2);
    assert.match(text, /Set-up failed: the npm registry cannot be reached \(ECONNREFUSED\)/);
    assert.match(text, /Next: Connect to the network/);
    assert.not(existsSync(join(root, 'built.log')));
  }));

test('another failure of npm is shown as npm tells it', () =>
  inClone(async (root) => {
    writePackage(root, { missing: 'file:./missing' });
    const { code, text } = await start(root);
    assert.is(code, 2);
    assert.match(text, /npm ci ended with exit code 1/);
    assert.match(text, /package\.json and package-lock\.json/);
  }));

test('a machine without git is told', () =>
  inClone(async (root) => {
    const { code, text } = await start(root, { PATH: join(root, 'nothing') });
    assert.is(code, 2);
    assert.match(text, /git was not found[\s\S]*Install git/);
  }));

test('a Node that is too old is told which one is needed', async () => {
  const { checkNode } = (await import(join(ROOT, 'scripts/bootstrap.mjs'))) as { checkNode: (version: string) => void };
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.1.0']) checkNode(version);
  for (const version of ['18.20.0', '20.18.3', '20.9.0']) assert.throws(() => checkNode(version), /too old: ce needs Node 20\.19/);
});

test('what the build puts into one file for a fast start is there', () => {
  const lists = [...readFileSync(join(ROOT, 'scripts/build.mjs'), 'utf8').matchAll(/^const (?:START|HELP) = \[(.*?)\];$/gms)];
  const files = lists.flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, file = '']) => file));
  assert.ok(files.length > 1);
  for (const file of files) assert.ok(existsSync(join(ROOT, file)), file);
});

test('the build makes flat modules that start, is stale after an edit, and drops what is no longer made', () => {
  const home = mkdtempSync(join(tmpdir(), 'ce build '));
  try {
    for (const folder of ['core/cli', 'core/exec', 'validators/x', 'scripts', 'node_modules']) mkdirSync(join(home, folder), { recursive: true });
    for (const name of ['rolldown', '@rolldown']) symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name), 'junction');
    cpSync(join(ROOT, 'scripts/build.mjs'), join(home, 'scripts/build.mjs'));
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(home, 'core/late.ts'), "export const word: string = 'late';\n");
    writeFileSync(join(home, 'core/cli/main.ts'), "console.log((await import('../late.ts')).word);\n");
    writeFileSync(join(home, 'validators/x/plugin.py'), 'pass\n');
    mkdirSync(join(home, 'dist'));
    writeFileSync(join(home, 'dist/chunk-OLD.js'), '');
    const stale = () =>
      spawnSync(
        process.execPath,
        ['--input-type=module', '-e', "const { isStale } = await import('./scripts/build.mjs'); console.log(isStale(process.cwd()))"],
        { cwd: home, encoding: 'utf8' },
      ).stdout.trim();
    assert.is(stale(), 'true');
    assert.is(spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: home }).status, 0);
    assert.is(stale(), 'false');
    const { stdout } = spawnSync(process.execPath, ['dist/main.js'], { cwd: home, encoding: 'utf8' });
    assert.is(stdout, 'late\n');
    assert.ok(readFileSync(join(home, 'dist/main.js'), 'utf8').startsWith('#!/usr/bin/env node\n'));
    if (process.platform !== 'win32') assert.is(statSync(join(home, 'dist/main.js')).mode & 0o111, 0o111);
    assert.ok(existsSync(join(home, 'dist/x/plugin.py')));
    assert.not(existsSync(join(home, 'dist/chunk-OLD.js')));
    writeFileSync(join(home, 'core/late.ts'), "export const word: string = 'later';\n");
    assert.is(stale(), 'true');
    writeFileSync(join(home, 'core/late.ts'), "import './nowhere.ts';\n");
    const broken = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: home, encoding: 'utf8' });
    assert.is(broken.status, 1);
    assert.match(broken.stderr, /Build failed: the sources do not build[\s\S]*nowhere\.ts/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test.run();
