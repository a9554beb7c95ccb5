/** The package as it would be published: packed, judged by publint and attw, then used: `ce --version` runs from it, and a config is type-checked. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { build, buildTypes, isStale } from './build.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ce-package-'));
try {
  if (isStale(ROOT)) await build(ROOT);
  buildTypes(ROOT);
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  const failed = [
    tool('publint', ['node_modules/publint/src/cli.js', 'run', tarball, '--strict']),
    tool('attw', ['node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--no-color', '--exclude-entrypoints', './schemas/*']),
    runs(tarball),
    types(),
  ].filter((ok) => !ok).length;
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tool(name, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  process.stdout.write(`${name}: ${status === 0 ? 'ok' : `exit code ${status}\n${stdout}${stderr}`}\n`);
  return status === 0;
}

function runs(tarball) {
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'package', 'node_modules'), 'junction');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'package', 'dist', 'main.js'), '--version'], { encoding: 'utf8' });
  const ok = status === 0 && stdout.trim() === version;
  process.stdout.write(`ce --version from the package: ${ok ? 'ok' : `exit code ${status}\n${stdout}${stderr}`}\n`);
  return ok;
}

/** A user's config is checked against the published types: a right one passes, a wrong one is found. */
function types() {
  const user = join(folder, 'user');
  mkdirSync(join(user, 'node_modules'), { recursive: true });
  symlinkSync(join(folder, 'package'), join(user, 'node_modules', 'ce'), 'junction');
  writeFileSync(join(user, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(user, 'right.ts'),
    "import { defineConfig } from 'ce';\nexport default defineConfig({ jobs: 2, validators: { docs: { level: 'L1', command: ['true'] } } });\n",
  );
  writeFileSync(join(user, 'wrong.ts'), "import { defineConfig } from 'ce';\nexport default defineConfig({ jobs: 'two' });\n");
  const tsc = (file) =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', file], {
      cwd: user,
      encoding: 'utf8',
    });
  const [right, wrong] = [tsc('right.ts'), tsc('wrong.ts')];
  const ok = right.status === 0 && wrong.status !== 0 && /wrong\.ts\(2,\d+\): error TS2322/.test(wrong.stdout);
  process.stdout.write(`a config against the published types: ${ok ? 'ok' : `\nright: ${right.stdout}\nwrong: ${wrong.stdout}`}\n`);
  return ok;
}
