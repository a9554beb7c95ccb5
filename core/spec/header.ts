/** What is said of a spec as a whole: id, title, status, complexity, hours, dependencies, files; from data, labels and tables. */
import type { Dependency, Diagnostic, FileChange, Json } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { isList, readDependencies, splitList } from './dependencies.ts';
import { actionOfLabel, createFileList, readFiles } from './files.ts';
import type { FrontMatter } from './front-matter.ts';
import { plainTitle } from './heading.ts';
import { leadingDuration, parseHours } from './hours.ts';
import { idOfFileName, normaliseId, slugOf, splitTitle } from './ids.ts';
import { entriesOfBlocks, keyOf, plainText, type Entry } from './labels.ts';
import { sourceOf } from './markdown.ts';
import type { Outline, Section } from './outline.ts';
import { pathOf, pathProblem } from './paths.ts';

export interface Header {
  readonly id: string;
  readonly title: string;
  readonly status: string | null;
  readonly complexity: string | null;
  readonly hours: number | null;
  readonly dependencies: readonly Dependency[];
  readonly files: readonly FileChange[];
  /** True when the text itself says that it is a spec: an id or status in its header, or an id in its file name. */
  readonly declared: boolean;
}

export function readHeader(path: string, front: FrontMatter, outline: Outline, work: ReadonlySet<Section>, diagnostics: Diagnostic[]): Header {
  const heading = outline.sections.find(({ depth }) => depth === 1);
  const titled = splitTitle(plainTitle(heading?.heading ?? ''));
  const text = (key: string): string | null => {
    const value = front.source[key] ?? front.data[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : null;
  };
  const labels = labelsOf(outline, heading ?? null);
  const given = text('prp_id') ?? text('prp') ?? text('id');
  const ownId = given === null ? null : normaliseId(given);
  if (given !== null && ownId !== null && !given.toUpperCase().includes(ownId.replace(/^PRP-/i, '').toUpperCase()))
    diagnostics.push(diagnose('CE_SPEC_PHASE', 'info', `the id \`${given}\` is read as ${ownId}`, front.lines['prp_id'] ?? 1));
  const id = ownId ?? idOfFileName(path) ?? titled.id ?? normaliseLabel(labels.get('prp id') ?? labels.get('prp')) ?? slugOf(path);
  const title = text('title') ?? text('feature_name') ?? text('feature') ?? text('name') ?? (titled.title === '' ? null : titled.title) ?? id;
  const hours =
    hoursOf(front) ??
    firstHours(
      ['estimated', 'estimated hours', 'estimated effort', 'effort', 'estimated time', 'estimate', 'total effort', 'duration'].map((key) => labels.get(key)),
    );
  const dependencies =
    'dependencies' in front.data || 'depends_on' in front.data
      ? readDependencies(front.data['dependencies'] ?? front.data['depends_on'], id, front.lines['dependencies'] ?? front.lines['depends_on'] ?? 1, diagnostics)
      : readDependencies(prpWords(labels.get('dependencies') ?? labels.get('depends on')), id, 1, diagnostics);
  const status = text('status') ?? cleaned(labels.get('status'));
  return {
    id,
    title: oneLine(splitTitle(title).id === id ? splitTitle(title).title : title),
    status: status === null || status === '' ? null : oneLine(status),
    complexity: cleaned(text('complexity') ?? labels.get('complexity') ?? labels.get('estimated complexity')),
    hours,
    dependencies,
    files: readHeaderFiles(front, outline, work, diagnostics),
    declared: ownId !== null || 'status' in front.data || idOfFileName(path) !== null,
  };
}

/** Labels of the document's head, and rows of a metadata table, by key. The first of a name counts. */
function labelsOf(outline: Outline, title: Section | null): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const heads = [
    outline.root,
    ...(title === null ? [] : [title]),
    ...outline.sections.filter(({ heading }) => /\b(?:metadata|overview|assessment|tl;?dr)\b/i.test(heading)).slice(0, 3),
  ];
  for (const section of heads) {
    for (const entry of entriesOfBlocks(section.blocks, outline)) {
      const value = entry.value.split('\n')[0] ?? '';
      if (entry.key !== '' && value !== '' && !labels.has(entry.key)) labels.set(entry.key, value);
    }
    for (const block of section.blocks) {
      if (block.type !== 'table') continue;
      for (const row of block.children) {
        const [key, value] = row.children.map((cell) => plainText(sourceOf(cell, outline.text).replace(/^\s*\|?|\|?\s*$/g, '')));
        if (key !== undefined && value !== undefined && value !== '' && !labels.has(keyOf(key))) labels.set(keyOf(key), value);
      }
    }
  }
  return labels;
}

