/** The commands of `ce cache`. */
import { dryRun, json, yes } from './flags.ts';
import type { CommandSpec } from './invocation.ts';

export const CACHE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'cache status',
    aliases: ['cache'],
    usage: '',
    summary: 'Size and entries of the cache.',
    examples: [['ce cache status', 'bytes, entries, limit']],
    options: [json],
    load: () => import('./commands/cache-status.ts'),
  },
  {
    name: 'cache gc',
    aliases: [],
    usage: '',
    summary: 'Remove the entries that were used longest ago, down to the limit.',
    examples: [['ce cache gc', '']],
    options: [dryRun, json],
    load: () => import('./commands/cache-gc.ts'),
  },
  {
    name: 'cache clear',
    aliases: [],
    usage: '',
    summary: 'Empty the cache.',
    examples: [['ce cache clear', '']],
    options: [dryRun],
    load: () => import('./commands/cache-clear.ts'),
  },
  {
    name: 'cache audit',
    aliases: [],
    usage: '',
    summary: 'Run cached gates again and compare verdicts.',
    examples: [['ce cache audit --sample 5', 'five of them']],
    options: [{ name: 'sample', value: 'N', help: 'At most N (default: all).' }, yes, json],
    load: () => import('./commands/cache-audit.ts'),
  },
  {
    name: 'cache why',
    aliases: [],
    usage: '[path…]',
    summary: 'What each gate is keyed by, and what changed since it was cached.',
    examples: [['ce cache why', 'each check: hit, or the reason of the miss']],
    options: [json],
    load: () => import('./commands/cache-why.ts'),
  },
];
