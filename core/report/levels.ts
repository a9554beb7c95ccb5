/** `--format levels`: four lines in the words of the batch seeds, from the same results as everything else. */
import type { Level } from '../model.ts';
import { openDiagnostics, passed } from './phases.ts';
import type { Output, Reporter } from './reporter.ts';
import type { RunView } from './view.ts';

type Word = 'FAIL' | 'NOT RUN' | 'UNVERIFIED' | 'PASS' | 'NOT APPLICABLE';

/**
 * The seeds' own numbering differs from that of ce: their 1 is the structure of the spec, their 2 is L1, their 3 is L2, and
 * their 4 holds integration and drift, so L3 and L4 together.
 */
export function levelLines(view: RunView): readonly string[] {
  return [
    `Level 1 (structure): ${structureOf(view)}`,
    `Level 2 (syntax): ${wordOf(view, ['L1'])}`,
    `Level 3 (tests): ${wordOf(view, ['L2'])}`,
    `Level 4 (integration, drift <30%): ${wordOf(view, ['L3', 'L4'])}`,
  ];
}

export function createLevelsReporter(out: Pick<Output, 'write'>): Reporter {
  return {
    name: 'levels',
    onEvent(event, view) {
      if (event.type === 'run.end') out.write(`${levelLines(view).join('\n')}\n`);
    },
  };
}

/** A spec was read and has no error of its own. Without a spec there is no structure to judge. */
function structureOf(view: RunView): Word {
  const failure = view.end?.failure ?? null;
  if (failure?.code.startsWith('CE_SPEC_') === true || openDiagnostics(view).some(({ source, severity }) => source === 'spec' && severity === 'error'))
    return 'FAIL';
  return [...view.tasks.values()].some((task) => task.prp !== null) ? 'PASS' : 'NOT APPLICABLE';
}

/** The worst of the levels' gates; a pass needs evidence for each that applies. */
function wordOf(view: RunView, levels: readonly Level[]): Word {
  const words = [...view.tasks.values()]
    .filter((task) => task.level !== null && levels.includes(task.level))
    .map((task): Word => {
      if (passed(task)) return 'PASS';
      if (task.status === 'failed') return 'FAIL';
      if (task.status === 'not-applicable') return 'NOT APPLICABLE';
      return task.status === 'unverified' ? 'UNVERIFIED' : 'NOT RUN';
    });
  const order: readonly Word[] = ['FAIL', 'NOT RUN', 'UNVERIFIED', 'PASS', 'NOT APPLICABLE'];
  return order.find((word) => words.includes(word)) ?? 'NOT RUN';
}
