/**
 * The guard between healers and the tree: a mechanical judgement of every fix before it is written. It knows no tool and asks
 * nobody; each rule stands alone, and a fix must please all of them. Pure.
 */
import type { Diagnostic, Fix } from '../model.ts';
import { diffLines } from './diff.ts';
import { applyEdits, editFits, editsMeet, sameFix } from './edits.ts';
import { protectedBy } from './protected-paths.ts';
import { countSuppressions } from './suppressions.ts';

export interface GuardContext {
  /** Files that may be edited: those that the phase declares or changed. */
  readonly files: readonly string[];
  /** Text of each file that a fix names; a file that is missing or no text is absent. */
  readonly texts: ReadonlyMap<string, string>;
  /** What the gate said: it tells which fixes remove unused imports. */
  readonly diagnostics: readonly Diagnostic[];
  /** Lines that one heal may change: removed and added ones together. */
  readonly maxLines: number;
}

export interface GuardRule {
  readonly name: 'scope' | 'protected' | 'range' | 'suppression' | 'deletion' | 'control-flow' | 'size';
  /** Why the fix is refused; null when this rule has nothing against it. */
  refuses(fix: Fix, context: GuardContext): string | null;
}

interface Refusal {
  readonly fix: Fix;
  readonly rule: GuardRule['name'];
  readonly reason: string;
}

interface Judged {
  readonly accepted: readonly Fix[];
  readonly refused: readonly Refusal[];
  /** Good fixes that meet an earlier one or would exceed the size of one heal: proposed again at the next attempt. */
  readonly waiting: readonly Fix[];
}

interface Change {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export const GUARD_RULES: readonly GuardRule[] = [
  { name: 'scope', refuses: (fix, { files }) => firstOf(fix.edits, ({ file }) => (files.includes(file) ? null : `${file} is not a file of this phase`)) },
  {
    name: 'protected',
    refuses: (fix) =>
      firstOf(fix.edits, ({ file }) => {
        const reason = protectedBy(file);
        return reason === null ? null : `${file} belongs to ${reason}, which are never healed`;
      }),
  },
  {
    name: 'range',
    refuses: (fix, { texts }) =>
      firstOf(fix.edits, (edit, index) => {
        const text = texts.get(edit.file);
        if (text === undefined) return `${edit.file} is no text file that could be read`;
        if (!editFits(text, edit)) return `the range ${edit.start}-${edit.end} is not in ${edit.file}`;
        return fix.edits.some((other, at) => at < index && editsMeet(other, edit)) ? 'two edits of the fix meet' : null;
      }),
  },
  {
    name: 'suppression',
    refuses: (fix, context) =>
      firstOf(changesOf(fix, context), ({ file, before, after }) =>
        countSuppressions(after) > countSuppressions(before) ? `it would silence a check or skip a test in ${file}` : null,
      ),
  },
  {
    name: 'deletion',
    refuses: (fix, context) => firstOf(changesOf(fix, context), (change) => (deletes(change, fix, context) ? `it would delete code of ${change.file}` : null)),
  },
  {
    name: 'control-flow',
    refuses: (fix, context) =>
      firstOf(changesOf(fix, context), ({ file, removed, added }) =>
        branches(removed) === branches(added) ? null : `it would change control flow or an assertion of ${file}`,
      ),
  },
  {
    name: 'size',
    refuses: (fix, context) => {
      const lines = sizeOf(fix, context);
      return lines > context.maxLines ? `it changes ${lines} lines, and ${context.maxLines} are allowed` : null;
    },
  },
];

/** Judges fixes in order: of two that meet the earlier wins. A fix that is proposed twice counts once. */
export function guardFixes(fixes: readonly Fix[], context: GuardContext, rules: readonly GuardRule[] = GUARD_RULES): Judged {
  const accepted: Fix[] = [];
  const refused: Refusal[] = [];
  const waiting: Fix[] = [];
  for (const fix of fixes) {
    if (fix.edits.length === 0 || accepted.some((other) => sameFix(other, fix))) continue;
    const refusal = refusalOf(fix, context, rules);
    if (refusal !== null) refused.push(refusal);
    else if (accepted.some((other) => other.edits.some((a) => fix.edits.some((b) => editsMeet(a, b))))) waiting.push(fix);
    else if (
      refusalOf(
        together([...accepted, fix]),
        context,
        rules.filter(({ name }) => name === 'size' || name === 'suppression'),
      ) !== null
    )
      waiting.push(fix);
    else accepted.push(fix);
  }
  return { accepted, refused, waiting };
}

/** Fixes that are harmless one by one may be too much together, or spell a suppression. */
function together(fixes: readonly Fix[]): Fix {
  return { title: 'all', edits: fixes.flatMap(({ edits }) => edits) };
}

function refusalOf(fix: Fix, context: GuardContext, rules: readonly GuardRule[]): Refusal | null {
  for (const rule of rules) {
    const reason = rule.refuses(fix, context);
    if (reason !== null) return { fix, rule: rule.name, reason };
  }
  return null;
}

function firstOf<T>(items: readonly T[], judge: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const reason = judge(item, index);
    if (reason !== null) return reason;
  }
  return null;
}

