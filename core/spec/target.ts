/**
 * The grammar of targets: `PRP-5`, `5`, `PRP-5:phase2`, `PRP-5:phase10.1`, `PRP-5:step3`, `PRP-5:phase2:L1`, `PRP-5:final`,
 * `PRP-47.*`, `PRP-47.*:L2`. Pure and light: every command line goes through it.
 */
import { fail, ok, type Result } from '../errors.ts';
import { LEVELS, type Level, type Target } from '../model.ts';
import { normaliseId } from './ids.ts';

const PHASE = /^(pre-phase|pre-step|phase|step|task)[-_ ]?([a-z0-9]+(?:[.-][a-z0-9]+)*)$/i;

/** Errors: `CE_USAGE_BAD_TARGET`, saying which part is wrong. Spelling is made one: `5:Phase2:l1` is `PRP-5:phase2:L1`. */
export function parseTarget(text: string): Result<Target> {
  const trimmed = text.trim();
  const [head = '', ...rest] = trimmed.split(':');
  const prp = parsePrpPart(head);
  if (prp === null) return bad(trimmed, head === '' ? 'there is no PRP before the colon' : `\`${head}\` is no PRP id`);
  if (rest.length > 2) return bad(trimmed, 'it has more than three parts');
  let phase: string | null = null;
  let level: Level | null = null;
  for (const part of rest) {
    const asLevel = parseLevel(part);
    if (asLevel !== null && level === null) {
      level = asLevel;
      continue;
    }
    const asPhase = parsePhase(part);
    if (asPhase === null || phase !== null || level !== null) return bad(trimmed, `\`${part}\` is neither a phase nor a level in that place`);
    phase = asPhase;
  }
  return ok({ prp, phase, level });
}

/** The inverse of `parseTarget`, in the one spelling. */
export function formatTarget(target: Target): string {
  return [target.prp, target.phase, target.level].filter((part) => part !== null).join(':');
}

function parsePrpPart(text: string): string | null {
  if (text === '*') return '*';
  if (!text.endsWith('.*')) return normaliseId(text);
  const stem = normaliseId(text.slice(0, -2));
  return stem === null ? null : `${stem}.*`;
}

function parsePhase(text: string): string | null {
  if (/^final$/i.test(text)) return 'final';
  if (/^\d+(?:\.\d+)*[a-z]?$/i.test(text)) return `phase${text.toLowerCase()}`;
  const match = PHASE.exec(text);
  const [, word, number] = match ?? [];
  if (word === undefined || number === undefined) return null;
  const kind = word.toLowerCase();
  return `${kind === 'task' ? 'step' : kind}${number.toLowerCase()}`;
}

function parseLevel(text: string): Level | null {
  const upper = text.toUpperCase();
  return LEVELS.find((level) => level === upper) ?? null;
}

function bad(text: string, why: string): Result<Target> {
  return fail({
    code: 'CE_USAGE_BAD_TARGET',
    message: `\`${text}\` is no target: ${why}`,
    next: 'Write PRP-5, PRP-5:phase2, PRP-5:phase2:L1, PRP-5:final or PRP-47.*; `ce list` shows what there is.',
  });
}
