/**
 * The message of a checkpoint: a subject for people and a block of trailers for ce. Only ce writes trailers, and only whole,
 * exact blocks are believed: text of a spec can reach the subject alone, on one line.
 */
import type { Phase } from '../model.ts';

export interface CheckpointFacts {
  readonly prp: string;
  /** Phase id, or `final`. */
  readonly phase: string;
  readonly run: string;
  /** Null outside a batch. */
  readonly stage: number | null;
  /** sha256 in hex. */
  readonly spec: string;
  /** `L1=pass L2=pass L3=unverified L4=n/a`. */
  readonly gates: string;
  readonly tree: 'clean' | 'dirty';
  /** Heals that stayed in the phase. The trailer is left out for 0. */
  readonly heals: number;
}

export interface Subject {
  readonly prp: string;
  readonly title: string;
  /** As written in the spec; null for `final`. */
  readonly number: string | null;
  readonly kind: Phase['kind'];
}

const LONGEST = 120;
const SUBJECT = /^(.+?): (?:(?:Phase|Step) \S+|Complete) - ./;
const GATES = /^L[1-4]=(?:pass|unverified|n\/a)(?: L[1-4]=(?:pass|unverified|n\/a)){0,3}$/;
const NAMES = ['Ce-Run', 'Ce-PRP', 'Ce-Phase', 'Ce-Stage', 'Ce-Spec', 'Ce-Gates', 'Ce-Tree'] as const;

/** A text on one line: control characters, line and paragraph separators and invisible direction marks become single blanks. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\s]+/gu, ' ').trim();
  return line.length <= LONGEST ? line : `${[...line].slice(0, LONGEST - 1).join('')}…`;
}

/** `PRP-5: Phase 2 - Add login`, `PRP-5: Step 3 - …`, `PRP-5: Complete - …`. */
export function subjectOf({ prp, title, number, kind }: Subject): string {
  const part = number === null ? 'Complete' : `${kind === 'step' ? 'Step' : 'Phase'} ${oneLine(number).replaceAll(' ', '')}`;
  const named = oneLine(title);
  return `${oneLine(prp)}: ${part} - ${named === '' ? 'untitled' : named}`;
}

export function messageOf(subject: Subject, facts: CheckpointFacts): string {
  const values: Record<(typeof NAMES)[number], string> = {
    'Ce-Run': facts.run,
    'Ce-PRP': facts.prp,
    'Ce-Phase': facts.phase,
    'Ce-Stage': facts.stage === null ? 'none' : String(facts.stage),
    'Ce-Spec': facts.spec,
    'Ce-Gates': facts.gates,
    'Ce-Tree': facts.tree,
  };
  const lines = NAMES.map((name) => `${name}: ${oneLine(values[name])}`);
  if (facts.heals > 0) lines.push(`Ce-Heals: ${facts.heals}`);
  return `${subjectOf(subject)}\n\n${lines.join('\n')}\n`;
}

/** What a commit's subject and trailer block say, or null: every trailer at most once, the required ones, each of its own form, and a subject of the same PRP. */
export function readFacts(subject: string, trailers: string): CheckpointFacts | null {
  const values = new Map<string, string>();
  for (const line of trailers.split('\n')) {
    const pair = /^(Ce-[A-Za-z]+): (.*)$/.exec(line);
    if (pair?.[1] === undefined || pair[2] === undefined) continue;
    if (values.has(pair[1])) return null;
    values.set(pair[1], pair[2].trim());
  }
  const [run, prp, phase, stage, spec, gates, tree] = NAMES.map((name) => values.get(name) ?? '');
  if (run === undefined || prp === undefined || phase === undefined || stage === undefined || spec === undefined || gates === undefined) return null;
  if (!/^[a-z0-9-]{8,40}$/.test(run) || prp === '' || phase === '' || !/^[0-9a-f]{64}$/.test(spec)) return null;
  if (!/^(?:none|\d{1,6})$/.test(stage) || (tree !== 'clean' && tree !== 'dirty')) return null;
  if (!GATES.test(gates) || !/\bL[123]=pass\b/.test(gates)) return null;
  if (SUBJECT.exec(subject)?.[1] !== prp) return null;
  const heals = values.get('Ce-Heals') ?? '0';
  if (!/^\d{1,6}$/.test(heals)) return null;
  return { heals: Number(heals), run, prp, phase, stage: stage === 'none' ? null : Number(stage), spec, gates, tree };
}
