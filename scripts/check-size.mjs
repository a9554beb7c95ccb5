/** Files stay small: 250 lines by hand, 400 in tests. Prints the median; every exception is a line with its reason. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT = { source: 250, test: 400 };
const FOLDERS = ['core', 'plugins', 'validators', 'scripts', 'test'];
const EXEMPT = [/^core\/generated\//, /^test\/fixtures\//];
const EXCEPTIONS = new Map([['core/model.ts', 'declarations of all nouns and no code: one page to read them on']]);

const files = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((path) => `${folder}/${path.replaceAll('\\', '/')}`))
  .filter((path) => /\.(ts|mjs)$/.test(path) && !EXEMPT.some((pattern) => pattern.test(path)))
  .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1 }));

const limitOf = (path) => (path.startsWith('test/') ? LIMIT.test : LIMIT.source);
const long = files.filter(({ path, lines }) => lines > limitOf(path) && !EXCEPTIONS.has(path));
const stale = [...EXCEPTIONS.keys()].filter((path) => !files.some((file) => file.path === path && file.lines > limitOf(path)));

const sources = files
  .filter(({ path }) => !path.startsWith('test/') && !path.startsWith('scripts/'))
  .map(({ lines }) => lines)
  .sort((a, b) => a - b);
const sum = sources.reduce((total, lines) => total + lines, 0);
process.stdout.write(`${sources.length} source files, ${sum} lines, median ${sources[Math.floor(sources.length / 2)] ?? 0}, longest ${sources.at(-1) ?? 0}\n`);
for (const { path, lines } of long) process.stdout.write(`${path}: ${lines} lines, the limit is ${limitOf(path)}. One noun a file: move one out.\n`);
for (const path of stale) process.stdout.write(`${path} is an exception in scripts/check-size.mjs that is no longer needed.\n`);
process.exitCode = long.length + stale.length > 0 ? 1 : 0;
