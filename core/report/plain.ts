/** Append-only lines for pipes, CI, NO_COLOR and dumb terminals: what happened, in order, and the summary at the end. */
import type { Event } from '../events.ts';
import { failureLines } from './error.ts';
import { oneLine, phaseTitle, safeLines } from './format.ts';
import { LEVEL_NAMES, gateLabel, gatesOf, headingOf, phasesOf, prpsOf, type PhaseView } from './phases.ts';
import { endLine, gateLine, healLine, shortCommand, verdictLine, withDots } from './plain-lines.ts';
import { evidenceLines, planLine, planList } from './plan.ts';
import type { Output, ReadSource, Reporter } from './reporter.ts';
import type { RunView, TaskView } from './view.ts';
import { summaryLines } from './summary.ts';
import type { Theme } from './theme.ts';

const BANNER = '='.repeat(80);

/** Nothing is repainted. With several PRPs every line begins with the id of its PRP, because their lines come interleaved. */
export function createPlainReporter(out: Output, theme: Theme, readSource: ReadSource): Reporter {
  const { emoji } = theme.symbols;
  const opened = new Set<string>();
  const validating = new Set<string>();
  let phases = new Map<string, PhaseView>();
  let prps: 'one' | 'several' = 'one';

  const print = (task: TaskView | undefined, ...lines: readonly string[]): void => {
    const owner = prps === 'several' && task?.prp != null ? `[${oneLine(task.prp)}] ` : '';
    out.write([...lines.map((line) => `${owner}${line}`.trimEnd()), ''].join('\n'));
  };
  const keyOf = (task: TaskView): string => `${task.prp ?? ''}:${task.phase ?? ''}`;

  const openPhase = (task: TaskView): void => {
    if (task.phase === null || opened.has(keyOf(task))) return;
    opened.add(keyOf(task));
    const heading = headingOf({ ...task, tasks: phases.get(keyOf(task))?.tasks ?? [task] }, 'one');
    if (task.kind !== 'implement') {
      print(task, theme.bold(heading));
      return;
    }
    const goal = task.brief?.goal ?? null;
    print(task, '', BANNER, theme.bold(heading), ...(goal === null ? [] : [`Goal: ${oneLine(goal)}`]), BANNER, '');
    if (task.reason !== '') print(task, `  Why: ${oneLine(task.reason)}`);
    const verbs = { create: 'Create', modify: 'Modify', delete: 'Delete', move: 'Move' } as const;
    for (const file of task.brief?.files ?? []) {
      const description = oneLine(file.description);
      print(task, `  ${emoji.create} ${verbs[file.action]}: ${oneLine(file.path)}${description === '' ? '' : ` - ${description}`}`);
    }
    for (const name of task.brief?.functions ?? []) print(task, `  ${emoji.tool} Implement: ${oneLine(name)}`);
  };

  const openGates = (task: TaskView): void => {
    if (task.phase === null || validating.has(keyOf(task))) return;
    validating.add(keyOf(task));
    print(task, '', `  ${emoji.test} Running validation...`);
  };

  const started = (task: TaskView): void => {
    openPhase(task);
    switch (task.kind) {
      case 'implement':
      case 'checkpoint':
        return;
      case 'gate':
        openGates(task);
        // The line of L2 names its command, which is known when the check begins.
        if (task.level !== 'L2')
          print(task, `    ${gateLabel(task)}: ${task.level === null ? oneLine(task.title) : LEVEL_NAMES[task.level]}...${because(task.reason)}`);
        return;
      case 'sync':
        print(task, '', BANNER, `${oneLine(task.title)}...`, BANNER);
        return;
      case 'review':
      case 'merge':
      case 'step':
      case 'command':
        print(task, `  ${oneLine(task.title)}...${because(task.reason)}`);
    }
  };

  /** What changed since the last run; that there was none, or that nothing is remembered, is no news. */
  const changeOf = (reason = ''): string => (reason === 'never run here' || reason.includes('not declared') ? '' : reason);
  const because = (reason: string): string => (reason === '' ? '' : `  ${theme.dim(`(${oneLine(reason)})`)}`);

  const ended = (task: TaskView): void => {
    // What never began is counted in the summary.
    if (task.status === 'fresh' || (task.startedAt === null && (task.status === 'blocked' || task.status === 'cancelled' || task.status === 'skipped'))) return;
    if (task.kind === 'gate') {
      openGates(task);
      print(task, `    ${gateLine(task, theme)}`);
      closeGates(task);
      return;
    }
    if (task.kind === 'checkpoint' && task.status === 'executed' && task.phase !== null) {
      print(task, '', `${emoji.pass} ${phaseTitle(task.phase)} complete`);
      return;
    }
    print(task, `  ${endLine(task, theme)}`);
  };

  /** Once no gate of the phase is left. A run may plan fewer than four. */
  const closeGates = (task: TaskView): void => {
    const phase = phases.get(keyOf(task));
    if (task.phase === null || phase === undefined) return;
    const gates = gatesOf(phase);
    if (gates.some((gate) => gate.status === 'waiting' || gate.status === 'running')) return;
    if (gates.some((gate) => gate.status === 'failed' || gate.status === 'blocked' || gate.status === 'cancelled')) return;
    const open = gates.filter((gate) => gate.status === 'unverified').map((gate) => gate.level ?? gate.id);
    print(task, `  ${emoji.pass} Validation complete${open.length > 0 ? ` (${open.join(', ')} unverified)` : ''}`);
  };

  const onEvent = (event: Event, view: RunView): void => {
    const task = 'task' in event && event.task !== null ? view.tasks.get(event.task) : undefined;
    switch (event.type) {
      case 'run.start':
        print(undefined, theme.dim(`${['ce', event.command, ...event.targets.map(oneLine)].join(' ')}  run ${event.run}`));
        return;
      case 'graph':
        phases = new Map(phasesOf(view).map((phase) => [`${phase.prp ?? ''}:${phase.phase ?? ''}`, phase]));
        prps = prpsOf(view).length > 1 ? 'several' : 'one';
        print(undefined, planLine(event.plan), ...(view.dryRun ? planList(event.plan) : evidenceLines(event.plan)));
        return;
      case 'task.start':
        if (task !== undefined) started(task);
        return;
      case 'check.start': {
        if (task === undefined) return;
        const label = gateLabel(task);
        const command = 'argv' in event.check.command ? event.check.command.argv.join(' ') : event.check.command.script;
        if (event.attempt > 1) print(task, `    ${label}: attempt ${event.attempt}: ${withDots(shortCommand(command))}`);
        else if (task.level === 'L2') print(task, `    ${label}: Running ${withDots(shortCommand(command))}${because(changeOf(event.reason))}`);
        else if (changeOf(event.reason) !== '') print(task, `      ${shortCommand(command)}${because(changeOf(event.reason))}`);
        return;
      }
      case 'check.end':
        if (event.result.verdict !== 'pass') print(task, `      ${theme.red(theme.symbols.fail)} ${verdictLine(event.result)}`);
        return;
      case 'task.progress':
        print(task, `    ${theme.dim(oneLine(event.message))}`);
        return;
      case 'input':
        print(task, ...safeLines(event.prompt).map((line, index) => `  ${index === 0 ? 'Waiting for you: ' : ''}${line}`));
        return;
      case 'task.end':
        if (task !== undefined) ended(task);
        return;
      case 'heal':
        print(task, `    ${emoji.tool} ${healLine(event.heal)}`);
        return;
      case 'escalation': {
        const level = view.tasks.get(event.escalation.task)?.level ?? oneLine(event.escalation.task);
        print(
          view.tasks.get(event.escalation.task),
          `    ${emoji.fail} ${level} ${oneLine(event.escalation.message)} - escalating (${event.escalation.trigger})`,
        );
        return;
      }
      case 'checkpoint':
        print(task, `  ${emoji.pin} Checkpoint: ${event.checkpoint.tag ?? event.checkpoint.ref}`);
        return;
      case 'log':
        if (event.failure !== null) print(undefined, ...failureLines(event.failure, theme, out.columns()));
        else print(undefined, `${event.level === 'info' ? '' : `${event.level}: `}${oneLine(event.message)}`);
        return;
      case 'run.end':
        print(undefined, '', ...summaryLines(view, theme, out.columns(), readSource));
        return;
      case 'task.output':
      case 'diagnostic':
        return;
    }
  };
  return { name: 'plain', onEvent };
}
