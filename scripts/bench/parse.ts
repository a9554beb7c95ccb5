/**
 * Parsing against one gfm pass of mdast over the same files, in one process, interleaved; and the same specs from cache.
 * `node --import tsx scripts/bench/parse.ts [folder]`; without a folder `CE_CORPUS`, else the fixtures. Figures are ratios.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openMemo } from '../../core/cache/memo.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { createSpecStore } from '../../core/spec/spec-store.ts';

const ROUNDS = 7;

interface Spec {
  readonly path: string;
  readonly text: string;
}

function readSpecs(folder: string): readonly Spec[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

async function milliseconds(body: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

function summary(times: readonly number[]): { readonly min: number; readonly median: number } {
  const sorted = [...times].sort((one, other) => one - other);
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}

async function main(folder: string): Promise<void> {
  // The yardstick is the library as everyone uses it; the parser's own import of it is core/spec/markdown.ts.
  const [{ fromMarkdown }, { gfmFromMarkdown }, { gfm }] = await Promise.all([
    import('mdast-util-from-markdown'),
    import('mdast-util-gfm'),
    import('micromark-extension-gfm'),
  ]);
  const specs = readSpecs(folder);
  const memory = mkdtempSync(join(tmpdir(), 'ce-bench-'));
  try {
    const memo = openMemo(memory);
    const open = (): ReturnType<typeof createSpecStore> => createSpecStore({ root: folder, globs: ['**/*.md'], cache: memo });
    const known = (await open().list()).length;
    const gfmTimes: number[] = [];
    const parseTimes: number[] = [];
    const cacheTimes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      gfmTimes.push(
        await milliseconds(() => specs.forEach(({ text }) => void fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }))),
      );
      parseTimes.push(await milliseconds(() => specs.forEach(({ path, text }) => void parsePrp(path, text))));
      cacheTimes.push(await milliseconds(async () => void (await open().list())));
    }
    const rows = { gfm: summary(gfmTimes), parse: summary(parseTimes), cache: summary(cacheTimes) };
    const lines = Object.entries(rows).map(
      ([name, { min, median }]) =>
        `${name.padEnd(6)} min ${min.toFixed(0).padStart(6)} ms   median ${median.toFixed(0).padStart(6)} ms   ratio ${(min / rows.gfm.min).toFixed(2)} (min)  ${(median / rows.gfm.median).toFixed(2)} (median)`,
    );
    const characters = specs.reduce((sum, { text }) => sum + text.length, 0);
    process.stdout.write(`${specs.length} files, ${characters} characters, ${known} specs, ${ROUNDS} rounds\n${lines.join('\n')}\n`);
  } finally {
    rmSync(memory, { recursive: true, force: true });
  }
}

await main(process.argv[2] ?? process.env['CE_CORPUS'] ?? fileURLToPath(new URL('../../test/fixtures/spec', import.meta.url)));
