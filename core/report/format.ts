/** Text for people from values: durations, counts, and foreign text made safe for one line. */
import { stripVTControlCharacters } from 'node:util';

/** `0.45s`, `12.3s`, `45m 23s`, `2h 5m`. Milliseconds in. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)}s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m ${seconds % 60}s`;
}

/** Whole seconds, for a clock that ticks: `4s`, `1m 5s`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)}m ${seconds % 60}s` : `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
}

/** `1 task`, `3 tasks`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

// C0 and C1 controls, line separators, and the marks that turn the direction of a line around.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONGEST = 4096;

/** Foreign text on one line: no control sequence, no line break, at most 4096 characters. */
export function oneLine(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return stripVTControlCharacters(short)
    .replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(UNSAFE, '')
    .trim();
}

/** Foreign text as lines, each without control sequences and with its indent. A carriage return begins its line anew, as a terminal shows it. */
export function safeLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => codeLine(line.slice(line.lastIndexOf('\r') + 1)).trimEnd());
}

/** One line of source code as it is shown: tabs are two columns, blanks at its end stay. */
export function codeLine(line: string): string {
  return stripVTControlCharacters(line.slice(0, LONGEST)).replaceAll('\t', '  ').replace(UNSAFE, '');
}

/** `PRP-5:phase2` as a person reads it: `phase2` → `Phase 2`, `step3` → `Step 3`, `final` → `Final gates`. */
export function phaseTitle(phase: string): string {
  if (phase === 'final') return 'Final gates';
  const [, word = phase, number = ''] = /^([a-z]+)(.*)$/.exec(phase) ?? [];
  return `${word.charAt(0).toUpperCase()}${word.slice(1)} ${number}`.trim();
}
