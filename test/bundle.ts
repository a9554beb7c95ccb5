/** A child process of a test starts faster from one plain module than through a loader of TypeScript. */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const FOLDER = fileURLToPath(new URL('../node_modules/.cache/ce/children', import.meta.url));

/** Arguments for node that run this TypeScript file. The module is removed with this process; packages stay outside of it. */
export async function bundled(entry: string): Promise<readonly string[]> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${basename(entry, '.ts')}-${process.pid}.mjs`);
  process.once('exit', () => rmSync(file, { force: true }));
  await build({ input: entry, platform: 'node', external: /^[^./]/, logLevel: 'warn', output: { file, format: 'esm', codeSplitting: false } });
  return [file];
}
