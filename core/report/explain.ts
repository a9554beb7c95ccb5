/** An explanation for people: each phase with its decision and the evidence, each gate with what is known of its checks. */
import type { Explanation, GateExplanation, PhaseExplanation } from '../run/explain.ts';
import { checkStateDocument, checkStateLines } from './check-state.ts';
import { oneLine } from './format.ts';
import type { Theme } from './theme.ts';

const WORDS: Readonly<Record<PhaseExplanation['decision'], string>> = { fresh: 'fresh', planned: 'to run', skipped: 'skipped', 'not-selected': 'not selected' };

/** Lines without a line break. */
export function explanationLines({ phases, unasked }: Explanation, theme: Theme): readonly string[] {
  return [
    ...phases.flatMap((phase, index) => [...(index === 0 ? [] : ['']), ...phaseLines(phase, theme)]),
    ...(unasked ? ['', 'Tools were not asked for their versions: this clone was not approved yet.'] : []),
  ];
}

function phaseLines({ prp, phase, title, decision, reason, evidence, gates }: PhaseExplanation, theme: Theme): readonly string[] {
  return [
    `${theme.bold(`${prp}:${phase}`)}  ${oneLine(title)}`,
    `  ${decision === 'fresh' ? theme.green(WORDS[decision]) : theme.yellow(WORDS[decision])}: ${oneLine(reason)}`,
    ...(evidence === null
      ? []
      : [
          `  checkpoint ${evidence.commit.slice(0, 7)}${evidence.tag === null ? '' : ` ${evidence.tag}`}  ${evidence.gates}${evidence.tree === 'dirty' ? '  (dirty tree)' : ''}`,
        ]),
    ...gates.flatMap((gate) => gateLines(gate, theme)),
  ];
}

function gateLines({ level, checks, unverified }: GateExplanation, theme: Theme): readonly string[] {
  if (checks.length === 0 && unverified.length === 0) return [`  ${level} ${theme.dim('nothing to run at this level')}`];
  return [
    ...checks.flatMap((state) => checkStateLines(state, theme)),
    ...unverified.map((sentence) => `  ${level} ${theme.yellow('by hand')} ${oneLine(sentence)}`),
  ];
}

export function explanationDocument({ phases, warnings, unasked }: Explanation): object {
  return {
    v: 1,
    phases: phases.map(({ prp, phase, title, decision, reason, evidence, gates }) => ({
      prp_id: prp,
      phase,
      title,
      decision,
      reason,
      evidence:
        evidence === null
          ? null
          : { commit: evidence.commit, source: evidence.source, tag: evidence.tag, gates: evidence.gates, tree: evidence.tree, run_id: evidence.run },
      gates: gates.map(({ task, level, checks, unverified }) => ({ id: task, level, checks: checks.map(checkStateDocument), unverified })),
    })),
    versions_asked: !unasked,
    warnings,
  };
}
