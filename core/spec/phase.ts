/** One piece of work as a phase: what its labels, lists, tables and code say. */
import type { DeclaredFunction, Diagnostic, FileAction, FileChange, Phase } from '../model.ts';
import { readBlocks, readLooseBlocks, reportUnbound, type BoundBlock } from './blocks.ts';
import { isShell } from './commands.ts';
import { createFileList, readFiles } from './files.ts';
import { parseWorkHeading } from './heading.ts';
import { leadingDuration } from './hours.ts';
import { entriesOf, entriesOfBlocks, inlineCodes, plainText, type Entry } from './labels.ts';
import { lineOf, sourceOf } from './markdown.ts';
import type { Outline } from './outline.ts';
import { specHash } from './spec-hash.ts';
import { readPhaseValidation, reportManual } from './validation.ts';
import type { WorkItem } from './work-groups.ts';

const GOAL = /^(?:goals?|objectives?|purpose|aim|outcome)$/;
const APPROACH = /^(?:approach|strategy|method|solution|technique)$/;
const HOURS = /^(?:estimated? (?:time|hours?|effort|duration)|time(?: estimate| estimated| required)?|duration|effort|estimate|hours|parallel time)$/;
const STEPS = /^(?:steps?|tasks?|changes?|actions?|implementation(?: steps| tasks)?|todo|what to do|details|sub-?tasks|work items|activities|then)$/;
const CHECKPOINT = /^(?:checkpoint(?: command)?|commit(?: command| message)?)$/;
const FUNCTIONS =
  /^(?:key |main |new )?(?:functions?|methods?|classes|interfaces?)(?: (?:to )?(?:implement|add|create)(?:ed)?)?$|^(?:functions|classes)(?: and |\/)(?:functions|classes|methods)$/;
