/** Every set of siblings in a document that could be its work: headings, bold lines, task fences, numbered lists, tables. */
import type { Diagnostic } from '../model.ts';
import { parseWorkHeading, plainTitle, type WorkHeading, type WorkWord } from './heading.ts';
import { keyOf, plainText } from './labels.ts';
import { endLineOf, lineOf, sourceOf, type List, type RootContent, type Table } from './markdown.ts';
import { ancestorsOf, type Outline, type Section } from './outline.ts';
import { rankOf } from './sections.ts';
import { mayListTasks, readTaskList, type ListedTask } from './tasks.ts';

export type Form = 'heading' | 'bold' | 'fence' | 'list' | 'table';

export interface WorkItem extends WorkHeading {
  readonly line: number;
  readonly endLine: number;
  readonly body: { readonly section: Section } | { readonly blocks: readonly RootContent[] } | { readonly task: ListedTask };
}

export interface WorkGroup {
  readonly items: WorkItem[];
  readonly parent: Section;
  readonly word: WorkWord;
  readonly form: Form;
  /** Of the nearest section whose title says something; 9 when none does. */
  readonly rank: number;
  readonly ranked: Section | null;
  /** Title of the section that makes this no work; null when it may be. */
  readonly denied: string | null;
}

interface Standing {
  readonly rank: number;
  readonly ranked: Section | null;
  readonly denied: string | null;
}

export const UNRANKED = 9;

