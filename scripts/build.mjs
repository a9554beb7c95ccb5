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
/** What a run loads when nothing changed: these and all that they import lie in one file, because opening files is most of a start. */
/** What help and an unknown command load: the table of commands and little more. */
const HELP = ['core/cli/help.ts'];
const START = ['core/cli/dispatch.ts', 'core/cli/commands/run.ts', 'core/cli/commands/validate.ts', 'core/run/validate-known.ts'];
const SOURCES = ['core', 'plugins', 'validators'];
const SHEBANG = '#!/usr/bin/env node\n';

/** Builds `root/dist`. Files of an earlier build are removed only after the new ones are there. */
export async function build(root) {
  const stamp = stampOf(root);
  const { rolldown } = await import(pathToFileURL(join(root, 'node_modules/rolldown/dist/index.mjs')).href);
  const dist = join(root, 'dist');
  const help = closureOf(root, HELP);
  const start = closureOf(root, START);
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(ENTRIES).filter(([, file]) => existsSync(join(root, file)))),
    external: /^[^./]/,
    platform: 'node',
    // A module that is loaded lazily by one and eagerly by another is meant so: which of them runs is decided when ce runs.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle
    .generate({
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[hash].js',
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      codeSplitting: {
        groups: [
          { name: 'help', test: (id) => help.has(relative(root, id)), priority: 2 },
          { name: 'start', test: (id) => start.has(relative(root, id)), priority: 1 },
        ],
      },
    })
    .catch((error) => {
      throw new Error(`the sources do not build\n${error.message}`, { cause: error });
    })
    .finally(() => bundle.close());
  const outputFiles = output.filter((file) => file.type === 'chunk').map((file) => ({ path: join(dist, file.fileName), text: file.code }));
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

const STATIC_IMPORT = /^(?:import|export)\s(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm;

/** Paths from the root of these modules and all that they import statically. */
function closureOf(root, entries) {
  const found = new Set();
  const visit = (file) => {
    // What is imported and missing is named by the bundler, with the place.
    if (found.has(file) || !existsSync(join(root, file))) return;
    found.add(file);
    for (const [, specifier] of readFileSync(join(root, file), 'utf8').matchAll(STATIC_IMPORT)) visit(join(dirname(file), specifier));
  };
  for (const file of entries) visit(file);
  return found;
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
