/**
 * Sources to `dist/`: one flat folder of ES modules whose packages stay outside, and with `--types` the declarations of the public
 * surface in `dist/types/`. Code that finds a neighbour by `import.meta.url` sees the same layout: everything lies in `dist/`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ENTRIES = {
  main: 'core/cli/main.ts',
  worker: 'core/exec/worker.ts',
  api: 'core/api.ts',
  plugins: 'plugins/index.ts',
  validators: 'validators/index.ts',
};
const SOURCES = ['core', 'plugins', 'validators'];
const SHEBANG = '#!/usr/bin/env node\n';

/** Builds `root/dist`. Files of an earlier build are removed only after the new ones are there. */
export async function build(root) {
  const stamp = stampOf(root);
  const { build: bundle } = await import(pathToFileURL(join(root, 'node_modules/esbuild/lib/main.js')).href);
  const dist = join(root, 'dist');
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: Object.entries(ENTRIES)
      .filter(([, file]) => existsSync(join(root, file)))
      .map(([out, file]) => ({ in: file, out })),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    chunkNames: 'chunk-[hash]',
    write: false,
    logLevel: 'warning',
  }).catch((error) => {
    throw new Error(`the sources do not build: ${error.errors?.length ?? 0} errors, printed above`, { cause: error });
  });
  mkdirSync(dist, { recursive: true });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, basename(path) === 'main.js' && !text.startsWith('#!') ? SHEBANG + text : text);
  }
  chmodSync(join(dist, 'main.js'), 0o755);
  const written = new Set(outputFiles.map(({ path }) => resolve(path)));
  for (const name of readdirSync(dist)) if (name.endsWith('.js') && !written.has(join(dist, name))) rmSync(join(dist, name));
  for (const asset of filesBelow(join(root, 'validators')).filter((file) => /\.(py|mjs)$/.test(file))) {
    const target = join(dist, relative(join(root, 'validators'), asset));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(asset, target);
  }
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), stamp);
}

/** Declarations of the public surface. */
export function buildTypes(root) {
  rmSync(join(root, 'dist', 'types'), { recursive: true, force: true });
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
}

/** True when `dist` was made from other sources than those here, or by another version of this script. */
export function isStale(root) {
  if (!existsSync(join(root, 'dist', 'main.js'))) return true;
  try {
    return readFileSync(stampFile(root), 'utf8') !== stampOf(root);
  } catch {
    return true;
  }
}

const stampFile = (root) => join(root, 'node_modules', '.cache', 'ce', 'built');

function stampOf(root) {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const folder of SOURCES) {
    for (const file of filesBelow(join(root, folder))) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const started = performance.now();
  try {
    await build(root);
    if (process.argv.includes('--types')) buildTypes(root);
    process.stderr.write(`Built dist/ in ${Math.round(performance.now() - started)} ms.\n`);
  } catch (error) {
    process.stderr.write(`Build failed: ${error.message}\n`);
    process.exitCode = 1;
  }
}
