/**
 * The heal loop: run a gate, ask the policies, collect fixes, guard them, write them, run the gate again, and keep what helped.
 * It starts no process, judges no tool and writes only through the services that it is given. L1 and L2 only.
 */
import type { ConfigData } from '../config-types.ts';
import { toFailure } from '../errors.ts';
import type { Body, Escalation, HealRecord } from '../events.ts';
import type { Hooks } from '../hooks.ts';
import type { GateResult, Task } from '../model.ts';
import { failureSet, fingerprintOf, openDiagnostics, progress, type FailureSet, type Progress } from './failure-set.ts';
import { gateFailure } from './gate.ts';
import { proposeFixes, suspectOf } from './heal-proposal.ts';
import { createTexts, type Texts } from './heal-texts.ts';
import { recordsOf, revertFixes, writeFixes, type Tree, type Turn } from './heal-writes.ts';

/** The tree, and the way to tell. */
export interface HealServices extends Tree {
  emit(body: Body): void;
}

export interface HealRequest {
  readonly task: Task;
  /** The files that the phase declares or changed: nothing else is edited. Never the spec itself. */
  readonly files: readonly string[];
  /** Runs the gate; `attempt` counts from 1. */
  runGate(attempt: number): Promise<GateResult>;
  readonly hooks: Pick<Hooks, 'escalate' | 'heal'>;
  readonly limits: ConfigData['heal'];
  readonly services: HealServices;
  readonly signal: AbortSignal;
}

export interface HealOutcome {
  /** Of the tree as it was left; `attempts` counts the runs of the gate. */
  readonly gate: GateResult;
  readonly heals: readonly HealRecord[];
  /** Not emitted yet: the caller numbers it by `id` and decides where it is asked. */
  readonly escalation: Escalation | null;
}

/** A gate's result, its failures, and the files that they name as they were then: offsets of fixes count in these texts. */
interface State {
  readonly gate: GateResult;
  readonly failures: FailureSet;
  readonly texts: Texts;
}

/**
 * Runs the gate once and heals at most `limits.attempts` times; it runs again only after an edit. A heal stays when failures
 * became fewer, none is of a new kind and no test was lost; otherwise its files go back byte for byte. When all that is new
 * can be fixed by its own tool, the next heal decides for both. Policies are asked before healers, at every level. Never
 * throws for what a plugin does: its failure is a log event, and the gate stays failed.
 */
export async function healGate(request: HealRequest): Promise<HealOutcome> {
  const { task, limits, services, signal } = request;
  const stateOf = async (gate: GateResult): Promise<State> => {
    const texts = createTexts(services);
    return { gate, failures: await failureSet(gate, texts.line), texts };
  };
  const heals: HealRecord[] = [];
  const history: string[] = [];
  const suspects = new Set<string>();
  let turns: Turn[] = [];
  let runs = 1;
  let kept = await stateOf(await request.runGate(1));
  let now = kept;
  const settle = (end: 'kept' | 'reverted'): void => {
    for (const record of turns.flatMap((turn) => recordsOf(turn, end))) {
      heals.push(record);
      services.emit({ type: 'heal', task: task.id, attempt: runs, heal: record });
    }
    turns = [];
  };
  const outcome = (gate: GateResult, escalation: Escalation | null): HealOutcome => ({ gate: { ...gate, attempts: runs }, heals, escalation });

  for (let healed = 0; isOpen(now.gate) && !signal.aborted; healed++) {
    const answer = askPolicies(request, now.gate, fingerprintOf(now.failures), history);
    if (answer.kind === 'escalate' && turns.length === 0) return outcome(now.gate, answer.escalation);
    if (answer.kind !== 'none' || healed >= limits.attempts || !mayHeal(now.gate, limits)) break;
    const { texts } = now;
    const fixes = await proposeFixes(request, openDiagnostics(now.gate), texts, suspects);
    const written = fixes.length === 0 || signal.aborted ? null : await writeFixes(fixes, texts, services);
    if (written === null) break;
    turns.push({ fixes, texts, written });
    history.push(fingerprintOf(now.failures));
    const next = await stateOf(await request.runGate(++runs));
    const isCut = signal.aborted || next.gate.outcome === 'cancelled';
    const { verdict, gainedIn }: Progress = isCut ? { verdict: 'worse', gainedIn: [] } : progress(kept.failures, next.failures);
    if (verdict === 'better') {
      settle('kept');
      kept = now = next;
    } else if (verdict === 'open') {
      now = next;
    } else {
      for (const fix of turns.flatMap((turn) => turn.fixes)) if (fix.edits.some(({ file }) => gainedIn.includes(file))) suspects.add(suspectOf(fix));
      const end = await revertFixes(turns, services);
      settle(end);
      if (end === 'kept') return outcome(next.gate, null);
      now = kept;
    }
  }
  if (turns.length > 0) {
    const end = await revertFixes(turns, services);
    settle(end);
    if (end === 'kept') return outcome(now.gate, null);
  }
  return outcome(kept.gate, null);
}

const isOpen = (gate: GateResult): boolean => !gate.passed && gate.outcome === 'failed';

const mayHeal = ({ level }: GateResult, { levels }: ConfigData['heal']): boolean => (level === 'L1' || level === 'L2') && levels.includes(level);

type Answer = { readonly kind: 'none' | 'broken' } | { readonly kind: 'escalate'; readonly escalation: Escalation };

/** A policy that throws has not said that healing is safe: nothing is healed after it. */
function askPolicies({ task, hooks, services }: HealRequest, gate: GateResult, fingerprint: string, history: readonly string[]): Answer {
  const failure = gateFailure(task, gate) ?? { code: 'CE_GATE_FAILED' as const, message: gate.reason };
  const failing = gate.validators.filter(({ verdict }) => verdict !== 'pass');
  try {
    const found = hooks.escalate.call({ task, failing, failure, fingerprint }, history);
    if (found === undefined) return { kind: 'none' };
    return { kind: 'escalate', escalation: { ...found, id: `${task.id}/${found.trigger}`, evidence: found.evidence.slice(0, 20) } };
  } catch (thrown) {
    const cause = toFailure(thrown);
    const told = { ...cause, code: 'CE_PLUGIN_THREW' as const, message: `an escalation policy threw: ${cause.message}` };
    services.emit({ type: 'log', level: 'warning', failure: told, message: told.message });
    return { kind: 'broken' };
  }
}
