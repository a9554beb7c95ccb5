/** Builds of ce with one safeguard taken out, to show that the harness reports what is then lost. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What is taken out, and the crash points at which that must show. */
export const MUTANTS = {
  intent: {
    find: /[\w.]+\.append\(\{type:`intent`,intent\},`durable`\)/g,
    put: 'undefined',
    at: ['vcs.checkpoint.ref.after', 'vcs.checkpoint.tag.after', 'vcs.checkpoint.branch.before', 'vcs.index.rename.before'],
  },
  paths: {
    find: /([\w.]+)\.append\(\{type:`phase-/g,
    put: 'false&&$1.append({type:`phase-',
    at: ['exec.write.rename.after', 'process.spawn.after', 'vcs.checkpoint.ref.before'],
  },
};

/** Path of the mutant's main.js. It lies below node_modules, so that it finds the packages of this checkout. */
export function makeMutant(name) {
  const { find, put } = MUTANTS[name];
  const cache = join(ROOT, 'node_modules', '.cache', 'ce');
  mkdirSync(cache, { recursive: true });
  const base = mkdtempSync(join(cache, `mutant-${name}-`));
  cpSync(join(ROOT, 'dist'), join(base, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(base, 'package.json'));
  cpSync(join(ROOT, 'schemas'), join(base, 'schemas'), { recursive: true });
  let changed = 0;
  for (const file of readdirSync(join(base, 'dist')).filter((entry) => entry.endsWith('.js'))) {
    const path = join(base, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const mutated = text.replaceAll(find, put);
    if (mutated !== text) {
      writeFileSync(path, mutated);
      changed++;
    }
  }
  if (changed === 0) throw new Error(`the mutant ${name} changes nothing: its pattern no longer fits the build`);
  return { base, main: join(base, 'dist', 'main.js') };
}