function readHeaderFiles(front: FrontMatter, outline: Outline, work: ReadonlySet<Section>, diagnostics: Diagnostic[]): readonly FileChange[] {
  const list = createFileList(diagnostics);
  for (const key of ['files_modified', 'files', 'files_to_modify', 'files_created', 'files_to_create']) {
    const line = front.lines[key] ?? 1;
    for (const item of namesOf(front.data[key])) {
      const path = item.replace(/\s*\([^()]*\)\s*$/, '').trim();
      const problem = pathProblem(path);
      if (problem !== null) diagnostics.push(diagnose('CE_SPEC_PATH', 'error', `\`${key}\` names \`${printable(path)}\`: ${problem.why}`, line));
      else if (pathOf(path) !== null)
        list.add({ path: pathOf(path) ?? path, action: /creat/.test(key) || /\(new\b/i.test(item) ? 'create' : 'modify', description: '', line });
    }
  }
  for (const section of outline.sections) {
    if (work.has(section) || !isFileSection(section)) continue;
    const entries = entriesOfBlocks(section.blocks, outline).map(
      (entry): Entry => ({ ...entry, under: entry.under === '' ? keyOf(section.heading) : entry.under }),
    );
    readFiles(entries, outline, list);
  }
  return list.files;
}

function isFileSection(section: Section): boolean {
  return (
    actionOfLabel(keyOf(section.heading)) !== null ||
    /\bfiles? (?:to (?:create|modify|change|delete)|modified|created|changed)\b|\baffected files\b/.test(keyOf(section.heading))
  );
}

function namesOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return splitList(value);
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

function hoursOf(front: FrontMatter): number | null {
  for (const key of ['estimated_hours', 'effort_hours', 'hours', 'effort']) {
    const value = front.data[key];
    if (typeof value === 'number') return value;
    if (typeof value === 'string') {
      const hours = parseHours(value) ?? leadingDuration(value);
      if (hours !== null) return hours;
    }
    if (typeof value === 'object' && value !== null && !isList(value)) {
      const total = value['total'] ?? value['estimated'];
      if (typeof total === 'number') return total;
      const numbers = Object.values(value).filter((part) => typeof part === 'number');
      if (numbers.length > 0) return numbers.reduce((sum, part) => sum + part, 0);
    }
  }
  return null;
}

function firstHours(values: readonly (string | undefined)[]): number | null {
  for (const value of values) {
    const hours = value === undefined ? null : leadingDuration(value);
    if (hours !== null) return hours;
  }
  return null;
}

/** Labels speak in prose: only what is marked as a PRP counts. */
function prpWords(text: string | undefined): string {
  return text === undefined || !/\bPRP[-_ ]?(?:\d|[A-Z]\b)/.test(text)
    ? ''
    : splitList(text)
        .filter((part) => /\bPRP[-_ ]?(?:\d|[A-Z]\b)/.test(part))
        .join(', ');
}

function normaliseLabel(text: string | undefined): string | null {
  return text === undefined ? null : normaliseId(text);
}

/** `✅ **COMPLETED** (yesterday)` → `completed`. */
function cleaned(text: string | undefined): string | null {
  const word =
    text === undefined
      ? ''
      : (
          plainText(text)
            .replace(/^[^\p{L}\d]+/u, '')
            .split(/\s[-–—(]|[.;]|\s\p{Extended_Pictographic}/u)[0] ?? ''
        )
          .trim()
          .toLowerCase();
  return word === '' ? null : word;
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim()).slice(0, 300);
}

/** Control characters and turns of direction as visible marks: a title is printed in many places. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, '\uFFFD');
}
