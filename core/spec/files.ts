/** Files that a spec says will change: labelled lists, captions, tables, sentences like ``Move `a` to `b` ``. */
import type { Diagnostic, FileAction, FileChange } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { inlineCodes, plainText, type Entry } from './labels.ts';
import { lineOf, sourceOf, type ListItem, type RootContent, type Table } from './markdown.ts';
import type { Outline } from './outline.ts';
import { isGlob, pathOf, pathProblem } from './paths.ts';

const LABELS: readonly (readonly [FileAction, RegExp])[] = [
  [
    'create',
    /^(?:(?:new )?files? (?:to (?:be )?)?(?:creat(?:e|ed)|add(?:ed)?)|new files?(?: to create)?|create(?: files?)?|files? created|create new files?)$/,
  ],
  ['delete', /^(?:files? (?:to (?:be )?)?(?:delet(?:e|ed)|remov(?:e|ed))|(?:delete|remove)(?: files?)?|deleted files?|deletions?)$/],
  ['move', /^(?:files? (?:to (?:be )?)?(?:mov(?:e|ed)|renam(?:e|ed))|(?:move|rename)(?: files?)?|moves|renames)$/],
  [
    'modify',
    /^(?:files?|location|(?:affected|changed|modified|updated|target|key) files?|files? (?:to (?:be )?)?(?:modif(?:y|ied)|chang(?:e|ed)|updat(?:e|ed)|edit(?:ed)?|affected|touched)|files? to (?:create|modify)[/ ].*|(?:modify|update|edit)(?: files?)?|key files? to update)$/,
  ],
];
const VERBS: Readonly<Record<string, FileAction>> = {
  create: 'create',
  add: 'create',
  new: 'create',
  write: 'create',
  delete: 'delete',
  remove: 'delete',
  deleted: 'delete',
  removed: 'delete',
  move: 'move',
  rename: 'move',
  modify: 'modify',
  update: 'modify',
  edit: 'modify',
  change: 'modify',
  refactor: 'modify',
  replace: 'modify',
  updated: 'modify',
  modified: 'modify',
  created: 'create',
  updates: 'modify',
};
const VERB = new RegExp(
  `^(?:\\[[ xX-]\\]\\s+)?(?:\\*\\*|__)?(${Object.keys(VERBS).join('|')})(?:\\*\\*|__)?:?(?:\\*\\*|__)?\\s+(?:(?:the|a|new|file|folder|directory)\\s+)*(?=\`)`,
  'i',
);
const BARE_VERB = /^(?:\[[ xX-]\]\s+)?(create|delete|remove|modify|update|move|rename)[: ]\s*(\S+)(.*)$/i;
const ARROW = /^(?:→|->|=>|to|⇒|➜)$/;

/** Collects changes, once a path and action, and reports paths that may not be written. */
export interface FileList {
  readonly files: FileChange[];
  add(change: FileChange): void;
}

export function createFileList(diagnostics: Diagnostic[]): FileList {
  const files: FileChange[] = [];
  return {
    files,
    add(change) {
      for (const path of [change.path, ...(change.from === undefined ? [] : [change.from])]) {
        const problem = pathProblem(path);
        if (problem === null) continue;
        diagnostics.push(
          diagnose('CE_SPEC_PATH', problem.kind === 'forbidden' ? 'error' : 'warning', `\`${path}\` is not written: ${problem.why}`, change.line),
        );
        return;
      }
      if (isGlob(change.path)) {
        diagnostics.push(diagnose('CE_SPEC_PHASE', 'info', `\`${change.path}\` names no single file and is left out of the files`, change.line));
        return;
      }
      const known = files.findIndex(({ path }) => path === change.path);
      const same = files[known];
      if (same === undefined) files.push(change);
      else if (same.action === 'modify' && change.action !== 'modify')
        files[known] = { ...change, description: change.description === '' ? same.description : change.description };
      else if (same.description === '' && change.description !== '') files[known] = { ...same, description: change.description };
    },
  };
}

/** The action that a label announces for the paths under it; null when the label is about something else. */
export function actionOfLabel(key: string): FileAction | null {
  return LABELS.find(([, pattern]) => pattern.test(key))?.[0] ?? null;
}

