/**
 * Reads specs. Pure and total: any text becomes a Prp, and what was not understood is a diagnostic with its line.
 * This room may not run, change or look up anything; only locate.ts and spec-store.ts look at the disk, and no file is written here.
 */
import type { Diagnostic, Phase, Prp } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { readFrontMatter } from './front-matter.ts';
import { readGates } from './gates.ts';
import { readHeader } from './header.ts';
import { idOfFileName, slugOf } from './ids.ts';
import { readOutline, type Outline, type Section } from './outline.ts';
import { readPhase } from './phase.ts';
import { specHash } from './spec-hash.ts';
import { SIZE_LIMIT } from './version.ts';
import { findWork } from './work.ts';
import type { WorkItem } from './work-groups.ts';

/** `path` is from the repository root, with forward slashes. Never throws; time is linear in the text's length. */
export function parsePrp(path: string, text: string): Prp {
  if (text.length > SIZE_LIMIT) return tooLarge(path, text.length);
  const front = readFrontMatter(text);
  const outline = readOutline(front.body);
  const diagnostics: Diagnostic[] = [...front.diagnostics, ...outline.diagnostics];
  const work = findWork(outline, diagnostics);
  const phases = readPhases(work.items, outline, diagnostics);
  const sections = workSections(work.items, outline);
  const header = readHeader(path, front, outline, sections, diagnostics);
  const gates = readGates(outline, sections, diagnostics);
  if (phases.length === 0)
    diagnostics.push(
      diagnose('CE_SPEC_NO_PHASES', header.declared ? 'warning' : 'info', `there is nothing to run: ${work.reason ?? 'no phase was understood'}`, 1),
    );
  const error = diagnostics.find(({ severity }) => severity === 'error');
  const reason = error !== undefined ? `${error.message} (line ${error.line ?? 1})` : phases.length > 0 ? null : (work.reason ?? 'no phase was understood');
  return {
    id: header.id,
    title: header.title,
    status: header.status,
    path,
    executable: reason === null,
    reason,
    complexity: header.complexity,
    hours: header.hours,
    dependencies: header.dependencies,
    files: header.files,
    phases,
    gates: gates.gates,
    diagnostics: located(diagnostics, path),
    spec: specHash(gates.text),
  };
}

function readPhases(items: readonly WorkItem[], outline: Outline, diagnostics: Diagnostic[]): readonly Phase[] {
  const turns = new Map<string, number>();
  const used = new Set<string>();
  return items.map((item, index) => {
    const number = item.number === '' ? String(index + 1) : item.number;
    const stem = `${item.before ? 'pre-' : ''}${item.word === 'phase' ? 'phase' : 'step'}${number.toLowerCase()}`;
    let turn = (turns.get(stem) ?? 0) + 1;
    while (used.has(turn === 1 ? stem : `${stem}-${turn}`)) turn += 1;
    turns.set(stem, turn);
    const id = turn === 1 ? stem : `${stem}-${turn}`;
    used.add(id);
    if (id !== stem)
      diagnostics.push(diagnose('CE_SPEC_DUPLICATE_NUMBER', 'warning', `${number} is the number of an earlier phase too; this one is \`${id}\``, item.line));
    return readPhase({ ...item, number }, id, outline, diagnostics);
  });
}

/** Sections inside phases: what stands there is the phases', not the document's. */
function workSections(items: readonly WorkItem[], outline: Outline): ReadonlySet<Section> {
  const spans = [...items].sort((one, other) => one.line - other.line);
  const inside = new Set<Section>();
  let at = 0;
  for (const section of outline.sections) {
    while ((spans[at]?.endLine ?? Number.POSITIVE_INFINITY) < section.line) at += 1;
    if ((spans[at]?.line ?? Number.POSITIVE_INFINITY) <= section.line) inside.add(section);
  }
  return inside;
}

function located(diagnostics: readonly Diagnostic[], path: string): readonly Diagnostic[] {
  return diagnostics.map((diagnostic) => ({ ...diagnostic, file: path })).sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

/** What stands for a spec that is too large to be read: it says so, and can't be run. */
export function tooLarge(path: string, size: number): Prp {
  const id = idOfFileName(path) ?? slugOf(path);
  const problem = diagnose('CE_SPEC_TOO_LARGE', 'error', `the spec is ${size} characters long; ce reads ${SIZE_LIMIT}`, 1);
  return {
    id,
    title: id,
    status: null,
    path,
    executable: false,
    reason: problem.message,
    complexity: null,
    hours: null,
    dependencies: [],
    files: [],
    phases: [],
    gates: [],
    diagnostics: located([problem], path),
    spec: specHash(''),
  };
}
