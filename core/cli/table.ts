/** Every command, in the order of `ce help`. What does not work is not in this table. */
import { allowDirty, dryRun, events, force, jobs, json, reportTo, yes } from './flags.ts';
import type { CommandSpec } from './invocation.ts';
import { CACHE_COMMANDS } from './table-cache.ts';
import { PRP_COMMANDS } from './table-prp.ts';

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'run',
    aliases: ['execute'],
    usage: '<target…>',
    summary: 'Implement phases, judge them with real tools, checkpoint them.',
    examples: [
      ['ce run PRP-5', 'every phase that is not done'],
      ['ce run PRP-5:phase2', 'up to phase 2'],
      ['ce run PRP-5 --dry-run', 'what would run, and why'],
      ['ce run PRP-5 --start-phase 2 --end-phase 3', 'phases 2 and 3; phase 1 is taken as done by hand'],
      ['ce run PRP-5:phase2:L1', 'up to that gate, no checkpoint'],
    ],
    options: [
      { name: 'start-phase', value: 'N', help: 'Take earlier phases as done by hand.' },
      { name: 'end-phase', value: 'N', help: 'Stop after this phase.' },
      dryRun,
      { name: 'skip-validation', help: 'Implement only; no gate, no checkpoint (for debugging).' },
      force,
      jobs,
      { name: 'with-deps', help: 'Also run PRPs that this one depends on.' },
      { name: 'worktree', help: 'Run in a new worktree beside the repository.' },
      allowDirty,
      { name: 'implementer', value: 'name', help: 'blueprint, manual or command (default: from the config).' },
      yes,
      json,
      events,
      reportTo,
    ],
    notes: [
      'Use --dry-run to see the phases first.',
      'Use --start-phase and --end-phase for a part of the work.',
      'L1 and L2 are healed where that is safe before a person is asked.',
      'An escalation says what to look at: read its troubleshooting lines.',
      'Confidence 10/10 is production-ready; below 8 needs review.',
    ],
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'validate',
    aliases: [],
    usage: '[target|path…]',
    summary: 'Run gates on the tree as it is: no implement, no checkpoint, no lock.',
    examples: [
      ['ce validate', 'all levels that are detected or configured'],
      ['ce validate --level 1', 'L1 alone'],
      ['ce validate PRP-5:phase2', 'the gates of one phase'],
      ['ce validate --since HEAD~1', 'only what changed since a revision'],
    ],
    options: [
      { name: 'level', value: 'N', repeatable: true, help: 'Only this level (1 to 4).' },
      { name: 'up-to', value: 'N', help: 'Levels 1 to N.' },
      { name: 'since', value: 'ref', help: 'Judge only projects with files changed since this revision.' },
      { name: 'affected', help: 'As --since, from the merge base with the default branch.' },
      { name: 'heal', help: 'Let healers repair L1 and L2.' },
      { name: 'format', value: 'levels', help: 'Print one PASS or FAIL line a level.' },
      force,
      jobs,
      dryRun,
      yes,
      json,
      events,
      reportTo,
    ],
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'list',
    aliases: ['ls'],
    usage: '',
    summary: 'PRPs of this repository and how far each is.',
    examples: [['ce list', 'id, phases done, title']],
    options: [json],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'show',
    aliases: [],
    usage: '<id|path>',
    summary: 'A PRP as ce understands it, with its diagnostics.',
    examples: [
      ['ce show PRP-5 --json', 'phases, files, gates, diagnostics'],
      ['ce show PRPs/PRP-5.md --strict', 'also require every field of every phase'],
    ],
    options: [json, { name: 'strict', help: 'Every phase must have number, name, hours, goal and approach.' }],
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'graph',
    aliases: [],
    usage: '[target…]',
    summary: 'The task graph.',
    examples: [['ce graph PRP-5 --format mermaid', 'for a document']],
    options: [{ name: 'format', value: 'mermaid|dot|json', help: 'Default: mermaid.' }],
    load: () => import('./commands/graph.ts'),
  },
  {
    name: 'explain',
    aliases: [],
    usage: '<target>',
    summary: 'Why tasks would run, and what changed since they last did.',
    examples: [['ce explain PRP-5:phase2', 'decision and evidence of each task']],
    options: [json],
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'status',
    aliases: [],
    usage: '',
    summary: 'The active or last run.',
    examples: [['ce status', 'what runs, what is open']],
    options: [json],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'logs',
    aliases: [],
    usage: '[run]',
    summary: 'The events of a run.',
    examples: [
      ['ce logs', 'the last run'],
      ['ce logs -f', 'follow it'],
    ],
    options: [{ name: 'follow', short: 'f', help: 'Wait for more until the run ends.' }, json],
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'resume',
    aliases: [],
    usage: '',
    summary: 'Go on with the run that was interrupted.',
    examples: [['ce resume', 'the same request again']],
    options: [dryRun, yes, json, events, reportTo],
    load: () => import('./commands/resume.ts'),
  },
  ...PRP_COMMANDS,
  ...CACHE_COMMANDS,
  {
    name: 'doctor',
    aliases: [],
    usage: '',
    summary: 'Check node, git, tools, config, lock and limits; print fixes.',
    examples: [['ce doctor', '']],
    options: [json],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'init',
    aliases: [],
    usage: '',
    summary: 'Write a first PRP and a config for what this repository has.',
    examples: [['ce init --dry-run', 'show the files first']],
    options: [dryRun],
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'completion',
    aliases: [],
    usage: '<bash|zsh|fish>',
    summary: 'Shell completion, with PRP ids.',
    examples: [['ce completion bash >> ~/.bashrc', '']],
    options: [],
    load: async () => ({ command: (await import('./commands/completion.ts')).completionOf(COMMANDS) }),
  },
];

/** The longest name that argv starts with: `prp restore` before `prp`. */
export function findCommand(argv: readonly string[]): { readonly spec: CommandSpec; readonly rest: readonly string[] } | null {
  for (const length of [2, 1]) {
    const words = argv.slice(0, length).join(' ');
    const spec = COMMANDS.find((command) => command.name === words || command.aliases.includes(words));
    if (spec !== undefined && argv.length >= length) return { spec, rest: argv.slice(length) };
  }
  return null;
}