/** Reads every entry of a phase or document part. */
export function readFiles(entries: readonly Entry[], outline: Outline, list: FileList): void {
  entries.forEach((entry, index) => {
    const action = actionOfLabel(entry.key);
    const nested = entry.kind === 'text' ? actionOfLabel(entry.under) : null;
    const stated = action === 'modify' && /^files?$/.test(entry.key) ? statedAction(entries, index) : null;
    if (action !== null) readLine(entry.value, stated ?? action, entry.line, list);
    else if (entry.key in VERBS && entry.value !== '') readSentence(`${entry.key} ${entry.value}`, entry.line, list);
    for (const block of entry.blocks) readBlock(block, stated ?? action ?? nested, outline, list);
  });
}

/** `**Action**: UPDATE` beside `**File**: …`. */
function statedAction(entries: readonly Entry[], index: number): FileAction | null {
  for (const entry of [entries[index + 1], entries[index + 2], entries[index + 3], entries[index - 1]]) {
    if (entry?.key !== 'action') continue;
    const verb = /^[`*]*([A-Za-z]+)/.exec(entry.value)?.[1]?.toLowerCase() ?? '';
    return VERBS[verb] ?? null;
  }
  return null;
}

function readBlock(block: RootContent, action: FileAction | null, outline: Outline, list: FileList): void {
  if (block.type === 'list') for (const item of block.children) readItem(item, action, outline, list);
  else if (block.type === 'table') readTable(block, action, outline, list);
  else if (block.type === 'paragraph' && action === null) readSentence(sourceOf(block, outline.text), lineOf(block), list);
}

function readItem(item: ListItem, action: FileAction | null, outline: Outline, list: FileList): void {
  const [first, ...rest] = item.children;
  if (first?.type === 'paragraph') {
    const source = sourceOf(first, outline.text).replace(/^\[[ xX-]\]\s+/, '');
    if (!readSentence(source, lineOf(first), list) && action !== null) readLine(source.split('\n')[0] ?? '', action, lineOf(first), list);
  }
  for (const block of rest) if (block.type === 'list') readBlock(block, action === null ? null : action, outline, list);
}

/** One line under a label: `` `path` - description``, `` `a`, `b` (new)``, `` `a` → `b` ``, `path (new)`. */
function readLine(text: string, action: FileAction, line: number, list: FileList): void {
  const codes = inlineCodes(text).flatMap((code) => {
    const path = pathOf(code.code);
    return path === null ? [] : [{ ...code, path }];
  });
  const [first, second] = codes;
  if (first === undefined) {
    const bare = /^[*_]*([^\s,*_(]+)[*_]*\s*(.*)$/s.exec(text.trim());
    const path = bare?.[1] === undefined ? null : pathOf(bare[1]);
    if (path !== null) list.add({ path, action: actionOfTail(bare?.[2] ?? '') ?? action, description: describe(bare?.[2] ?? ''), line });
    return;
  }
  if (plainText(text.slice(0, first.start)).length > 40) return;
  if (second !== undefined && ARROW.test(plainText(text.slice(first.end, second.start)).toLowerCase())) {
    list.add({ path: second.path, from: first.path, action: 'move', description: describe(text.slice(second.end)), line });
    return;
  }
  codes.forEach((code, index) => {
    const next = codes[index + 1];
    const gap = text.slice(code.end, next?.start ?? text.length);
    const previous = codes[index - 1];
    // A second path belongs to the list only if nothing but a comma or a remark in parentheses stands between.
    if (previous !== undefined && !/^\s*(?:\([^()]*\))?\s*(?:,|;|and|&|\+|\/)?\s*$/.test(text.slice(previous.end, code.start))) return;
    list.add({ path: code.path, action: actionOfTail(gap) ?? action, description: describe(gap), line });
  });
}

/** ``Create `x` ``, ``Delete: `x` ``, ``Move `a` to `b` ``: true when the sentence was one. */
function readSentence(text: string, line: number, list: FileList): boolean {
  const firstLine = text.split('\n')[0] ?? '';
  const verb = VERB.exec(firstLine);
  const codes = inlineCodes(firstLine);
  const [first, second] = codes;
  const path = first === undefined ? null : pathOf(first.code);
  if (first !== undefined && path !== null && verb?.[1] !== undefined && first.start === verb[0].length) {
    const action = VERBS[verb[1].toLowerCase()] ?? 'modify';
    const target = second === undefined ? null : pathOf(second.code);
    const tail = firstLine.slice(first.end);
    if (action === 'move') {
      if (
        second === undefined ||
        target === null ||
        !ARROW.test(plainText(firstLine.slice(first.end, second.start)).toLowerCase()) ||
        !endsHere(firstLine.slice(second.end))
      )
        return false;
      list.add({
        path: target.endsWith('/') && !path.endsWith('/') ? `${target}${path.split('/').at(-1) ?? ''}` : target,
        from: path,
        action,
        description: describe(firstLine.slice(second.end)),
        line,
      });
      return true;
    }
    // `Remove x from the docs` deletes nothing: a deletion ends behind its path.
    if (action === 'delete' && !(endsHere(tail) || (codes.every(({ code }) => pathOf(code) !== null) && /^[\s`,]*(?:and\s+)?`/.test(tail)))) return false;
    if (action === 'delete') readLine(firstLine.slice(verb[0].length), action, line, list);
    else list.add({ path, action: actionOfTail(tail) ?? action, description: describe(tail), line });
    return true;
  }
  const arrow = first !== undefined && path !== null && first.start === 0 && second !== undefined ? pathOf(second.code) : null;
  if (arrow !== null && path !== null && first !== undefined && second !== undefined && /^\s*(?:→|->|➜|⇒)\s*$/.test(firstLine.slice(first.end, second.start))) {
    list.add({ path: arrow, from: path, action: 'move', description: describe(firstLine.slice(second.end)), line });
    return true;
  }
  const bare = BARE_VERB.exec(firstLine);
  const word = bare?.[2] === undefined || bare[2].includes('`') ? null : pathOf(bare[2]);
  if (word === null || bare?.[1] === undefined || !endsHere(bare[3] ?? '')) return false;
  const action = VERBS[bare[1].toLowerCase()] ?? 'modify';
  if (action === 'move') return false;
  list.add({ path: word, action, description: describe(bare[3] ?? ''), line });
  return true;
}

function readTable(table: Table, action: FileAction | null, outline: Outline, list: FileList): void {
  const [head, ...rows] = table.children;
  const titles = head?.children.map((cell) => plainText(cellText(sourceOf(cell, outline.text))).toLowerCase()) ?? [];
  const fileAt = titles.findIndex((title) => /^(?:files?|paths?|file path|file name|location)$/.test(title));
  if (fileAt < 0) return;
  const actionAt = titles.findIndex((title) => /^(?:action|change type|type|operation|status)$/.test(title));
  const textAt = titles.findIndex((title) => /^(?:description|justification|changes?|purpose|reason|why|notes?|details?)$/.test(title));
  if (action === null && actionAt < 0) return;
  for (const row of rows) {
    const cells = row.children.map((cell) => cellText(sourceOf(cell, outline.text)));
    const word =
      plainText(cells[actionAt] ?? '')
        .toLowerCase()
        .split(/[\s/]+/)[0] ?? '';
    if (actionAt >= 0 && !(word in VERBS) && action === null) continue;
    const before = list.files.length;
    readLine(cells[fileAt] ?? '', VERBS[word] ?? action ?? 'modify', lineOf(row), list);
    const last = list.files[before];
    if (last !== undefined && textAt >= 0) list.files[before] = { ...last, description: describe(cells[textAt] ?? '') };
  }
}

function cellText(source: string): string {
  return source.replace(/^\s*\|?\s*|\s*\|?\s*$/g, '');
}

function actionOfTail(text: string): FileAction | null {
  const note = /^\s*(?:[-–—:]\s*)?[([*]*(new|create|created|delete|deleted|remove|removed|modify|modified|update|updated)\b[^)\]]{0,30}[)\]*]?/i.exec(text);
  const bracketed = note !== null && /^\s*(?:[-–—:]\s*)?[([*]/.test(text);
  if (note?.[1] === undefined || !(bracketed || /^\s*(?:[-–—:]\s*)?(?:NEW|DELETE|CREATE|UPDATE|MODIFY)\b/.test(text))) return null;
  return /^new$/i.test(note[1]) ? 'create' : (VERBS[note[1].toLowerCase()] ?? null);
}

function endsHere(text: string): boolean {
  return /^[*_`.\s]*(?:$|[-–—:(]|(?:file|folder|directory)\b[.\s]*$)/.test(text);
}

function describe(text: string): string {
  return plainText(text.replace(/^[\s*_]*[-–—:→]+\s*/, '').split('\n')[0] ?? '').slice(0, 300);
}
