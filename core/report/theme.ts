/** Colours and symbols. A symbol never stands alone: a word is always beside it, so that the ASCII set says the same. */
import type { Outcome } from '../model.ts';

export interface Theme {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  readonly symbols: Symbols;
}

/** All of one column, except those of `emoji`, which only append-only lines use. */
export interface Symbols {
  readonly pass: string;
  readonly fail: string;
  readonly warn: string;
  readonly running: string;
  readonly waiting: string;
  readonly none: string;
  readonly bar: string;
  readonly arrow: string;
  readonly ellipsis: string;
  readonly emoji: {
    readonly pass: string;
    readonly fail: string;
    readonly warn: string;
    readonly create: string;
    readonly tool: string;
    readonly test: string;
    readonly pin: string;
  };
}

const UNICODE: Symbols = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  running: '●',
  waiting: '·',
  none: '–',
  bar: '│',
  arrow: '→',
  ellipsis: '…',
  emoji: { pass: '✅', fail: '❌', warn: '⚠', create: '📝', tool: '🔧', test: '🧪', pin: '📌' },
};

const ASCII: Symbols = {
  pass: '+',
  fail: 'x',
  warn: '!',
  running: '*',
  waiting: '.',
  none: '-',
  bar: '|',
  arrow: '->',
  ellipsis: '...',
  emoji: { pass: '[ok]', fail: '[failed]', warn: '[warning]', create: '[file]', tool: '[code]', test: '[check]', pin: '[checkpoint]' },
};

export interface Appearance {
  readonly colour: 'colour' | 'plain';
  readonly symbols: 'unicode' | 'ascii';
}

const same = (text: string): string => text;

/** picocolors is loaded only where colours are shown. */
export async function createTheme({ colour, symbols }: Appearance): Promise<Theme> {
  const set = symbols === 'unicode' ? UNICODE : ASCII;
  if (colour === 'plain') return { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same, symbols: set };
  const { createColors } = (await import('picocolors')).default;
  const { bold, dim, red, green, yellow, cyan } = createColors(true);
  return { bold, dim, red, green, yellow, cyan, symbols: set };
}

/** NO_COLOR and TERM=dumb turn colours off, FORCE_COLOR turns them on; else a terminal decides. Symbols follow the locale. */
export function appearanceOf(env: Readonly<Record<string, string | undefined>>, terminal: 'terminal' | 'pipe'): Appearance {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  const off = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb' || env['FORCE_COLOR'] === '0';
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const ascii = env['TERM'] === 'linux' || (locale !== '' && /^(C|POSIX)$|iso-?8859|ascii/i.test(locale));
  return { colour: !off && (forced || terminal === 'terminal') ? 'colour' : 'plain', symbols: ascii ? 'ascii' : 'unicode' };
}

/** Symbol and colour of an outcome. `unverified` and `not-applicable` never look like a pass. */
export function mark(theme: Theme, outcome: Outcome | 'waiting' | 'running'): string {
  const { symbols } = theme;
  switch (outcome) {
    case 'executed':
    case 'fresh':
    case 'cached':
      return theme.green(symbols.pass);
    case 'failed':
      return theme.red(symbols.fail);
    case 'unverified':
      return theme.yellow(symbols.warn);
    case 'cancelled':
    case 'blocked':
      return theme.yellow(symbols.none);
    case 'not-applicable':
    case 'skipped':
      return theme.dim(symbols.none);
    case 'running':
      return theme.cyan(symbols.running);
    case 'waiting':
      return theme.dim(symbols.waiting);
  }
}
