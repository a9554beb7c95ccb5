/**
 * From specs to tasks. This room knows specs and tasks and nothing else: it may not read files, start processes,
 * look at the clock, print, or ask git what is done; what is done is handed to `freshness.ts` as data.
 */
import type { Result } from '../errors.ts';
import { LEVELS, type Level, type Phase, type Project, type Prp, type Task, type TaskGraph } from '../model.ts';
import { orderTasks } from './order.ts';
import { computeStages } from './stages.ts';

const LEVEL_TITLES = {
  L1: 'Syntax & Style',
  L2: 'Unit Tests',
  L3: 'Integration Tests',
  L4: 'Pattern Conformance',
} as const satisfies Record<Level, string>;

/**
 * Tasks `implement → L1 → L2 → L3 → L4 → checkpoint` for every phase, phases chained by their checkpoints, then the gates
 * that stand outside phases as `<prp>:final:<level>` with a checkpoint of their own. A dependency between two of the given
 * PRPs becomes an edge; one on a PRP that is not given does not (`run` asks for evidence of it before), and a soft one only
 * orders. PRPs stand in the order of their stages. Errors: `CE_GRAPH_CYCLE`.
 */
export function buildGraph(prps: readonly Prp[]): Result<TaskGraph> {
  const staged = computeStages(prps);
  if (!staged.ok) return staged;
  const byId = new Map(prps.map((prp) => [prp.id, prp]));
  const last = new Map<string, readonly string[]>();
  const tasks: Task[] = [];
  for (const stage of staged.value) {
    for (const id of stage.prps) {
      const prp = byId.get(id);
      if (prp === undefined) continue;
      const hard = prp.dependencies.filter((dependency) => !dependency.soft);
      const before = [...new Set(hard.flatMap((dependency) => last.get(dependency.id) ?? []))];
      const own = tasksOf(prp, before);
      const end = own.at(-1);
      tasks.push(...own);
      // A PRP without tasks hands on what it waits for, so that its dependants still wait.
      last.set(id, end === undefined ? before : [end.id]);
    }
  }
  return orderTasks(tasks);
}

/** One gate for each level and project: `L1` for the root project, `packages/a:L1` for others. No gate waits for another. */
export function buildValidateGraph(levels: readonly Level[], projects: readonly Project[]): TaskGraph {
  const wanted = LEVELS.filter((level) => levels.includes(level));
  return {
    tasks: projects.flatMap(({ dir }) =>
      wanted.map((level): Task => {
        const id = dir === '.' ? level : `${dir}:${level}`;
        return { id, kind: 'gate', title: `${level}: ${LEVEL_TITLES[level]}`, prp: null, phase: null, level, dependsOn: [] };
      }),
    ),
  };
}

/** The project that a gate of `buildValidateGraph` judges: `.` for `L1`, `packages/a` for `packages/a:L1`. */
export function projectOf(task: Task): string {
  const colon = task.id.lastIndexOf(':');
  return colon === -1 ? '.' : task.id.slice(0, colon);
}

function tasksOf(prp: Prp, before: readonly string[]): Task[] {
  const chain = createChain(prp.id, before);
  for (const phase of prp.phases) {
    chain.add(phase.id, 'implement', 'implement', phaseTitle(phase), null);
    for (const level of LEVELS) chain.add(phase.id, level, 'gate', `${level}: ${LEVEL_TITLES[level]}`, level);
    chain.add(phase.id, 'checkpoint', 'checkpoint', `Checkpoint of ${phaseTitle(phase)}`, null);
  }
  const finals = LEVELS.filter((level) => prp.gates.some((gate) => gate.level === level));
  for (const level of finals) chain.add('final', level, 'gate', `${level}: ${LEVEL_TITLES[level]}`, level);
  if (finals.length > 0) chain.add('final', 'checkpoint', 'checkpoint', `Checkpoint of ${prp.title}`, null);
  return chain.tasks;
}

function createChain(prp: string, before: readonly string[]) {
  const tasks: Task[] = [];
  return {
    tasks,
    add(phase: string, name: string, kind: Task['kind'], title: string, level: Level | null): void {
      const previous = tasks.at(-1);
      tasks.push({ id: `${prp}:${phase}:${name}`, kind, title, prp, phase, level, dependsOn: previous === undefined ? before : [previous.id] });
    },
  };
}

function phaseTitle(phase: Phase): string {
  return `${phase.kind === 'step' ? 'Step' : 'Phase'} ${phase.number}: ${phase.name}`;
}
