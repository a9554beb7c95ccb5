/**
 * Makes text that ce did not write safe to show and to keep: control sequences go, secrets are blanked, lines that a CI server
 * would obey are broken. Applied before anything is cut short. Touches nothing but the text.
 */
import type { Body } from './events.ts';

export interface Cleaner {
  /** Whole text: controls, secrets, CI commands. */
  clean(text: string): string;
  /** Secrets alone; everything else stays byte for byte. */
  redact(text: string): string;
  cleanStream(): StreamCleaner;
  /** For the event bus: every text of an event. */
  cleanBody(body: Body): Body;
}

/** Cleans text that comes in pieces, by lines, so that nothing slips through where two pieces meet. */
export interface StreamCleaner {
  /** Gives what is complete. */
  push(text: string): string;
  /** Gives the rest. */
  end(): string;
}

const GONE = '[redacted]';
/** A line without an end is let go at this length, except for what may be the start of a secret. */
const LONGEST_LINE = 64 * 1024;

const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/;
const STRINGS = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?/g;
const CSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?/g;
const ESCAPES = /\x1b[ -/]*[0-~]?/g;
const SINGLES = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;

/** Removes what steers a terminal or hides text. Of a line that was overwritten by carriage returns the last state stays. */
function stripControls(text: string): string {
  if (!CONTROLS.test(text)) return text;
  const plain = text
    .replace(STRINGS, '')
    .replace(CSI, '')
    .replace(ESCAPES, '')
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(SINGLES, '');
  if (!plain.includes('\r')) return plain;
  return plain
    .split('\n')
    .map((line) => (line.includes('\r') ? (line.split('\r').findLast((state) => state.trim() !== '') ?? '') : line))
    .join('\n');
}

const KNOWN = [
  'gh[pousr]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{20,255}',
  'glpat-[A-Za-z0-9_-]{20,255}',
  '(?<![A-Za-z0-9_-])sk-(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9_-]{20,255}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])',
  'xox[abeoprs]-[A-Za-z0-9-]{10,255}',
  'npm_[A-Za-z0-9]{36}',
  'AIza[0-9A-Za-z_-]{35}',
  'pypi-[A-Za-z0-9_-]{50,1024}',
  '[prs]k_(?:live|test)_[A-Za-z0-9]{16,255}',
  '(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\\.eyJ[A-Za-z0-9_-]{4,4096}\\.[A-Za-z0-9_-]{4,4096}',
  '(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,4096}',
  '(?<=://[^\\s:/@]{1,64}:)[^\\s:/@]{3,256}(?=@)',
].join('|');
type Inside = 'key' | 'text';
const KEY_START = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const KEY_LINE = /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info|Comment|Version): .*|-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)$/;

/** A secret as it may appear: as it is, escaped for a URL or JSON, and in base64 at each of the three offsets within a longer text. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .replace(/=+$/, '');
    const rest = (offset + Buffer.byteLength(secret)) % 3;
    return encoded.slice(offset === 0 ? 0 : offset + 1, rest === 0 ? undefined : -1);
  });
  const url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64, ...url].filter((form) => form.length >= 8);
}

/**
 * Drops private key blocks. `inside` says whether the text starts in one; the answer, whether it ends in one. A block without
 * an end stops at the first line that is no part of a key, so that a stray heading does not swallow what follows.
 */
function dropKeys(text: string, inside: Inside): { text: string; inside: Inside } {
  if (inside === 'text' && !text.includes('-----BEGIN ')) return { text, inside };
  let state = inside;
  const kept: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    if (state === 'key' && KEY_LINE.test(line.trim())) {
      if (line.includes('-----END ')) state = 'text';
      continue;
    }
    state = 'text';
    let rest = line;
    for (let start = KEY_START.exec(rest); start !== null; start = KEY_START.exec(rest)) {
      const end = KEY_END.exec(rest.slice(start.index));
      kept.push(rest.slice(0, start.index), GONE);
      if (end === null) {
        state = 'key';
        rest = '\n';
      } else {
        rest = rest.slice(start.index + end.index + end[0].length);
      }
    }
    kept.push(rest);
  }
  return { text: kept.join(''), inside: state };
}

/** GitHub, GitLab and Azure obey such lines of a build's output. */
function breakCommands(text: string): string {
  if (!text.includes('::') && !text.includes('##')) return text;
  return text.replace(/^([ \t]*):(?=:[A-Za-z-]+(?:[ ,]|::))/gm, '$1: ').replace(/##(?=\[|vso\[|teamcity\[)/g, '# #');
}

/** `secrets` are values that must never be shown (`secretValues` of environment.ts). */
export function createCleaner(secrets: readonly string[]): Cleaner {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp([...forms.map((form) => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')), KNOWN].join('|'), 'g');
  const overlap = Math.max(1024, forms[0]?.length ?? 0);
  const redactWords = (text: string): string => text.replace(pattern, GONE);
  const redact = (text: string): string => redactWords(dropKeys(text, 'text').text);
  const clean = (text: string): string => breakCommands(redact(stripControls(text)));

  /** Cleans what follows on earlier pieces: `inside` says whether they ended in a private key. */
  function cleanPiece(piece: string, inside: Inside): { text: string; inside: Inside } {
    const kept = dropKeys(stripControls(piece), inside);
    return { text: breakCommands(redactWords(kept.text)), inside: kept.inside };
  }

  /** Where a line without end may be cut: so far from its end that no secret can have begun, and inside none. */
  function safeCut(text: string): number {
    const cut = text.length - overlap;
    for (const match of text.matchAll(pattern)) {
      if (match.index < cut && match.index + match[0].length > cut) return match.index;
    }
    return cut;
  }

  function cleanStream(): StreamCleaner {
    let held = '';
    let state: Inside = 'text';
    const give = (end: number): string => {
      const done = cleanPiece(held.slice(0, end), state);
      held = held.slice(end);
      state = done.inside;
      return done.text;
    };
    return {
      push(text) {
        held += text;
        const line = held.lastIndexOf('\n') + 1;
        return give(line === 0 && held.length > LONGEST_LINE ? safeCut(held) : line);
      },
      end: () => give(held.length),
    };
  }

  function walk(value: unknown, how: (text: string) => string): unknown {
    if (typeof value === 'string') return how(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => walk(item, how));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    let copy: Record<string, unknown> | null = null;
    for (const [name, item] of Object.entries(value)) {
      // The text of an edit is code: a control character in it may be meant.
      const made = walk(item, name === 'fixes' ? redact : how);
      if (made === item) continue;
      copy ??= { ...value };
      copy[name] = made;
    }
    return copy ?? value;
  }

  const openKeys = new Set<string>();

  function cleanBody(body: Body): Body {
    if (body.type !== 'task.output') return walk(body, clean) as Body;
    const stream = `${body.stream} ${body.task}`;
    const { text, inside } = cleanPiece(body.text, openKeys.has(stream) ? 'key' : 'text');
    if (inside === 'key') openKeys.add(stream);
    else openKeys.delete(stream);
    return text === body.text ? body : { ...body, text };
  }

  return { clean, redact, cleanStream, cleanBody };
}
