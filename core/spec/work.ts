/** Chooses the one set of phases that is the document's work, and says of every other why it is not. */
import type { Diagnostic } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { plainTitle } from './heading.ts';
import type { Outline, Section } from './outline.ts';
import { collectGroups, UNRANKED, type Form, type WorkGroup, type WorkItem } from './work-groups.ts';

export interface Work {
  readonly items: readonly WorkItem[];
  /** Why there is none; null when there is. */
  readonly reason: string | null;
}

const SAMPLE = /^#{2,6}[ \t]+(?:pre-)?(?:phase|step|task)[ \t]+\d/im;
const FORMS: readonly Form[] = ['heading', 'bold', 'fence', 'table', 'list'];

/** Surest section first, then the form, then the most items, then the order of the document. */
export function findWork(outline: Outline, diagnostics: Diagnostic[]): Work {
  const groups = collectGroups(outline, diagnostics);
  const candidates = merged(groups.filter(isCandidate));
  const [chosen, ...others] = [...candidates].sort(byBelief);
  for (const group of groups) {
    if (group.denied !== null && group.word !== 'numbered' && group.word !== 'action')
      ignore(group, `stand under “${group.denied}”, which is never run`, diagnostics);
  }
  for (const { language, start, text } of outline.code.values()) {
    const at = text.search(SAMPLE);
    if (at >= 0)
      diagnostics.push(
        diagnose(
          'CE_SPEC_IGNORED',
          'info',
          `phases inside a \`${language === '' ? 'text' : language}\` block are a sample, which is never run`,
          start + 1 + (text.slice(0, at).match(/\n/g)?.length ?? 0),
        ),
      );
  }
  if (chosen === undefined) return { items: [], reason: reasonFor(groups, outline) };
  for (const group of others) ignore(group, `are not run: the phases under “${titleOf(chosen.ranked ?? chosen.parent)}” are`, diagnostics);
  if (chosen.rank > 7) {
    const where = titleOf(chosen.ranked ?? chosen.parent);
    diagnostics.push(
      diagnose(
        'CE_SPEC_NO_BLUEPRINT',
        'warning',
        `there is no implementation section: the phases ${where === '' ? 'of the document' : `under “${where}”`} are taken`,
        chosen.items[0]?.line ?? 1,
      ),
    );
  }
  const items: WorkItem[] = [];
  for (const item of chosen.items) {
    if (item.ignored === null) items.push(item);
    else diagnostics.push(diagnose('CE_SPEC_IGNORED', 'info', `“${item.name}” is not run: its heading says “${item.ignored}”`, item.line));
  }
  return { items, reason: items.length > 0 ? null : 'every phase is marked as no work for now' };
}

function isCandidate(group: WorkGroup): boolean {
  if (group.denied !== null) return false;
  if (group.word === 'numbered') return group.rank <= 7 && group.items.length >= 2;
  if (group.word === 'action') return group.rank < UNRANKED;
  return group.rank < UNRANKED || group.items.length >= 2 || group.form === 'heading';
}

function byBelief(one: WorkGroup, other: WorkGroup): number {
  const numbered = (group: WorkGroup): number => (group.word === 'numbered' ? 1 : 0);
  return (
    one.rank - other.rank ||
    numbered(one) - numbered(other) ||
    FORMS.indexOf(one.form) - FORMS.indexOf(other.form) ||
    other.items.length - one.items.length ||
    (one.items[0]?.line ?? 0) - (other.items[0]?.line ?? 0)
  );
}

/** Phases that one section spreads over subsections are one set, as long as no number comes twice. */
function merged(groups: readonly WorkGroup[]): readonly WorkGroup[] {
  const kept: WorkGroup[] = [];
  const first = new Map<Section | null, { readonly group: WorkGroup; readonly numbers: Set<string> }[]>();
  for (const group of groups) {
    const same = first.get(group.ranked) ?? [];
    const into = same.find(
      ({ group: other }) =>
        other.word === group.word && other.form === group.form && other.parent.depth === group.parent.depth && other.parent !== other.ranked,
    );
    if (into === undefined || group.word === 'numbered' || group.items.some(({ number }) => into.numbers.has(number))) {
      const copy = { ...group, items: [...group.items] };
      kept.push(copy);
      if (into === undefined) first.set(group.ranked, [...same, { group: copy, numbers: new Set(group.items.map(({ number }) => number)) }]);
      continue;
    }
    for (const item of group.items) {
      into.group.items.push(item);
      into.numbers.add(item.number);
    }
  }
  return kept;
}

function ignore(group: WorkGroup, why: string, diagnostics: Diagnostic[]): void {
  const [first] = group.items;
  if (first === undefined) return;
  const count = group.items.length === 1 ? `“${first.name}”` : `${group.items.length} phases from “${first.name}” on`;
  const verb = group.items.length === 1 ? why.replace(/^stand /, 'stands ').replace(/^are not run/, 'is not run') : why;
  diagnostics.push(diagnose('CE_SPEC_IGNORED', 'info', `${count} ${verb}`, first.line));
}

function reasonFor(groups: readonly WorkGroup[], outline: Outline): string {
  const denied = groups.find((group) => group.denied !== null && group.word !== 'numbered' && group.word !== 'action');
  if (denied !== undefined) return `its only phases stand under “${denied.denied ?? ''}”, which is never run`;
  if (outline.sections.length === 0) return 'it has no headings';
  return 'it has no Phase, Step or Task to run: no such heading, bold line or task list in an implementation section';
}

function titleOf(section: Section): string {
  return plainTitle(section.heading);
}
