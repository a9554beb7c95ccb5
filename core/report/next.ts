/** What a person would type next. Every line is a command that exists, ready to paste, with what it is for. */
import { oneLine } from './format.ts';
import { failedTasks } from './phases.ts';
import type { RunView } from './view.ts';

export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** At most four, the most useful first. */
export function nextCommands(view: RunView): readonly NextCommand[] {
  const again = ['ce', view.command, ...view.targets.map(oneLine)].join(' ');
  const last = view.checkpoints.at(-1);
  const { end } = view;
  if (view.dryRun) return [{ command: again, why: 'run this plan' }];
  if (end === null || end.exitCode === 130 || end.exitCode === 143) return [{ command: again, why: 'go on where it stopped' }];
  const restore = last === undefined ? [] : [{ command: `ce prp restore ${oneLine(last.prp)} ${oneLine(last.phase)}`, why: 'return to the last checkpoint' }];
  if (!end.success) {
    const [failed] = failedTasks(view);
    if (failed === undefined) return end.failure?.next === undefined && view.targets.length > 0 ? [{ command: again, why: 'try again' }] : [];
    const gate =
      failed.kind === 'gate' && failed.prp !== null ? [{ command: `ce validate ${oneLine(failed.id)}`, why: 'judge the tree again after a change' }] : [];
    if (view.command === 'validate')
      return gate.length > 0 && !gate.some(({ command }) => command === again)
        ? [...gate, { command: again, why: 'judge all of it' }]
        : [{ command: again, why: 'judge the tree again after a change' }];
    return [
      ...gate,
      { command: again, why: gate.length > 0 ? 'go on from there' : 'try again' },
      { command: `ce logs ${view.run}`, why: 'the whole output' },
      ...restore,
    ].slice(0, 4);
  }
  if (view.checkpoints.length === 0 && view.command === 'run' && view.targets.length > 0)
    return [{ command: `ce explain ${view.targets.map(oneLine).join(' ')}`, why: 'why each task is fresh, and what would change that' }];
  const healed = view.heals.some(({ heal }) => heal.applied && !heal.reverted);
  return [
    ...(last === undefined
      ? []
      : [{ command: `git show --stat ${last.commit.slice(0, 12)}`, why: healed ? 'review what was changed and healed' : 'see what was changed' }]),
    ...(last === undefined ? [] : [{ command: `ce prp restore ${oneLine(last.prp)} ${oneLine(last.phase)}`, why: 'return here later' }]),
    ...(view.command === 'run' && last !== undefined ? [{ command: again, why: 'runs what has changed since' }] : []),
  ];
}
