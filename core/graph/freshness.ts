/** Which phases of a PRP are done, from evidence alone. The decision is docs/decisions/0001-freshness.md; its table is a test. */
import { createHash } from 'node:crypto';
import type { Prp } from '../model.ts';

/** The newest checkpoint of a phase among the ancestors of HEAD, whatever it says of its tree. */
export interface PhaseEvidence {
  /** The identity that `phaseSpecs` gave when it was made: the trailer `Ce-Spec`. */
  readonly spec: string;
  readonly commit: string;
  readonly tree: 'clean' | 'dirty';
  readonly source: 'ref' | 'tag' | 'trailer';
  /** Place of the commit in the history of HEAD: a descendant's is higher than its ancestor's. Null when nobody asked. */
  readonly order: number | null;
}

export interface PhaseState {
  /** Phase id, or `final`. */
  readonly phase: string;
  /** The identity of its spec now, from `phaseSpecs`. */
  readonly spec: string;
  readonly checkpoint: PhaseEvidence | null;
}

export interface FreshnessInput {
  /** In the order of the spec, `final` last where there is one. */
  readonly phases: readonly PhaseState[];
  /** `all`: whatever is selected is planned (`--force`). */
  readonly force: 'all' | 'none';
  /** Index of the first phase to run (`--start-phase`); those before it are taken as done by hand. */
  readonly startPhase: number | null;
  /** Index of the last phase to run (`--end-phase`). */
  readonly endPhase: number | null;
  /** Index of the phase that the target names. */
  readonly targetPhase: number | null;
}

export interface PhaseDecision {
  readonly phase: string;
  readonly decision: 'fresh' | 'planned' | 'skipped' | 'not-selected';
  /** One line for people that names the evidence: `done at 3f2a91c (ref)`, `spec changed since 3f2a91c`. */
  readonly reason: string;
}

/** Why a phase is not done, and how a later phase speaks of it. */
interface Cause {
  readonly reason: string;
  readonly which: string;
}

const HALF = 32;

/**
 * The identity of every phase's spec, by phase id: 64 hex digits, of which the first half stands for the phase's own text and
 * the second for the texts of all phases before it. So a checkpoint says on which specs it stands, and one that was made before
 * an earlier phase was rewritten does not count again once that phase is done anew.
 */
export function phaseSpecs(prp: Prp): ReadonlyMap<string, string> {
  const specs = new Map<string, string>();
  let before = sha256('');
  for (const { id, spec } of [...prp.phases, ...(prp.gates.length > 0 ? [{ id: 'final', spec: prp.spec }] : [])]) {
    specs.set(id, sha256(spec).slice(0, HALF) + before.slice(0, HALF));
    before = sha256(`${before} ${spec}`);
  }
  return specs;
}

/** Decides every phase as one unit; the decisions stand in the order of the input. */
export function decidePhases(input: FreshnessInput): readonly PhaseDecision[] {
  const first = input.startPhase ?? 0;
  const last = Math.min(input.endPhase ?? Infinity, input.targetPhase ?? Infinity);
  const decisions: PhaseDecision[] = [];
  const earlier: PhaseState[] = [];
  let broken: string | null = null;
  input.phases.forEach((state, at) => {
    const decide = (decision: PhaseDecision['decision'], reason: string): void => void decisions.push({ phase: state.phase, decision, reason });
    if (at < first) {
      decide('skipped', `taken as done by hand: --start-phase ${numberOf(input.phases[first]?.phase ?? '')}`);
    } else if (at > last) {
      decide(
        'not-selected',
        `after ${input.endPhase === last ? `--end-phase ${numberOf(input.phases[last]?.phase ?? '')}` : `the target ${input.phases[last]?.phase ?? ''}`}`,
      );
    } else if (broken !== null) {
      decide('planned', broken);
    } else {
      const cause = input.force === 'all' ? { reason: '--force', which: 'which is forced' } : causeOf(state, earlier);
      const { checkpoint } = state;
      if (cause === null && checkpoint !== null) {
        decide('fresh', `done at ${short(checkpoint.commit)} (${checkpoint.source})`);
      } else if (cause !== null) {
        decide('planned', cause.reason);
        broken = input.force === 'all' ? '--force' : `after ${label(state.phase)}, ${cause.which}`;
      }
    }
    earlier.push(state);
  });
  return decisions;
}

function causeOf({ spec, checkpoint }: PhaseState, earlier: readonly PhaseState[]): Cause | null {
  if (checkpoint === null) return { reason: 'no checkpoint', which: 'which has no checkpoint' };
  const at = short(checkpoint.commit);
  if (checkpoint.tree === 'dirty') return { reason: `the checkpoint at ${at} was made on a dirty tree`, which: 'whose checkpoint was made on a dirty tree' };
  if (checkpoint.spec.slice(0, HALF) !== spec.slice(0, HALF)) return { reason: `spec changed since ${at}`, which: 'whose spec changed' };
  if (checkpoint.spec !== spec) return { reason: `the spec of an earlier phase changed since ${at}`, which: 'which stands on an older spec' };
  const again = earlier.find((phase) => isNewer(phase.checkpoint, checkpoint));
  if (again !== undefined) return { reason: `${label(again.phase)} was run again after ${at}`, which: 'which is older than a phase before it' };
  return null;
}

function isNewer(other: PhaseEvidence | null, than: PhaseEvidence): boolean {
  return other !== null && other.order !== null && than.order !== null && other.order > than.order;
}

/** `phase 10.1` for `phase10.1`, `step 3` for `step3`, `the final gates` for `final`. */
function label(phase: string): string {
  return phase === 'final' ? 'the final gates' : phase.replace(/^([a-z]+)(?=[^a-z])/, '$1 ');
}

function numberOf(phase: string): string {
  return phase.replace(/^[a-z]+(?=[^a-z])/, '');
}

function short(commit: string): string {
  return commit.slice(0, 7);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