const SIGNATURE =
  /^[ \t]*((?:export\s+)?(?:default\s+)?(?:async\s+)?(?:def|function\*?|class|interface|func|fn|pub fn|abstract class)\s+(?:\([^()]*\)\s*)?([A-Za-z_$][\w$]*)[^{\n]*?)\s*[:{]?\s*$/;
const ARROW = /^[ \t]*((?:export\s+)?const\s+([A-Za-z_$][\w$]*)\s*(?::[^=]+)?=\s*(?:async\s*)?\([^)]*\)[^=]*=>)/;

/** `id` is unique in its PRP. */
export function readPhase(item: WorkItem, id: string, outline: Outline, diagnostics: Diagnostic[]): Phase {
  const spec = specHash(outline.lines.slice(item.line - 1, item.endLine).join('\n'));
  const head = {
    number: item.number,
    id,
    name: item.name,
    kind: item.word === 'phase' ? ('phase' as const) : ('step' as const),
    line: item.line,
    endLine: item.endLine,
    spec,
  };
  if ('task' in item.body) {
    const { task } = item.body;
    reportManual(task.validate, diagnostics);
    return {
      ...head,
      hours: item.hours,
      goal: task.goal,
      approach: null,
      files: task.files,
      functions: [],
      steps: task.steps,
      validate: task.validate,
      checkpoint: null,
      blocks: [],
    };
  }
  const entries = 'section' in item.body ? entriesOf(item.body.section, outline) : withoutOwnHead(entriesOfBlocks(item.body.blocks, outline), item.line);
  const blocks = 'section' in item.body ? readBlocks(item.body.section, outline) : readLooseBlocks(item.body.blocks, outline);
  const validate = readPhaseValidation(entries, outline);
  const functions = readFunctions(entries, outline);
  const described = new Set(functions.map(({ line }) => blocks.find((block) => block.line <= line && line <= block.endLine)?.line));
  const kept = blocks.filter((block) => block.path !== null || !described.has(block.line));
  reportManual(validate, diagnostics);
  reportUnbound(kept, diagnostics);
  const checkpoint = firstValue(entries, CHECKPOINT, outline);
  return {
    ...head,
    hours: item.hours ?? labelledHours(entries),
    goal: prose(entries, GOAL, outline),
    approach: prose(entries, APPROACH, outline),
    files: readPhaseFiles(item, entries, kept, outline, diagnostics),
    // The signature and the code that spells it out are one function.
    functions: functions.filter(({ name }, at) => functions.findIndex((other) => other.name === name) === at),
    steps: readSteps(entries, outline),
    validate,
    checkpoint,
    blocks: kept.map(({ language, path, text, line }) => ({ language, path, text, line })),
  };
}

/** A phase that is a bold line is read as a label first: what follows it belongs to the phase, not to a step. */
function withoutOwnHead(entries: readonly Entry[], line: number): readonly Entry[] {
  return entries.map((entry) =>
    entry.line === line && parseWorkHeading(entry.label) !== null ? { ...entry, key: '', label: '', value: '', kind: 'text' } : entry,
  );
}

function readPhaseFiles(
  item: WorkItem,
  entries: readonly Entry[],
  blocks: readonly BoundBlock[],
  outline: Outline,
  diagnostics: Diagnostic[],
): readonly FileChange[] {
  const list = createFileList(diagnostics);
  const verb = /^(CREATE|ADD|MODIFY|UPDATE|DELETE|REMOVE|REFACTOR|REPLACE)\s+`?([^\s`]+)`?$/.exec(item.name);
  if (verb?.[2] !== undefined && /[./]/.test(verb[2])) list.add({ path: verb[2], action: headingAction(verb[1] ?? ''), description: '', line: item.line });
  readFiles(entries, outline, list);
  for (const block of blocks) {
    if (block.path !== null)
      list.add({
        path: block.path,
        action: block.language === 'diff' ? diffAction(block.text) : (block.action ?? 'modify'),
        description: '',
        line: block.line,
      });
  }
  return list.files;
}

function headingAction(verb: string): FileAction {
  if (verb === 'CREATE' || verb === 'ADD') return 'create';
  return verb === 'DELETE' || verb === 'REMOVE' ? 'delete' : 'modify';
}

function diffAction(text: string): FileAction {
  if (/^--- \/dev\/null$/m.test(text)) return 'create';
  return /^\+\+\+ \/dev\/null$/m.test(text) ? 'delete' : 'modify';
}

function labelledHours(entries: readonly Entry[]): number | null {
  for (const entry of entries) {
    const hours = HOURS.test(entry.key) && entry.value !== '' ? leadingDuration(entry.value) : null;
    if (hours !== null) return hours;
  }
  return null;
}

/** The text of the first such label: its own value, or the first paragraph or the list under it. */
function prose(entries: readonly Entry[], label: RegExp, outline: Outline): string | null {
  const entry = entries.find(({ key }) => label.test(key));
  if (entry === undefined) return null;
  if (entry.value !== '') return plainText(entry.value);
  const [block] = entry.blocks;
  if (block?.type === 'paragraph') return plainText(sourceOf(block, outline.text));
  return block?.type === 'list' ? block.children.map((child) => plainText(sourceOf(child, outline.text).replace(/^[-*+\d.)]+\s+/, ''))).join('; ') : null;
}

function firstValue(entries: readonly Entry[], label: RegExp, outline: Outline): string | null {
  const entry = entries.find(({ key, kind }) => kind !== 'text' && label.test(key));
  if (entry === undefined) return null;
  const [code] = inlineCodes(entry.value);
  if (code !== undefined) return code.code;
  if (entry.value !== '') return plainText(entry.value);
  const fence = entry.blocks.find((block) => block.type === 'code');
  return fence === undefined ? null : (outline.code.get(lineOf(fence))?.text.trim() ?? null);
}

/** Nested steps by name, labelled steps, and lists that stand on their own. */
function readSteps(entries: readonly Entry[], outline: Outline): readonly string[] {
  const steps: string[] = [];
  for (const entry of entries) {
    const heading = entry.kind === 'text' ? null : parseWorkHeading(entry.label);
    if (heading !== null && heading.word !== 'action') {
      const name =
        heading.name.toLowerCase() === entry.label.trim().toLowerCase() && entry.value !== '' ? plainText(entry.value.split('\n')[0] ?? '') : heading.name;
      steps.push(name);
      continue;
    }
    const plain = entry.key === '' && (entry.under === '' || STEPS.test(entry.under));
    if (!STEPS.test(entry.key) && !plain) continue;
    if (entry.value !== '' && !/^[*`]*[A-Z]+[*`]*$/.test(entry.value)) steps.push(plainText(entry.value.split('\n')[0] ?? ''));
    for (const block of entry.blocks) {
      if (block.type !== 'list') continue;
      for (const item of block.children) {
        const [first] = item.children;
        if (first?.type === 'paragraph') steps.push(plainText(sourceOf(first, outline.text).replace(/^\[[ xX-]\]\s+/, '')));
      }
    }
  }
  return steps.filter((step) => step !== '').map((step) => step.slice(0, 500));
}

/** Heads of functions and classes in the blocks and bullets under such a label. */
function readFunctions(entries: readonly Entry[], outline: Outline): readonly DeclaredFunction[] {
  const found: DeclaredFunction[] = [];
  for (const entry of entries) {
    if (!FUNCTIONS.test(entry.key) && !(entry.kind === 'text' && FUNCTIONS.test(entry.under))) continue;
    for (const block of entry.blocks) {
      const fence = block.type === 'code' ? outline.code.get(lineOf(block)) : undefined;
      if (fence !== undefined && !isShell(fence.language)) found.push(...signaturesIn(fence.text, fence.start + 1));
      if (block.type !== 'list') continue;
      for (const item of block.children) {
        const source = sourceOf(item, outline.text);
        const code = inlineCodes(source)[0]?.code ?? '';
        const name = /^(?:(?:async\s+)?(?:def|function|class)\s+)?([A-Za-z_$][\w$.]*)\s*(?:\(|$)/.exec(code)?.[1];
        if (name !== undefined) found.push({ name: name.split('.').at(-1) ?? name, signature: code, line: lineOf(item) });
      }
    }
  }
  return found;
}

/** Only what stands at the outermost level: methods belong to their class. */
function signaturesIn(text: string, firstLine: number): readonly DeclaredFunction[] {
  const found: DeclaredFunction[] = [];
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (/^\s/.test(line) || line.length > 300) return;
    const whole = /\($/.test(line.trimEnd()) ? joined(lines, index) : line;
    const match = SIGNATURE.exec(whole) ?? ARROW.exec(whole);
    if (match?.[1] !== undefined && match[2] !== undefined)
      found.push({ name: match[2], signature: match[1].trim().replace(/:$/, ''), line: firstLine + index });
  });
  return found;
}

function joined(lines: readonly string[], from: number): string {
  const end = lines.findIndex((line, index) => index > from && /^\)/.test(line));
  return end < 0 || end - from > 30
    ? (lines[from] ?? '')
    : lines
        .slice(from, end + 1)
        .map((line) => line.trim())
        .join(' ')
        .replace(/\( /, '(')
        .replace(/,? \)/, ')');
}