export function collectGroups(outline: Outline, diagnostics: Diagnostic[]): readonly WorkGroup[] {
  const title = outline.sections.find(({ depth }) => depth === 1) ?? null;
  const work = new Map<Section, WorkHeading>();
  const standings = new Map<Section, Standing>();
  const standing = (section: Section): Standing => {
    const known = standings.get(section);
    if (known !== undefined) return known;
    const found = stand(section, title, work);
    standings.set(section, found);
    return found;
  };
  const groups = new Map<string, WorkGroup>();
  const ids = new Map<Section, number>([[outline.root, 0], ...outline.sections.map((section, index): [Section, number] => [section, index + 1])]);
  const add = (parent: Section, form: Form, item: WorkItem): void => {
    const key = `${ids.get(parent) ?? 0} ${form} ${item.word}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { items: [item], parent, word: item.word, form, ...standing(parent) });
    else group.items.push(item);
  };
  for (const section of outline.sections) {
    const heading = section === title ? null : parseWorkHeading(section.heading);
    const parent = section.parent ?? outline.root;
    // `3. Implementation Steps` is a numbered section, not a step, unless its parent is one that holds work.
    if (heading === null || ((heading.word === 'numbered' || heading.word === 'action') && standing(parent).ranked === null)) continue;
    if (typeof rankOf(section.heading) === 'number' && heading.word === 'numbered') continue;
    work.set(section, heading);
    if (!ancestorsOf(section).some((ancestor) => work.has(ancestor)))
      add(parent, 'heading', { ...heading, line: section.line, endLine: section.endLine, body: { section } });
  }
  for (const section of [outline.root, ...outline.sections]) {
    if (work.has(section) || ancestorsOf(section).some((ancestor) => work.has(ancestor))) continue;
    const { rank, denied } = standing(section);
    addBold(section, outline, rank, add);
    if (denied !== null) continue;
    addFences(section, outline, rank, add, diagnostics);
    if (rank <= 5) addListsAndTables(section, outline, rank, add);
  }
  return [...groups.values()];
}

function stand(section: Section, title: Section | null, work: ReadonlyMap<Section, WorkHeading>): Standing {
  let rank = UNRANKED;
  let ranked: Section | null = null;
  for (let at: Section | null = section; at !== null && at.depth > 0; at = at.parent) {
    if (work.has(at)) continue;
    const own = rankOf(at.heading);
    if (own === 'denied' && at !== title) return { rank: UNRANKED, ranked: null, denied: plainTitle(at.heading) };
    // `Changes` inside `Implementation` is as sure as its parent.
    if (typeof own === 'number' && (ranked === null || (rank > 7 && own <= 7))) {
      rank = own;
      ranked = at;
    }
  }
  return { rank, ranked, denied: null };
}

type Add = (parent: Section, form: Form, item: WorkItem) => void;

/** `**Phase 1: name** (2h)` as a paragraph or list item; it lasts until the next one of its kind in the section. */
function addBold(section: Section, outline: Outline, rank: number, add: Add): void {
  let open: { heading: WorkHeading; line: number; blocks: RootContent[] } | null = null;
  const close = (end: number): void => {
    if (open === null) return;
    add(section, 'bold', { ...open.heading, line: open.line, endLine: Math.max(end, open.line), body: { blocks: open.blocks } });
    open = null;
  };
  for (const block of section.blocks) {
    if (block.type === 'paragraph') {
      const heading = boldHeading(sourceOf(block, outline.text));
      if (heading !== null) {
        close(lineOf(block) - 1);
        open = { heading, line: lineOf(block), blocks: [block] };
        continue;
      }
    }
    if (block.type === 'list' && open === null) {
      const read = rank <= 5 ? listedHeading : boldHeading;
      const heads = block.children.map((item) => (item.children[0]?.type === 'paragraph' ? read(sourceOf(item.children[0], outline.text)) : null));
      if (heads.every((head) => head !== null) && heads.length > 0) {
        block.children.forEach((item, index) => {
          const head = heads[index];
          if (head !== null && head !== undefined)
            add(section, 'bold', { ...head, line: lineOf(item), endLine: endLineOf(item), body: { blocks: item.children } });
        });
        continue;
      }
    }
    if (open !== null) (open as { blocks: RootContent[] }).blocks.push(block);
  }
  close(section.children[0] === undefined ? section.endLine : section.children[0].line - 1);
}

function boldHeading(source: string): WorkHeading | null {
  const first = (source.split('\n')[0] ?? '').trim().replace(/^\[[ xX-]\]\s+/, '');
  if (!/^(?:\*\*|__)\s*[^\s\w]{0,3}\s*(?:pre-)?(?:phase|step|task|stage|milestone)\s/i.test(first)) return null;
  const heading = parseWorkHeading(first.replace(/^(\*\*|__)([^*]+):\1/, '$1$2$1:'));
  const separated = /^(?:\*\*|__)[^*_]*?\s[\w.]+\s*(?:[:.)(–—-]|\*\*|__)/.test(first);
  return heading === null || !separated || heading.word === 'numbered' ? null : heading;
}

/** Where a section promises work, a list item needs no bold: `- [ ] Task 1: name`. */
function listedHeading(source: string): WorkHeading | null {
  const first = (source.split('\n')[0] ?? '').trim().replace(/^\[[ xX-]\]\s+/, '');
  const plain = /^(?:phase|step|task|milestone)\s+#?[\w.]+\s*[:–—-]\s/i.test(first) ? parseWorkHeading(first) : null;
  return plain ?? boldHeading(source);
}

function addFences(section: Section, outline: Outline, rank: number, add: Add, diagnostics: Diagnostic[]): void {
  if (rank === UNRANKED && !/\btasks?\b/.test(keyOf(section.heading))) return;
  if (/\bpseudo-?code\b/.test(keyOf(section.heading))) return;
  for (const block of section.blocks) {
    const fence = block.type === 'code' ? outline.code.get(lineOf(block)) : undefined;
    if (fence === undefined || !mayListTasks(fence)) continue;
    for (const task of readTaskList(fence, diagnostics)) {
      add(section, 'fence', {
        word: task.kind === 'phase' ? 'phase' : 'task',
        number: task.number,
        before: false,
        name: task.name,
        hours: task.hours,
        ignored: task.ignored,
        line: task.line,
        endLine: task.endLine,
        body: { task },
      });
    }
  }
}

/** Last resorts, only where the title promises work: a numbered list of steps, a table of phases. */
function addListsAndTables(section: Section, outline: Outline, rank: number, add: Add): void {
  for (const block of section.blocks) {
    if (block.type === 'list' && block.ordered === true && block.children.length >= 2 && rank <= 3) addList(section, block, outline, add);
    if (block.type === 'table') addTable(section, block, outline, add);
  }
}

function addList(section: Section, list: List, outline: Outline, add: Add): void {
  list.children.forEach((item, index) => {
    const [first, ...rest] = item.children;
    const source = first?.type === 'paragraph' ? sourceOf(first, outline.text) : '';
    const text = (source.split('\n')[0] ?? '').replace(/^\[[ xX-]\]\s+/, '');
    const number = String((list.start ?? 1) + index);
    const heading = parseWorkHeading(text) ?? parseWorkHeading(`Step ${number}: ${text}`);
    if (heading !== null && text !== '')
      add(section, 'list', {
        ...heading,
        word: 'step',
        number,
        name: plainText(heading.name),
        line: lineOf(item),
        endLine: endLineOf(item),
        body: { blocks: rest },
      });
  });
}

function addTable(section: Section, table: Table, outline: Outline, add: Add): void {
  const [head, ...rows] = table.children;
  const cells = (row: typeof head): string[] =>
    row?.children.map((cell) => plainText(sourceOf(cell, outline.text).replace(/^\s*\|?\s*|\s*\|?\s*$/g, ''))) ?? [];
  const titles = cells(head).map((each) => each.toLowerCase());
  const numberAt = titles.findIndex((each) => /^(?:#|no\.?|phase|step|task|phase #|id)$/.test(each));
  const nameAt = titles.findIndex((each, index) => index !== numberAt && /^(?:name|title|task|phase|step|description|what|work|goal)$/.test(each));
  const hoursAt = titles.findIndex((each) => /^(?:hours?|time|estimate|duration|effort|estimated (?:hours|time))$/.test(each));
  if (numberAt < 0) return;
  const word = titles[numberAt] === 'phase' ? 'Phase' : 'Step';
  for (const row of rows) {
    const values = cells(row);
    const number = values[numberAt] ?? '';
    const hours = hoursAt < 0 ? '' : ` (${/^[\d.\-–\s]+$/.test(values[hoursAt] ?? '') ? `${values[hoursAt] ?? ''} h` : (values[hoursAt] ?? '')})`;
    const own = parseWorkHeading(number);
    // `1`, `Phase 1` and `Phase 1: name` all stand in that column; only the last needs no name beside it.
    const text =
      own === null
        ? `${word} ${number}: ${values[nameAt] ?? ''}`
        : own.name.toLowerCase() === number.toLowerCase()
          ? `${number}: ${values[nameAt] ?? ''}`
          : number;
    const heading = parseWorkHeading(`${text}${hours === ' ()' ? '' : hours}`);
    if (heading !== null && heading.word !== 'numbered')
      add(section, 'table', { ...heading, line: lineOf(row), endLine: endLineOf(row), body: { blocks: [] } });
  }
}
