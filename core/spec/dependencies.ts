/** `dependencies` in its many spellings: lists, comma strings, remarks in parentheses, ranges, packages, prose. */
import type { Dependency, Diagnostic, Json } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { normaliseId } from './ids.ts';

const NONE = /^(?:none|null|nil|n\/a|na|no|nothing|independent|-|–|\[\])?(?:\s*[.(,;–-].*)?$/i;
const MARKED = /\bPRP[-_ ]?(\d+(?:\.\d+)*[a-z]?|[a-z])\b(?!\s*[<>=]=)/gi;
const RANGE = /\bPRP[-_ ]?(\d+)\s*(?:through|thru|to|–|—|\.\.)\s*(?:PRP[-_ ]?)?(\d+)\b/i;
const NUMBERS = /^\d+(?:\.\d+)+[a-z]?$|^\d{1,4}$|^[A-Z]$/;

/** `own` is the id of the spec itself. What is no id is told in a diagnostic and orders nothing. */
export function readDependencies(value: Json | undefined, own: string, line: number, diagnostics: Diagnostic[]): readonly Dependency[] {
  const found = new Map<string, Dependency>();
  const add = (id: string | null, soft: boolean): void => {
    if (id === null) return;
    if (id === own) diagnostics.push(diagnose('CE_SPEC_DEPENDENCY', 'warning', `${own} depends on itself, which is left out`, line));
    else if (found.get(id)?.soft !== false) found.set(id, { id, soft });
  };
  for (const part of partsOf(value)) {
    const text = part.trim();
    if (NONE.test(text)) continue;
    const soft = /\b(?:soft|optional|nice to have|recommended|related)\b/i.test(text);
    const range = RANGE.exec(text);
    const ids = [...text.matchAll(MARKED)].map((match) => normaliseId(match[1] ?? ''));
    if (range?.[1] !== undefined && range[2] !== undefined && Number(range[2]) - Number(range[1]) < 100) {
      for (let number = Number(range[1]); number <= Number(range[2]); number += 1) add(`PRP-${number}`, soft);
    } else if (ids.length > 0) for (const id of ids) add(id, soft);
    else {
      const bare = text.replace(/\s*\([^()]*\)\s*$/, '').trim();
      if (NUMBERS.test(bare)) add(normaliseId(bare), soft);
      else diagnostics.push(diagnose('CE_SPEC_DEPENDENCY', 'info', `\`${text.slice(0, 120)}\` is no PRP id and orders nothing`, line));
    }
  }
  return [...found.values()];
}

/** Items of a list; a string is cut at commas outside parentheses. */
function partsOf(value: Json | undefined): readonly string[] {
  if (value === null || value === undefined || typeof value === 'boolean') return [];
  if (typeof value === 'string' || typeof value === 'number') return splitList(String(value));
  if (isList(value)) return value.flatMap((item) => (isObject(item) ? objectParts(item) : partsOf(item)));
  return objectParts(value);
}

/** `- id: PRP-3` or `hard: [PRP-3]`, `soft: [PRP-4]`, or `PRP-21: title`. */
function objectParts(value: { readonly [key: string]: Json }): readonly string[] {
  const id = value['id'] ?? value['prp_id'] ?? value['prp'];
  if (typeof id === 'string' || typeof id === 'number') return [`${id}${value['soft'] === true || value['type'] === 'soft' ? ' (soft)' : ''}`];
  return Object.entries(value).flatMap(([key, item]) =>
    /^PRP/i.test(key) ? [key] : partsOf(item).map((part) => (/soft|optional/i.test(key) ? `${part} (soft)` : part)),
  );
}

export function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(' || text[index] === '[') depth += 1;
    else if (text[index] === ')' || text[index] === ']') depth -= 1;
    else if ((text[index] === ',' || text[index] === ';') && depth <= 0) {
      parts.push(text.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '');
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
