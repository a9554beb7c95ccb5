/** The document's own gates: `Gate N`, `Level N`, named checks and checklists in validation sections outside the phases. */
import type { Diagnostic, Validation } from '../model.ts';
import { parseWorkHeading, plainTitle } from './heading.ts';
import { entriesOf, entriesOfBlocks } from './labels.ts';
import { ancestorsOf, type Outline, type Section } from './outline.ts';
import { isValidationSection, rankOf } from './sections.ts';
import { levelOfHeading, readGate, reportManual } from './validation.ts';

/** `text` is what the gates were read from: the spec of the pseudo-phase `final`. A command said twice is one gate. */
export function readGates(
  outline: Outline,
  work: ReadonlySet<Section>,
  diagnostics: Diagnostic[],
): { readonly gates: readonly Validation[]; readonly text: string } {
  const title = outline.sections.find(({ depth }) => depth === 1);
  const heads = outline.sections.filter((section) => {
    if (work.has(section) || section === title || !isValidationSection(section.heading)) return false;
    if (isWork(section)) return false;
    return !ancestorsOf(section).some(
      (ancestor) =>
        ancestor !== title && (work.has(ancestor) || isWork(ancestor) || isValidationSection(ancestor.heading) || rankOf(ancestor.heading) === 'denied'),
    );
  });
  const gates: Validation[] = [];
  const known = new Set<string>();
  for (const head of heads) {
    // A checklist at the end says again in prose what the gates before it have said: only its commands add to them.
    const repeats = gates.length > 0 && /checklist/i.test(head.heading);
    for (const gate of readSection(head, outline)) {
      if (repeats && gate.kind === 'manual') continue;
      const key = `${gate.kind} ${gate.command}`;
      if (!known.has(key)) gates.push(gate);
      known.add(key);
    }
  }
  reportManual(gates, diagnostics);
  return { gates, text: heads.map(({ line, endLine }) => outline.lines.slice(line - 1, endLine).join('\n')).join('\n') };
}

/** A phase of a plan that was not taken is not the document's validation. */
function isWork(section: Section): boolean {
  const heading = parseWorkHeading(section.heading);
  return heading !== null && heading.word !== 'numbered' && heading.word !== 'action';
}

function readSection(head: Section, outline: Outline): readonly Validation[] {
  const found: Validation[] = [];
  const name = plainTitle(head.heading);
  const intro = entriesOfBlocks(head.blocks, outline);
  // Prose above the first gate introduces it; only without gates is it the gate.
  const own = intro.length === 0 ? [] : readGate(name, levelOfHeading(head.heading), head.line, intro, outline);
  found.push(...(head.children.length === 0 ? own : own.filter(({ kind }) => kind === 'command')));
  for (const child of head.children) {
    const entries = entriesOf(child, outline);
    if (entries.length > 0) found.push(...readGate(plainTitle(child.heading), levelOfHeading(child.heading), child.line, entries, outline));
  }
  return found;
}
