/** Names of PRPs: `34.2.1`, `PRP-34.2.1`, `prp-034.2.1` and `PRP_34.2.1` are one id, written `PRP-34.2.1`. */

const BARE = /^(?:PRP)?[-_ ]?(\d+(?:\.\d+)*[a-z]?|[a-z])$/i;
const WORD = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const PLACEHOLDERS = new Set(['tbd', 'todo', 'none', 'null', 'n/a', 'xxx']);

/** The id in its one spelling; null when the text is a placeholder or nothing that a target can name. */
export function normaliseId(text: string): string | null {
  const trimmed = text.trim().replace(/^["'`[]+|["'`\]]+$/g, '');
  if (PLACEHOLDERS.has(trimmed.toLowerCase())) return null;
  const bare = BARE.exec(trimmed);
  if (bare?.[1] !== undefined) {
    const parts = bare[1].split('.').map((part) => (/^\d/.test(part) ? part.replace(/^0+(?=\d)/, '') : part.toUpperCase()));
    return `PRP-${parts.join('.')}`;
  }
  if (/^prp[-_]/i.test(trimmed)) return WORD.test(trimmed) ? `PRP-${trimmed.slice(4)}` : null;
  return WORD.test(trimmed) && trimmed.length <= 100 ? trimmed : null;
}

/** The id that a file name carries: `PRP-34.2.1-detection.md` → `PRP-34.2.1`; null when it carries none. */
export function idOfFileName(path: string): string | null {
  const name = baseName(path);
  const match = /^PRP[-_](\d+(?:\.\d+)*[a-z]?|[a-z])(?=[-_. ]|$)/i.exec(name);
  return match?.[1] === undefined ? null : normaliseId(match[1]);
}

/** A last resort: the file's name as an id. */
export function slugOf(path: string): string {
  const slug = baseName(path)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, 100);
  return slug === '' ? 'spec' : slug;
}

/** The id in front of a title, `PRP-45: Post-mortem`, and the title without it. */
export function splitTitle(title: string): { readonly id: string | null; readonly title: string } {
  const match = /^PRP(?:[-_ ]?(\d+(?:\.\d+)*[a-z]?|[a-z])(?=\s*[:\-–—]|\s*$))?\s*[:\-–—]?\s*/i.exec(title);
  if (match === null || match[0] === '' || !/^PRP(?:[-_ ]?[\d:\-–—]|[-_ ][a-z]\b|\s*$)/i.test(title)) return { id: null, title };
  const rest = title.slice(match[0].length).trim();
  if (match[1] === undefined && /^\d/.test(rest)) return { id: null, title };
  return { id: match[1] === undefined ? null : normaliseId(match[1]), title: rest === '' ? title : rest };
}

function baseName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(?:\.plan|\.prp)?\.(?:md|markdown)$/i, '');
}
