/**
 * A healer that invents nothing: it proposes the repairs that a tool itself offered with its diagnostics and calls safe. Of
 * two that meet the earlier is taken, and the other waits for the next attempt. Security findings are left to a person.
 */
import { type Diagnostic, type Fix, type HealContext, type Healing, type Plugin, Stage, type TextEdit } from '../core/api.ts';

export function safeFixes(): Plugin {
  return {
    name: 'safe-fixes',
    apply({ hooks }) {
      hooks.heal.tap({ name: 'safe-fixes', stage: Stage.normal }, takeFixes);
    },
  };
}

/** Moves diagnostics that carry a usable fix from `open` to `fixes`. A fix of a file outside the phase is not proposed. */
export function takeFixes(healing: Healing, { files }: Pick<HealContext, 'files'>): Healing {
  const fixes: Fix[] = [...healing.fixes];
  const open: Diagnostic[] = [];
  for (const diagnostic of healing.open) {
    const fix = isForPeople(diagnostic)
      ? undefined
      : diagnostic.fixes?.find(({ edits }) => edits.length > 0 && edits.every(({ file }) => files.includes(file)));
    if (fix === undefined) open.push(diagnostic);
    else if (fixes.some((other) => equal(other, fix))) continue;
    else if (fixes.some((other) => meet(other, fix))) open.push(diagnostic);
    else fixes.push({ ...fix, title: titleOf(diagnostic, fix) });
  }
  return { open, fixes };
}

/** `ruff F401: Remove unused import`, `eslint prefer-const`: a tool whose fix says no more than its own name and the rule is not repeated. */
function titleOf({ source, code }: Diagnostic, { title }: Fix): string {
  const words = title.startsWith(`${source}: `) ? title.slice(source.length + 2) : title;
  return words === code ? `${source} ${code}` : `${source} ${code}: ${words}`;
}

/** Security rules, and imports of a package's `__init__`, which are its public names. */
function isForPeople({ code, source, file }: Diagnostic): boolean {
  if (/^S\d{3}$/.test(code) && /^(ruff|flake8)/.test(source)) return true;
  if (/(^|\/)(security|no-secrets)\//.test(code)) return true;
  return code === 'F401' && /(^|\/)__init__\.pyi?$/.test(file ?? '');
}

function equal(a: Fix, b: Fix): boolean {
  return (
    a.edits.length === b.edits.length &&
    a.edits.every((edit, index) => {
      const other = b.edits[index];
      return other !== undefined && edit.file === other.file && edit.start === other.start && edit.end === other.end && edit.text === other.text;
    })
  );
}

function meet(a: Fix, b: Fix): boolean {
  return a.edits.some((one) => b.edits.some((other) => rangesMeet(one, other)));
}

/** Edits meet when they begin at one place or share a character; edits that only touch do not. */
function rangesMeet(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && (a.start === b.start || (a.start < b.end && b.start < a.end));
}
