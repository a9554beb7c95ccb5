/** The cache for people: its size, what a collection removes, what an audit found, and what keys a check. */
import type { Audit, AuditLine } from '../cache/audit.ts';
import type { CacheStatus, CollectionPlan } from '../cache/gc.ts';
import type { CheckState } from '../run/check-state.ts';
import { describeCheck } from '../run/describe.ts';
import { checkStateLines } from './check-state.ts';
import { count, duration, oneLine } from './format.ts';
import type { Theme } from './theme.ts';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `812 bytes`, `1.2 MiB`. */
export function byteSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power] ?? ''}`;
}

export function cacheStatusLines({ entries, blobs, bytes, oldest }: CacheStatus, maxBytes: number, folder: string): readonly string[] {
  return [
    `${count(entries, 'entry', 'entries')}, ${count(blobs, 'blob')}, ${byteSize(bytes)} of at most ${byteSize(maxBytes)}`,
    ...(oldest === null ? [] : [`  used longest ago: ${oldest}`]),
    `  in ${folder}`,
  ];
}

export function collectionLine({ entries, blobs, bytes, bytesLeft }: CollectionPlan, tense: 'would' | 'did'): string {
  return `${tense === 'would' ? 'would remove' : 'removed'} ${count(entries, 'entry', 'entries')} and ${count(blobs, 'blob')}, ${byteSize(bytes)}; ${byteSize(bytesLeft)} ${tense === 'would' ? 'would stay' : 'stay'}`;
}

export function auditLines({ lines, cached }: Audit, theme: Theme): readonly string[] {
  const different = lines.filter(({ finding }) => finding === 'different').length;
  return [
    ...lines.map((line) => auditLine(line, theme)),
    lines.length === 0
      ? 'No verdict is cached for the tree as it is.'
      : `${lines.length} of ${cached} cached verdicts ran again: ${different === 0 ? 'all hold' : `${count(different, 'does', 'do')} not hold, and left the cache`}`,
  ];
}

function auditLine({ check, cached, actual, finding }: AuditLine, theme: Theme): string {
  const name = `${check.level} ${check.validator}${check.project === '.' ? '' : ` in ${oneLine(check.project)}`}  $ ${oneLine(describeCheck(check))}`;
  switch (finding) {
    case 'same':
      return `${theme.green(theme.symbols.pass)} same       ${name}  (${duration(actual.durationMs)})`;
    case 'different':
      return `${theme.red(theme.symbols.fail)} different  ${name}: cached ${cached.verdict}, now ${actual.verdict}${actual.message === undefined ? '' : `: ${oneLine(actual.message)}`}`;
    case 'changed':
      return `${theme.yellow(theme.symbols.warn)} changed    ${name}: its inputs changed while it ran, so nothing is proved`;
  }
}

/** Each check with what it is keyed by. */
export function cacheWhyLines(states: readonly CheckState[], theme: Theme): readonly string[] {
  return states.flatMap((state) => {
    const { check, versions } = state;
    const keys = [
      `inputs ${check.inputs === null ? 'not declared' : check.inputs.join(' ')}`,
      ...(check.version === null ? [] : [`tool ${versions.tool === null ? 'not asked, or no answer' : (versions.tool.split('\n')[0] ?? '')}`]),
      ...Object.keys(versions.stamps).map((name) => `stamp of ${name}`),
      ...(check.env.length > 0 ? [`env ${check.env.join(' ')}`] : []),
    ];
    return [...checkStateLines(state, theme), ...keys.map((line) => `         ${theme.dim(`keyed by ${oneLine(line)}`)}`)];
  });
}
