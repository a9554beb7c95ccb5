/**
 * Task lists in a fence that looks like YAML and is none: `Task 1: title`, `CREATE path:`, `- PATTERN: …`.
 * Read by lines, because half of them fail as YAML and the rest lose tasks.
 */
import type { Diagnostic, FileAction, Validation } from '../model.ts';
import { activeLines, isPlaceholder, looksLikeCommand } from './commands.ts';
import type { FencedBlock } from './fences.ts';
import { createFileList } from './files.ts';
import { parseWorkHeading } from './heading.ts';
import { pathOf } from './paths.ts';
import type { FileChange } from '../model.ts';

export interface ListedTask {
  readonly number: string;
  readonly name: string;
  readonly hours: number | null;
  readonly kind: 'phase' | 'step';
  readonly line: number;
  readonly endLine: number;
  readonly goal: string | null;
  readonly files: readonly FileChange[];
  readonly steps: readonly string[];
  readonly validate: readonly Validation[];
  readonly ignored: string | null;
}

const ACTIONS: Readonly<Record<string, FileAction>> = {
  CREATE: 'create',
  WRITE: 'create',
  ADD: 'create',
  MODIFY: 'modify',
  UPDATE: 'modify',
  EDIT: 'modify',
  REFACTOR: 'modify',
  REPLACE: 'modify',
  OPTIMIZE: 'modify',
  EXTEND: 'modify',
  FIX: 'modify',
  DELETE: 'delete',
  REMOVE: 'delete',
};
const ACTION = /^([A-Z]{3,12})\s+(\S+)(.*)$/;
const PAIR = /^(?:[-*]\s+)?(?:\*\*)?([A-Z][A-Z_ ]{2,20}?)(?:\*\*)?:\s*(.*)$/;

interface Draft {
  number: string;
  name: string;
  hours: number | null;
  readonly kind: 'phase' | 'step';
  readonly word: string;
  readonly line: number;
  readonly ignored: string | null;
  readonly body: { readonly text: string; readonly line: number }[];
}

/** Empty when the block lists no tasks. */
export function readTaskList(block: FencedBlock, diagnostics: Diagnostic[]): readonly ListedTask[] {
  const drafts: Draft[] = [];
  const lines = block.text.replace(/\n$/, '').split('\n');
  const yaml = /^ya?ml$/i.test(block.language);
  lines.forEach((raw, index) => {
    const line = block.start + 1 + index;
    // In YAML a `#` is a comment about the tasks, not one of them.
    const text = raw.trim().replace(yaml ? /^(?:[-*]\s+|#{2,}\s+)/ : /^(?:[-*]\s+|#+\s+)/, '');
    const heading =
      /^(?:\*\*)?(?:`?\[[ x~wipf-]*\]`?\s*)?(?:[Tt]ask|TASK|[Pp]hase|PHASE|[Ss]tep|STEP)\s/.test(text) && text.length < 300 ? parseWorkHeading(text) : null;
    if (
      heading !== null &&
      heading.word !== 'numbered' &&
      heading.word !== 'action' &&
      (/^\S/.test(raw) || drafts.every(({ word }) => word === heading.word))
    ) {
      const own = heading.name.replace(/:$/, '');
      drafts.push({
        number: heading.number,
        name: own,
        hours: heading.hours,
        kind: heading.word === 'phase' ? 'phase' : 'step',
        word: heading.word,
        line,
        ignored: heading.ignored,
        body: [],
      });
    } else drafts.at(-1)?.body.push({ text: raw, line });
  });
  const tasks = drafts.some(({ word }) => word !== 'phase') ? drafts.filter(({ word }) => word !== 'phase') : drafts;
  const chosen = tasks.length > 0 ? tasks : actionBlocks(lines, block.start + 1);
  return chosen.map((draft) => finish(draft, diagnostics));
}

/** `ACTION path:` blocks without `Task N` lines are tasks themselves, counted in order. */
function actionBlocks(lines: readonly string[], firstLine: number): Draft[] {
  const drafts: Draft[] = [];
  lines.forEach((raw, index) => {
    const action = /^\S/.test(raw) ? ACTION.exec(raw.trim()) : null;
    if (action?.[1] !== undefined && action[1] in ACTIONS && pathOf(action[2] ?? '') !== null) {
      drafts.push({
        number: String(drafts.length + 1),
        name: raw.trim().replace(/:$/, ''),
        hours: null,
        kind: 'step',
        word: 'action',
        line: firstLine + index,
        ignored: null,
        body: [{ text: raw, line: firstLine + index }],
      });
    } else drafts.at(-1)?.body.push({ text: raw, line: firstLine + index });
  });
  return drafts;
}

function finish(draft: Draft, diagnostics: Diagnostic[]): ListedTask {
  const list = createFileList(diagnostics);
  const steps: string[] = [];
  const validate: Validation[] = [];
  let goal: string | null = null;
  let pending: FileChange | null = null;
  const flush = (description: string): void => {
    if (pending !== null) list.add({ ...pending, description });
    pending = null;
  };
  const inName = ACTION.exec(draft.name);
  const lines =
    inName?.[1] !== undefined && inName[1] in ACTIONS && draft.word !== 'action' ? [{ text: draft.name, line: draft.line }, ...draft.body] : draft.body;
  for (const { text, line } of lines) {
    const bare = text.trim();
    if (bare === '') continue;
    const action = ACTION.exec(bare.replace(/^[-*]\s+/, ''));
    const path = action?.[1] !== undefined && action[1] in ACTIONS ? pathOf(action[2] ?? '') : null;
    if (action?.[1] !== undefined && path !== null && !/^[-*]/.test(bare)) {
      flush('');
      pending = { path, action: ACTIONS[action[1]] ?? 'modify', description: '', line };
      const rest = (action[3] ?? '').replace(/^[:\s-]+/, '');
      if (rest !== '') flush(rest);
      continue;
    }
    const pair = PAIR.exec(bare);
    const key = pair?.[1]?.trim() ?? '';
    const value = (pair?.[2] ?? '').trim().replace(/^`(.*)`$/, '$1');
    if (/^(?:VALIDATE|VERIFY|VALIDATION|TEST)$/.test(key) && looksLikeCommand(value)) {
      validate.push({ level: 'L2', name: `${draft.name}: ${key}`, command: value, kind: 'command', line });
    } else if (/^(?:VALIDATE|VALIDATION)$/.test(key) && value !== '') {
      validate.push({ level: 'L2', name: `${draft.name}: ${key}`, command: value, kind: 'manual', line });
    } else if (/^(?:GOAL|OBJECTIVE|PURPOSE)$/.test(key) && goal === null) goal = value;
    const step = bare.replace(/^[-*]\s+/, '');
    flush(step === bare ? '' : step);
    steps.push(step);
  }
  flush('');
  const named = draft.name !== '' && !/^(?:task|phase|step) \S+$/i.test(draft.name);
  const name = named ? draft.name : (draft.body.map(({ text }) => text.trim().replace(/:$/, '')).find((text) => text !== '') ?? draft.name);
  return {
    number: draft.number,
    name,
    hours: draft.hours,
    kind: draft.kind,
    line: draft.line,
    endLine: draft.body.at(-1)?.line ?? draft.line,
    goal,
    files: list.files,
    steps,
    validate,
    ignored: draft.ignored,
  };
}

/** True when a fence of this language may hold such a list. */
export function mayListTasks(block: FencedBlock): boolean {
  return /^(?:ya?ml|text|txt|markdown|md|plaintext|)$/i.test(block.language) && !isPlaceholder(block.text.slice(0, 20)) && activeLines(block.text).length > 0;
}