function changesOf({ edits }: Fix, { texts }: GuardContext): readonly Change[] {
  return [...new Set(edits.map((edit) => edit.file))].flatMap((file) => {
    const before = texts.get(file);
    if (before === undefined) return [];
    const after = applyEdits(
      before,
      edits.filter((edit) => edit.file === file),
    );
    const lines = diffLines(before, after);
    const pick = (kind: 'removed' | 'added'): string[] => lines.filter((line) => line.kind === kind && line.text.trim() !== '').map((line) => line.text);
    return [{ file, before, after, removed: pick('removed'), added: pick('added') }];
  });
}

function sizeOf(fix: Fix, context: GuardContext): number {
  return changesOf(fix, context).reduce((sum, { removed, added }) => sum + removed.length + added.length, 0);
}

const UNUSED_IMPORT = /^(F401|W0611|TS6133|TS6192|unused-imports?(\/no-unused-imports)?|unused_imports?|.*\/noUnusedImports)$/;
/** A line of an import statement, or of the list of names that one spreads over lines. */
const IMPORT_LINE = /^\s*((import\b|from\s+\S+\s+import\b|export\s+.*\bfrom\b|use\s)[^;]*|[\w$]+(\s+as\s+[\w$]+)?,?|[(){}]+|\}\s*from\s+['"][^'"]*['"]);?\s*$/;

/** Lines may go only with an unused import, or when imports are regrouped and no name is lost. */
function deletes(change: Change, fix: Fix, { diagnostics }: GuardContext): boolean {
  if (change.removed.length <= change.added.length) return false;
  if (!change.removed.every((line) => IMPORT_LINE.test(line))) return true;
  const unusedImport = diagnostics.some((diagnostic) => UNUSED_IMPORT.test(diagnostic.code) && (diagnostic.fixes ?? []).some((own) => sameFix(own, fix)));
  return !unusedImport && !namesOf(change.removed).every((name) => namesOf(change.added).includes(name));
}

const namesOf = (lines: readonly string[]): readonly string[] => lines.join(' ').match(/[\w$]+/g) ?? [];

const BRANCH =
  /\b(if|elif|else|for|while|do|switch|case|match|return|raise|throw|try|except|catch|finally|assert|expect|break|continue|yield|await|goto|panic)\b/g;

/** How often each word of control flow and assertion stands in the lines that are no imports; a word alone (`return`) is a statement. */
function branches(lines: readonly string[]): string {
  return lines
    .filter((line) => !IMPORT_LINE.test(line) || /^\s*\w+;?\s*$/.test(line))
    .flatMap((line) => line.match(BRANCH) ?? [])
    .sort()
    .join(' ');
}
