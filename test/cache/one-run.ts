/**
 * One process that looks a check up, stores a pass and writes the tables, for tests that kill it or take its rights away.
 * Arguments: root, folder of `.ce`, user id to become (or `-`). Prints what came of it as JSON.
 */
import { openCache } from '../../core/cache/lookup.ts';
import type { Failure } from '../../core/errors.ts';
import { check, passed, versions } from './place.ts';

const [root = '', ceDir = '', user = '-'] = process.argv.slice(2);
if (user !== '-') {
  // Loaded while it may be read, wherever the sources lie.
  await import('picomatch');
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
const warnings: Failure[] = [];
const cache = openCache({ root, ceDir, env: {}, warn: (failure) => warnings.push(failure) });
const reasons: string[] = [];
for (const one of [check(), check({ validator: 'pytest' }), check({ validator: 'tsc' })]) {
  const [answer] = await cache.lookup([one], () => versions);
  if (answer === undefined) throw new Error('no answer');
  if ('hit' in answer) reasons.push('hit');
  else {
    const stored = await cache.store(answer, passed({ log: process.argv[1] ?? null }), 'steady');
    reasons.push(stored.stored ? 'stored' : stored.reason);
  }
}
cache.flush();
process.stdout.write(JSON.stringify({ reasons, warnings }));
