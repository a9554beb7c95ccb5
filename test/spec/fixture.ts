/** Specs of test/fixtures/spec, read as ce reads them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Phase, Prp } from '../../core/model.ts';
import { parsePrp } from '../../core/spec/prp.ts';

export const FIXTURES = fileURLToPath(new URL('../fixtures/spec', import.meta.url));

/** `path` is from the fixtures, and becomes the spec's own. */
export function fixture(path: string): Prp {
  return parsePrp(path, readFileSync(`${FIXTURES}/${path}`, 'utf8'));
}

/** A document of one implementation section. */
export function implementation(body: string): Prp {
  return parsePrp('PRPs/PRP-1-inline.md', `# PRP-1: Inline\n\n## Implementation Steps\n\n${body}\n`);
}

export function phaseOf(prp: Prp, id: string): Phase {
  const phase = prp.phases.find((each) => each.id === id);
  if (phase === undefined) throw new Error(`${prp.path} has no ${id}: ${prp.phases.map((each) => each.id).join(', ')}`);
  return phase;
}

/** Number, name and hours: what a person sees of a phase first. */
export function outlineOf(prp: Prp): readonly (readonly [string, string, number | null])[] {
  return prp.phases.map(({ number, name, hours }) => [number, name, hours] as const);
}

export function codesOf(prp: Prp): readonly string[] {
  return prp.diagnostics.map(({ code, line }) => `${code} ${line ?? 0}`);
}
