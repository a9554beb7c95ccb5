/** The grammar of a heading that opens a piece of work: mark, word, number, name, hours, mark. */
import { durationIn } from './hours.ts';

export type WorkWord = 'phase' | 'step' | 'task' | 'numbered' | 'action';

export interface WorkHeading {
  readonly word: WorkWord;
  /** As written: `1`, `10.1`, `2A`; empty for `action`, which is counted. */
  readonly number: string;
  /** True for `Pre-Phase 3`. */
  readonly before: boolean;
  readonly name: string;
  readonly hours: number | null;
  /** Set when the heading itself says that this is no work now: `NOT IN SCOPE`, `Future Work`. */
  readonly ignored: string | null;
}

const EMOJI = String.raw`(?:[\p{Extended_Pictographic}\u2713-\u2718\u2610-\u2612]\uFE0F?\u200D?)`;
const BOX = '`?\\[(?: |x|X|wip|f|-)\\]`?';
const STATUS =
  '(?:fully |partially |largely |mostly |already )?(?:completed?|done|finished|implemented|in[ -]progress|wip|pending|todo|to do|not started|skipped|blocked|failed)(?: with issues| during review| ✅)?';
const LEADING_MARK = new RegExp(String.raw`^(?:${BOX}|${EMOJI}|~~)\s*`, 'u');
const TRAILING_MARK = new RegExp(
  String.raw`\s*(?:${EMOJI}|${BOX}|\((?:${EMOJI}|\s)*(?:${STATUS})(?:${EMOJI}|\s)*\)|(?:(?<=${EMOJI})\s*|\s[-–—:]\s*)\**(?:${STATUS})\**)$`,
  'iu',
);
const TRAILING_STATUS = new RegExp(String.raw`${EMOJI}\s*\**(?:${STATUS})\**\s*$`, 'iu');
const SHOUTED = /\s*\*\*(?:[A-Z][A-Z0-9 ,/&-]+)\*\*$/;
const WORD =
  /^(?:\*\*|__)?(pre-)?(phase|step|task|stage|milestone|sprint|iteration|part)s?\s*#?\s*((?:\d+(?:\.\d+)*[a-z]?(?:\s*[-–]\s*\d+(?=\s*[:.)]))?|[a-z](?=\s*[:.)\-–—])|[ivx]+(?=\s*[:.)\-–—]|\s)|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b))(?![\w])(?:\*\*|__)?\s*/iu;
const NUMBERED = /^(?:(\d+)(?:[.)]|\s*[-–—:])|(\d+(?:\.\d+)+)[.):]?)\s+(?=\S)/;
const ACTION =
  /^(?:\*\*|__)?(CREATE|MODIFY|UPDATE|ADD|DELETE|REMOVE|REPLACE|REFACTOR|RENAME|MOVE|IMPLEMENT|MIRROR|COPY)(?:\*\*|__)?\s+(?=`?[\w@.-]*[\w)/\]-]*[./])/;
const NOT_NOW =
  /\b(?:not in scope|out of scope|not this prp|subsequent prps?|future (?:work|enhancements?|improvements?|iterations?|prps?|releases?)|deferred|won't do|not planned)\b/i;

/** Null when the text opens no work. `text` is the heading's source without `#`. Linear in its length. */
export function parseWorkHeading(text: string): WorkHeading | null {
  if (text.length > 400) return null;
  const bare = stripLeading(unwrap(stripLeading(text.trim())));
  const word = WORD.exec(bare);
  if (word?.[2] !== undefined && word[3] !== undefined) {
    const rest = bare.slice(word[0].length);
    // `Phase 2 Completion` is a phase, `Task mode` and `Phase-by-phase` are not: the number has to stand there.
    const aside = /^(\([^()]*\))\s*[:.\-–—]+\s*(?=\S)/.exec(rest);
    const title = aside === null ? rest.replace(/^[:.)\-–—]+\s*/, '') : `${rest.slice(aside[0].length)} ${aside[1] ?? ''}`;
    const kind = /^(?:phase|stage|milestone|sprint|iteration|part)$/i.test(word[2]) ? 'phase' : word[2].toLowerCase() === 'step' ? 'step' : 'task';
    return finish(kind, word[3].replace(/\s+/g, ''), word[1] !== undefined, title, `${word[2]} ${word[3]}`);
  }
  const action = ACTION.exec(bare);
  if (action !== null) return finish('action', '', false, bare.replace(/^(?:\*\*|__)|(?:\*\*|__)$/g, '').replace(/:$/, ''), bare);
  const numbered = NUMBERED.exec(bare);
  const count = numbered?.[1] ?? numbered?.[2];
  if (numbered !== null && count !== undefined) return finish('numbered', count, false, bare.slice(numbered[0].length), bare);
  return null;
}

