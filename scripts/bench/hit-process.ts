/** One process of the hit bench: looks up N checks of 20 files each, in the tree that it stands in. Stores them when asked to. Prints JSON. */
import type { CheckVersions } from '../../core/cache/fingerprint.ts';
import { openCache } from '../../core/cache/lookup.ts';
import type { Check, ValidatorResult } from '../../core/model.ts';

const root = process.cwd();
const count = Number(process.argv[2]);
const versions: CheckVersions = { validator: '1', tool: 'Version 6.0.3', stamps: {} };

function check(i: number): Check {
  const project = `packages/p${i}`;
  return {
    validator: 'tsc',
    level: 'L1',
    project,
    command: { argv: ['../../node_modules/.bin/tsc', '--noEmit', '--pretty', 'false'] },
    cwd: project,
    inputs: [`${project}/src/**/*.ts`, `${project}/tsconfig.json`, 'tsconfig.base.json'],
    env: ['CI', 'NODE_ENV', 'NODE_OPTIONS'],
    version: ['../../node_modules/.bin/tsc', '--version'],
    timeout: 600_000,
    cache: true,
    needsTests: false,
    origin: 'tsconfig.json',
  };
}

const cache = openCache({ root, ceDir: `${root}/.ce`, env: process.env, warn: (failure) => process.stderr.write(`${failure.code} ${failure.message}\n`) });
const started = performance.now();
const answers = await cache.lookup(
  Array.from({ length: count }, (_, i) => check(i)),
  () => versions,
);
const lookupMs = performance.now() - started;
if (process.argv[3] === 'store') {
  for (const answer of answers) {
    if ('hit' in answer) continue;
    const { project } = answer.check;
    const result: ValidatorResult = {
      verdict: 'pass',
      diagnostics: [],
      name: 'tsc',
      project,
      command: 'tsc --noEmit',
      durationMs: 900,
      cached: false,
      log: null,
    };
    await cache.store(answer, result, 'steady');
  }
}
cache.flush();
const hits = answers.filter((answer) => 'hit' in answer).length;
process.stdout.write(JSON.stringify({ hits, lookupMs, rssMiB: process.resourceUsage().maxRSS / 1024 }));
