/** The commands of `ce prp`: specs and their checkpoints. */
import { allowDirty, dryRun, events, json, reportTo, yes } from './flags.ts';
import type { CommandSpec } from './invocation.ts';

export const PRP_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'prp new',
    aliases: [],
    usage: '<title>',
    summary: 'Write a new PRP from the template.',
    examples: [["ce prp new 'Rate limits'", 'PRPs/PRP-<next>-rate-limits.md']],
    options: [dryRun, { name: 'id', value: 'id', help: 'Default: the next free number.' }],
    load: () => import('./commands/prp-new.ts'),
  },
  {
    name: 'prp status',
    aliases: [],
    usage: '',
    summary: 'The active PRP session.',
    examples: [['ce prp status', 'id, phase, attempts']],
    options: [json],
    load: () => import('./commands/prp-status.ts'),
  },
  {
    name: 'prp list',
    aliases: [],
    usage: '[id]',
    summary: 'Checkpoints.',
    examples: [['ce prp list PRP-5', 'each with its commit']],
    options: [json],
    load: () => import('./commands/prp-list.ts'),
  },
  {
    name: 'prp checkpoint',
    aliases: [],
    usage: '<id:phase>',
    summary: 'Validate a phase that was done by hand, and checkpoint it.',
    examples: [['ce prp checkpoint PRP-5:phase2', 'gates first, then the commit']],
    options: [dryRun, allowDirty, yes, json, events, reportTo],
    load: () => import('./commands/prp-checkpoint.ts'),
  },
  {
    name: 'prp restore',
    aliases: [],
    usage: '<id> [phase]',
    summary: 'Move the branch and the tree back to a checkpoint; prints how to undo it.',
    examples: [
      ['ce prp restore PRP-6 phase2', 'as after phase 2'],
      ['ce prp restore PRP-6 --dry-run', 'what would move'],
    ],
    options: [dryRun, json],
    load: () => import('./commands/prp-restore.ts'),
  },
];
