/** Confidence: 0 to 10, with what it is made of. The rules are design rows E13 and E33; nothing that was not observed adds to it. */
import type { ConfidenceScore } from '../events.ts';
import { type GateResult, LEVELS, type Level } from '../model.ts';

/** What is known of a gate: of this run, or from the trailer of the checkpoint that a fresh phase stands on. */
export type ScoredGate = Pick<GateResult, 'level' | 'outcome' | 'passed' | 'attempts' | 'unverified'>;

export interface ScoreInput {
  /** Every phase that was run or is fresh, and `final`, with its gates. */
  readonly phases: readonly { readonly phase: string; readonly gates: readonly ScoredGate[] }[];
  /** Heals that were applied and stayed, over all phases and levels. */
  readonly heals: number;
  /** `failed`: a task of the request failed, was blocked or was cancelled. */
  readonly result: 'done' | 'failed' | 'validation-skipped';
  /** Phases taken as done by hand (`--start-phase`): nothing was observed of them. */
  readonly byHand: readonly string[];
}

/** One thing that keeps the score down. */
interface Limit {
  readonly most: number;
  readonly reason: string;
}

const MANY_HEALS = 5;

/**
 * 10 all four levels at the first attempt · 9 with 1–2 heals or a repeated gate · 8 with 3 or more, with L3 unverified, or with
 * something that only a person can judge · at most 7 without L1, L2 or L4 · 6 without validation · 5 on failure.
 * A level that a phase could not verify counts as verified when the final gates passed that level: they judge the whole PRP.
 */
export function scoreConfidence(input: ScoreInput): ConfidenceScore {
  const gates = input.phases.flatMap((phase) => phase.gates);
  if (input.result === 'failed' || gates.some((gate) => gate.outcome === 'failed')) {
    const failed = input.phases.flatMap(({ phase, gates: own }) =>
      own.filter((gate) => gate.outcome === 'failed').map((gate) => `${gate.level} of ${phase} failed`),
    );
    return scored(5, failed.length > 0 ? failed : ['a task did not end well'], input);
  }
  if (input.result === 'validation-skipped') return scored(6, ['no validation: --skip-validation'], input);
  if (!gates.some((gate) => gate.passed)) return scored(6, ['no validation: no gate passed with evidence'], input);
  const limits = [...healLimits(input), ...levelLimits(input), ...personLimits(input)];
  const score = limits.reduce((lowest, limit) => Math.min(lowest, limit.most), 10);
  return scored(score, limits.length === 0 ? ['all four levels passed at the first attempt'] : limits.map((limit) => limit.reason), input);
}

function healLimits({ heals, phases }: ScoreInput): readonly Limit[] {
  const count = `${heals} ${heals === 1 ? 'heal' : 'heals'}`;
  if (heals > MANY_HEALS) return [{ most: 8, reason: `${count}: more than ${MANY_HEALS} in one PRP is worth a look at the spec` }];
  if (heals > 0) return [{ most: heals > 2 ? 8 : 9, reason: count }];
  const repeated = phases.flatMap(({ phase, gates }) => gates.filter((gate) => gate.passed && gate.attempts > 1).map((gate) => `${gate.level} of ${phase}`));
  return repeated.length > 0 ? [{ most: 9, reason: `passed only when run again: ${repeated.join(', ')}` }] : [];
}

function levelLimits({ phases }: ScoreInput): readonly Limit[] {
  const final = phases.find(({ phase }) => phase === 'final')?.gates ?? [];
  return LEVELS.flatMap((level) => {
    if (final.some((gate) => gate.level === level && gate.passed)) return [];
    const lacking = phases.filter(
      ({ phase, gates }) => !gates.some((gate) => gate.level === level && gate.passed) && (phase !== 'final' || gates.some((gate) => gate.level === level)),
    );
    if (lacking.length === 0) return [];
    const words = lacking.map(({ phase, gates }) => `${phase} (${wordFor(gates.find((gate) => gate.level === level))})`);
    return [{ most: mostWithout(level), reason: `${level} without evidence: ${words.join(', ')}` }];
  });
}

function personLimits({ phases, byHand }: ScoreInput): readonly Limit[] {
  const asked = phases.flatMap(({ phase, gates }) => gates.flatMap((gate) => gate.unverified.map((sentence) => `${phase}: ${sentence}`)));
  return [
    ...asked.map((sentence) => ({ most: 8, reason: `only a person can judge ${sentence}` })),
    ...(byHand.length > 0 ? [{ most: 8, reason: `taken as done by hand, not observed: ${byHand.join(', ')}` }] : []),
  ];
}

function mostWithout(level: Level): number {
  switch (level) {
    case 'L3':
      return 8;
    case 'L1':
    case 'L2':
    case 'L4':
      return 7;
  }
}

function wordFor(gate: ScoredGate | undefined): string {
  return gate?.outcome === 'not-applicable' ? 'not applicable' : gate === undefined || gate.outcome === 'skipped' ? 'not run' : 'unverified';
}

function scored(score: number, reasons: readonly string[], { heals }: ScoreInput): ConfidenceScore {
  return { score, reasons, reading: readingOf(score, heals) };
}

/** E33: 10 is production-ready, below 8 needs review. */
function readingOf(score: number, heals: number): string {
  if (score >= 10) return 'production-ready';
  if (score < 8) return 'needs review';
  return heals > 0 ? 'test by hand what was healed' : 'test by hand what was not verified';
}
