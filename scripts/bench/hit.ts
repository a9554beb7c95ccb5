/**
 * What a run costs in which nothing changed, at the level of the cache: a fresh process that looks up 10 and 1,000 checks of 20 files each,
 * against a bare `node -e 0`. Interleaved, in a clean environment, median of the rounds (argument; 15 by default). Fails when a check is no hit.
 * The process is the bundle that a release would have, with the libraries that load late in files of their own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const FILES = 20;
const SIZES = [10, 1_000];
const rounds = Number(process.argv[2] ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'ce-bench-hit-'));
const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

interface Sample {
  readonly ms: number;
  readonly lookupMs: number;
  readonly rssMiB: number;
}

function generate(root: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const project = join(root, 'packages', `p${i}`);
    mkdirSync(join(project, 'src'), { recursive: true });
    writeFileSync(join(project, 'tsconfig.json'), '{ "extends": "../../tsconfig.base.json" }\n');
    for (let file = 0; file < FILES; file++) writeFileSync(join(project, 'src', `file${file}.ts`), `export const value${file} = ${i};\n`.repeat(12));
  }
  writeFileSync(join(root, 'tsconfig.base.json'), '{}\n');
}

function run(args: readonly string[], cwd: string): { readonly ms: number; readonly stdout: string } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(stderr);
  return { ms, stdout };
}

function lookUp(bundle: string, root: string, count: number, use: 'read' | 'store'): Sample & { readonly hits: number } {
  const { ms, stdout } = run([bundle, String(count), use], root);
  return { ms, ...(JSON.parse(stdout) as { hits: number; lookupMs: number; rssMiB: number }) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const range = (values: readonly number[]): string => `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;

try {
  await build({
    input: { 'hit-process': fileURLToPath(new URL('hit-process.ts', import.meta.url)) },
    platform: 'node',
    logLevel: 'warn',
    output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs', minify: true },
  });
  const bundle = join(folder, 'hit-process.mjs');
  for (const count of SIZES) {
    const root = join(folder, `tree-${count}`);
    generate(root, count);
    lookUp(bundle, root, count, 'store');
    // Files this young are hashed again; the second run is the one that finds nothing to do.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    lookUp(bundle, root, count, 'read');
    const bare: number[] = [];
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(run(['-e', '0'], root).ms);
      const sample = lookUp(bundle, root, count, 'read');
      if (sample.hits !== count) throw new Error(`${sample.hits} hits of ${count}`);
      samples.push(sample);
    }
    const total = samples.map(({ ms }) => ms);
    console.log(`${count} checks, ${count * FILES} files, ${rounds} rounds, median (min–max)`);
    console.log(`  node -e 0    ${range(bare)} ms`);
    console.log(`  whole        ${range(total)} ms`);
    console.log(`  of it lookup ${range(samples.map(({ lookupMs }) => lookupMs))} ms`);
    console.log(`  ratio        ${(median(total) / median(bare)).toFixed(2)}`);
    console.log(`  peak memory  ${range(samples.map(({ rssMiB }) => rssMiB))} MiB`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