/** Words of a heading without status marks, emoji, numbering and bold: for lexicons and titles. */
export function plainTitle(text: string): string {
  return stripTrailing(stripLeading(text.trim()))
    .replace(/^(?:\d+(?:\.\d+)*[.)]|[IVX]+\.)\s+/, '')
    .replace(/\*\*|__/g, '')
    .replace(/[:\s]+$/, '')
    .trim();
}

/** The line without status marks at either end: a phase that is ticked off is the same phase. */
export function withoutMarks(text: string): string {
  return stripTrailing(stripLeading(text));
}

function finish(word: WorkWord, number: string, before: boolean, title: string, fallback: string): WorkHeading {
  const { name, hours, tail } = splitTail(unwrap(title.trim()));
  const ignored = NOT_NOW.exec(tail) ?? (/^(?:future|deferred|out of scope)\b/i.test(name) ? NOT_NOW.exec(name) : null) ?? notNowParenthesis(name);
  return { word, number, before, name: name === '' ? fallback : name, hours, ignored: ignored?.[0] ?? null };
}

function notNowParenthesis(name: string): RegExpExecArray | null {
  const open = name.lastIndexOf('(');
  return open >= 0 && name.endsWith(')') ? NOT_NOW.exec(name.slice(open)) : null;
}

/** `**Phase 1: name** (1h)` without its bold. */
function unwrap(text: string): string {
  const mark = text.slice(0, 2);
  const end = mark === '**' || mark === '__' ? text.indexOf(mark, 2) : -1;
  return end < 0 ? text : `${text.slice(2, end)}${text.slice(end + 2)}`;
}

/** Cuts marks and the hours off the end; other parentheses stay in the name. */
function splitTail(title: string): { name: string; hours: number | null; tail: string } {
  let name = stripTrailing(title);
  let hours: number | null = null;
  let tail = '';
  const shouted = SHOUTED.exec(name);
  const core = shouted === null ? name : name.slice(0, shouted.index).trimEnd();
  for (const [open, close] of [
    ['(', ')'],
    ['[', ']'],
  ] as const) {
    if (!core.endsWith(close)) continue;
    const at = openingOf(core, open, close);
    if (at < 0) continue;
    const inside = core.slice(at + 1, -1);
    hours = durationIn(stripTrailing(inside));
    if (hours === null) continue;
    tail = inside;
    name = stripTrailing(core.slice(0, at).trimEnd());
    break;
  }
  if (hours === null) {
    const dash = /^(.*\S)\s+[-–—|]\s+([^-–—|]*(?:\d\s*[-–]\s*\d)?[^-–—|]*)$/.exec(name);
    const found = dash?.[2] === undefined ? null : durationIn(dash[2]);
    if (dash?.[1] !== undefined && found !== null) {
      hours = found;
      name = stripTrailing(dash[1]);
    }
  }
  if (hours === null) {
    const middle = /\(([^()]*)\)/g;
    for (const match of name.matchAll(middle)) {
      const found = durationIn(match[1] ?? '');
      if (found === null) continue;
      hours = found;
      name = `${name.slice(0, match.index).trimEnd()} ${name.slice(match.index + match[0].length).trimStart()}`.trim();
      break;
    }
  }
  return { name: name.replace(/[:\s]+$/, '').trim(), hours, tail };
}

function openingOf(text: string, open: string, close: string): number {
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index -= 1) {
    if (text[index] === close) depth += 1;
    if (text[index] === open) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

function stripLeading(text: string): string {
  let rest = text;
  for (let turn = 0; turn < 6; turn += 1) {
    const mark = LEADING_MARK.exec(rest);
    if (mark === null) break;
    rest = rest.slice(mark[0].length);
  }
  return rest;
}

function stripTrailing(text: string): string {
  let rest = text.trimEnd();
  for (let turn = 0; turn < 6; turn += 1) {
    const status = TRAILING_STATUS.exec(rest) ?? TRAILING_MARK.exec(rest);
    if (status === null || status[0] === '' || status.index === 0) break;
    rest = rest.slice(0, status.index).trimEnd();
  }
  return rest.replace(/\s+[-–—:]+$/, '').trimEnd();
}
