/**
 * A run as its events tell it. Every reporter reads this view; none keeps a record of its own. The view is folded in place,
 * because a run of a thousand tasks has tens of thousands of events.
 */
import type { Escalation, Event } from '../events.ts';
import type { Checkpoint, PlannedTask } from '../model.ts';
import type { RunView, TaskView } from './view.ts';

/** Lines of a task's output that are kept for people. The whole output is on disk. */
const TAIL_LINES = 20;
const TAIL_LINE = 2000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface RunState {
  readonly view: RunView;
  apply(event: Event): void;
}

/** The state before the first event. `apply` takes events in the order of their `seq`. */
export function createRunState(): RunState {
  const tasks = new Map<string, Mutable<TaskView>>();
  const diagnostics: RunView['diagnostics'][number][] = [];
  const heals: RunView['heals'][number][] = [];
  const escalations: Escalation[] = [];
  const checkpoints: Checkpoint[] = [];
  const logs: RunView['logs'][number][] = [];
  const view: Mutable<RunView> = {
    run: '',
    command: '',
    targets: [],
    root: '',
    dryRun: false,
    startedAt: 0,
    tasks,
    diagnostics,
    heals,
    escalations,
    checkpoints,
    logs,
    end: null,
  };

  /** A task that the plan does not hold (an engine that starts before it plans) is shown all the same. */
  const taskOf = (id: string): Mutable<TaskView> => {
    const known = tasks.get(id);
    if (known !== undefined) return known;
    const made = emptyTask(id);
    tasks.set(id, made);
    return made;
  };

  const apply = (event: Event): void => {
    if (view.run === '') Object.assign(view, { run: event.run, startedAt: Date.parse(event.time) });
    switch (event.type) {
      case 'run.start':
        Object.assign(view, {
          command: event.command,
          targets: event.targets,
          root: event.root,
          dryRun: event.dryRun ?? false,
          startedAt: Date.parse(event.time),
        });
        return;
      case 'run.end':
        view.end = { exitCode: event.exitCode, success: event.success, durationMs: event.durationMs, confidence: event.confidence, failure: event.failure };
        return;
      case 'graph':
        for (const planned of event.plan) tasks.set(planned.task.id, replan(tasks.get(planned.task.id), planned));
        return;
      case 'task.start':
        Object.assign(taskOf(event.task), {
          kind: event.kind,
          title: event.title,
          status: 'running',
          reason: event.reason,
          startedAt: Date.parse(event.time),
          usualMs: event.usualMs,
          brief: event.detail ?? null,
          attempt: 1,
        });
        return;
      case 'check.start': {
        const task = taskOf(event.task);
        const command = 'argv' in event.check.command ? event.check.command.argv.join(' ') : event.check.command.script;
        task.running = [...task.running, { validator: event.check.validator, command }];
        task.attempt = event.attempt;
        return;
      }
      case 'check.end': {
        const task = taskOf(event.task);
        const index = task.running.findIndex((check) => check.validator === event.result.name);
        task.running = task.running.filter((_, at) => at !== index);
        task.results = [...task.results, { attempt: event.attempt, result: event.result }];
        return;
      }
      case 'task.output': {
        const task = taskOf(event.task);
        task.tail = tailOf(task.tail, event.text);
        return;
      }
      case 'task.progress':
        taskOf(event.task).progress = event.message;
        return;
      case 'input':
        taskOf(event.task).progress = event.prompt;
        return;
      case 'task.end':
        Object.assign(taskOf(event.task), {
          kind: event.kind,
          status: event.outcome,
          reason: event.reason,
          durationMs: event.durationMs,
          gate: event.gate,
          failure: event.failure,
          running: [],
          progress: null,
        });
        return;
      case 'diagnostic':
        diagnostics.push({ task: event.task, diagnostic: event.diagnostic });
        return;
      case 'heal':
        heals.push({ task: event.task, attempt: event.attempt, heal: event.heal });
        return;
      case 'escalation':
        escalations.push(event.escalation);
        return;
      case 'checkpoint':
        checkpoints.push(event.checkpoint);
        return;
      case 'log':
        logs.push({ level: event.level, message: event.message, failure: event.failure });
        return;
      default:
        ignore(event);
    }
  };
  return { view, apply };
}

/** A journal of a newer ce may hold events that this one does not know; the compiler still sees that every known one is handled. */
function ignore(_event: never): void {}

function emptyTask(id: string): Mutable<TaskView> {
  return {
    id,
    kind: 'command',
    title: id,
    prp: null,
    phase: null,
    level: null,
    planned: null,
    plannedReason: '',
    status: 'waiting',
    reason: '',
    startedAt: null,
    usualMs: null,
    durationMs: null,
    progress: null,
    brief: null,
    attempt: 0,
    running: [],
    results: [],
    tail: [],
    gate: null,
    failure: null,
  };
}

/** Tasks that are fresh or skipped by plan are done before the run begins; an event may still say more of them. */
function plannedTask({ task, outcome, reason }: PlannedTask): Mutable<TaskView> {
  const { dependsOn: _, ...known } = task;
  return {
    ...emptyTask(task.id),
    ...known,
    planned: outcome,
    plannedReason: reason,
    reason,
    status: outcome === 'fresh' || outcome === 'skipped' ? outcome : 'waiting',
  };
}

/** A second plan in one run changes what is still to come; what has begun keeps its state. */
function replan(known: Mutable<TaskView> | undefined, planned: PlannedTask): Mutable<TaskView> {
  const made = plannedTask(planned);
  return known === undefined || known.startedAt === null ? made : Object.assign(known, { planned: made.planned, plannedReason: made.plannedReason });
}

/** The last lines, the unfinished one included: an entry without a newline at its end goes on with the next text. */
function tailOf(tail: readonly string[], text: string): readonly string[] {
  const lines = `${tail.at(-1) ?? ''}${text.slice(-TAIL_LINES * TAIL_LINE)}`.split('\n');
  return [...tail.slice(0, -1), ...lines].slice(-TAIL_LINES - 1).map((line) => line.slice(0, TAIL_LINE));
}
