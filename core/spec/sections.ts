/** The lexicon of section titles: where work stands, in the order of belief, and where it never does. */
import { plainTitle } from './heading.ts';

const RANKS: readonly (readonly [number, RegExp])[] = [
  [1, /\bblueprint\b/],
  [2, /\b(?:implementation|execution|development|action|detailed|build)\s+steps\b|^steps(?: to .*)?$|\bstep[- ]by[- ]step\b/],
  [3, /\b(?:list of tasks|task list|task breakdown|(?:implementation|development|ordered|low[- ]level|detailed) tasks)\b|^tasks\b/],
  [
    4,
    /\b(?:implementation|execution|development|action|work|project|build|technical|task|delivery)\s+plan\b|^(?:the )?plan$|\bplan of (?:action|work|attack)\b|\b(?:implementation|development) roadmap\b/,
  ],
  [
    5,
    /\b(?:implementation|development|execution|project|delivery)\s+(?:phases|stages|milestones)\b|^(?:phases|stages|milestones|work breakdown|work items|workstreams)\b/,
  ],
  [6, /\bimplementation\s+(?:details?|strategy|approach|guide|order|sequence|outline|overview|design|specification)\b|\bhow to implement\b/],
  [7, /^implementation\b/],
  [
    8,
    /\b(?:proposed|solution|suggested|recommended|required|planned)\b.*\b(?:solution|approach|improvements?|changes?|design|fix(?:es)?|work|enhancements?|implementation)\b|^(?:solution|approach|technical (?:requirements|approach|design|implementation)|design|changes|scope of work|deliverables|development|work)\b/,
  ],
];

/** A match here wins over every rank. */
const NEVER =
  /\b(?:roll[- ]?outs?|roll[- ]?back|future|deferred|postponed|follow[- ]?ups?|out of scope|not in scope|non[- ]?goals?|appendi(?:x|ces)|peer review|review(?:s|ed|er)?|retrospective|post[- ]?mortem|samples?|examples?|lessons|change ?log|timeline|history)\b/;
/** A match here loses only to the explicit words of ranks 1 to 3. */
const UNLIKELY =
  /\b(?:deployment|release|schedule|migration|metrics?|testing|tests?|validation|verification|next (?:steps|actions)|risks?|dependencies|acceptance|criteria|research|effort|success|results?|status|progress|log|notes?|checklist|summary|monitoring|references?|context|background|troubleshooting|glossary|questions|assumptions|alternatives|assessment|findings|definition of done|dod|dor|completed|report|executive|problem|root cause|analysis|procedures?)\b/;
const VALIDATION = /\b(?:validation|verification)\b|\bquality (?:gates?|checks?)\b|^(?:quality )?gates?\b|^tests?$|^checks?$/;

export type SectionRank = number | 'denied' | null;

/** Lower is surer; `denied` sections never hold work; null says nothing. */
export function rankOf(heading: string): SectionRank {
  const title = plainTitle(heading).toLowerCase();
  if (NEVER.test(title)) return 'denied';
  const rank = RANKS.find(([, pattern]) => pattern.test(title))?.[0] ?? null;
  return UNLIKELY.test(title) && (rank === null || rank > 3) ? 'denied' : rank;
}

/** Sections that hold the document's own gates. */
export function isValidationSection(heading: string): boolean {
  const title = plainTitle(heading).toLowerCase();
  return (
    VALIDATION.test(title) &&
    !NEVER.test(title) &&
    !/\b(?:results?|strategy|notes|summary|report|log|criteria|approach|history|requirements|system|infrastructure)\b/.test(title)
  );
}
