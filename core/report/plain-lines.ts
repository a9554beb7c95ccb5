/** One line each for what ended: shared by the append-only lines and the last screen. */
import type { HealRecord } from '../events.ts';
import type { ValidatorResult } from '../model.ts';
import { count, duration, oneLine } from './format.ts';
import { gateLabel } from './phases.ts';
import type { TaskView } from './view.ts';
import type { Theme } from './theme.ts';

/** Of a task that is no gate: `✅ Implemented (0.10s): 2 files`, `❌ Merge PRP-6 failed (0.04s): …`. */
export function endLine(task: TaskView, theme: Theme): string {
  const { emoji, none } = theme.symbols;
  const good = task.status === 'executed' || task.status === 'cached';
  const symbol = good ? emoji.pass : task.status === 'failed' ? emoji.fail : none;
  const name = task.kind === 'implement' ? (good ? 'Implemented' : 'Implement') : oneLine(task.title);
  const word = task.status !== 'executed' ? ` ${task.status}` : task.kind === 'implement' ? '' : ' done';
  const why = task.failure?.message ?? task.reason;
  return `${symbol} ${name}${word} (${duration(task.durationMs ?? 0)})${why === '' ? '' : `: ${oneLine(why)}`}`;
}

/** `✅ L2 passed after 2 attempts (1.23s)`, `❌ L2 failed: …`, `! L3 unverified: …`. */
export function gateLine(task: TaskView, theme: Theme): string {
  const { emoji } = theme.symbols;
  const name = gateLabel(task);
  const reason = task.reason === '' ? '' : `: ${oneLine(task.reason)}`;
  const { gate } = task;
  switch (task.status) {
    case 'executed':
    case 'fresh':
    case 'cached': {
      if (gate !== null && !gate.passed) return `${emoji.warn} ${name} not passed${reason}`;
      const attempts = gate !== null && gate.attempts > 1 ? ` after ${gate.attempts} attempts` : '';
      const how = task.status === 'executed' ? duration(task.durationMs ?? 0) : task.status;
      return `${emoji.pass} ${name} passed${attempts} (${how})`;
    }
    case 'failed':
      return `${emoji.fail} ${name} failed${gate !== null && gate.attempts > 1 ? ` after ${gate.attempts} attempts` : ''} (${duration(task.durationMs ?? 0)})${reason}`;
    case 'unverified':
    case 'blocked':
    case 'cancelled':
      return `${emoji.warn} ${name} ${task.status}${reason}`;
    case 'not-applicable':
      return `${theme.symbols.none} ${name} not applicable${reason}`;
    case 'skipped':
    case 'waiting':
    case 'running':
      return `${theme.symbols.none} ${name} ${task.status}${reason}`;
  }
}

/** The first line of a script, and how many follow. */
export function shortCommand(command: string): string {
  const lines = command.trim().split('\n');
  return `${oneLine(lines[0] ?? '').slice(0, 200)}${lines.length > 1 ? ` (and ${count(lines.length - 1, 'more line')})` : ''}`;
}

/** Dots that can be told from a command that ends in dots itself. */
export function withDots(command: string): string {
  return `${command}${command.endsWith('.') ? ' ' : ''}...`;
}

/** `pytest: fail, 2 of 12 tests failed`. */
export function verdictLine(result: ValidatorResult): string {
  const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  const tests = result.tests === undefined ? '' : `, ${result.tests.failed} of ${count(result.tests.run, 'test')} failed`;
  return `${oneLine(result.name)}: ${result.verdict}${errors > 0 ? `, ${count(errors, 'error')}` : ''}${tests}${result.message === undefined ? '' : `: ${oneLine(result.message)}`}`;
}

export function healLine(heal: HealRecord): string {
  const what = `${oneLine(heal.title)} (${oneLine(heal.file)}, by ${oneLine(heal.healer)})`;
  if (!heal.applied) return `Not applied: ${what}`;
  return heal.reverted ? `Reverted, because it did not help: ${what}` : `Healed: ${what}`;
}
