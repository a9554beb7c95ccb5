/** Gathers what a run observed for the confidence score. A fresh phase brings the gates that its checkpoint recorded. */
import type { ConfidenceScore } from '../events.ts';
import { LEVELS, type GateResult, type Level } from '../model.ts';
import type { RunContext } from './context.ts';
import type { Plan } from './plan.ts';
import { wants } from './request.ts';
import { scoreConfidence, type ScoredGate } from './score.ts';

/** Fresh phases count with the gates and heals that their checkpoints recorded. */
export function scoreOf(plan: Plan, context: RunContext, result: 'passed' | 'failed'): ConfidenceScore {
  const decisions = [...plan.decisions].flatMap(([prp, decided]) => decided.map((decision) => ({ prp, ...decision })));
  const phases = decisions
    .filter(({ decision }) => decision === 'planned' || decision === 'fresh')
    .map(({ prp, phase, decision }) => ({
      phase: plan.prps.length > 1 ? `${prp}:${phase}` : phase,
      gates:
        decision === 'planned'
          ? [...(context.phases.get(`${prp}:${phase}`)?.gates.values() ?? [])]
          : gatesOfTrailer(plan.evidence.get(prp)?.get(phase)?.gates ?? ''),
    }));
  const heals = [...context.phases.values()].flatMap((record) => record.heals).filter((heal) => heal.applied && !heal.reverted).length;
  return scoreConfidence({
    phases,
    heals:
      heals +
      decisions.filter(({ decision }) => decision === 'fresh').reduce((sum, { prp, phase }) => sum + (plan.evidence.get(prp)?.get(phase)?.heals ?? 0), 0),
    result: wants(context.request, 'skip-validation') ? 'validation-skipped' : result === 'failed' ? 'failed' : 'done',
    byHand: decisions.filter(({ decision }) => decision === 'skipped').map(({ phase }) => phase),
  });
}

/** `L1=pass L2=pass L3=unverified L4=n/a` as gates. */
export function gatesOfTrailer(trailer: string): readonly ScoredGate[] {
  return trailer.split(' ').flatMap((word) => {
    const [name, verdict] = word.split('=');
    const level = LEVELS.find((known): known is Level => known === name);
    if (level === undefined) return [];
    const outcome: GateResult['outcome'] = verdict === 'pass' ? 'fresh' : verdict === 'n/a' ? 'not-applicable' : 'unverified';
    return [{ level, outcome, passed: verdict === 'pass', attempts: 0, unverified: [] }];
  });
}
