/** A failure as text: what happened, where, why, what to type next, and its code. */
import type { Failure } from '../errors.ts';
import { oneLine, safeLines } from './format.ts';
import type { Theme } from './theme.ts';
import { wrap } from './width.ts';

/** At most this many lines of `why`: it may hold a stack or a tool's own words. */
const WHY_LINES = 20;

/** Lines without a line break. `columns` bounds prose, never a path or a command. */
export function failureLines(failure: Failure, theme: Theme, columns: number): readonly string[] {
  const place = failure.place === undefined ? '' : oneLine(failure.place.file) + (failure.place.line === undefined ? '' : `:${failure.place.line}`);
  const [first = '', ...rest] = wrap(oneLine(failure.message), Math.max(20, columns - 7));
  const why = failure.why === undefined ? [] : safeLines(failure.why);
  return [
    `${theme.red(theme.bold('error'))}  ${first}`,
    ...rest.map((line) => `       ${line}`),
    ...(place === '' ? [] : [`  at   ${place}`]),
    ...why.slice(0, WHY_LINES).map((line, index) => `${index === 0 ? '  why  ' : '       '}${line}`),
    ...(why.length > WHY_LINES ? [`       ${theme.dim(`… ${why.length - WHY_LINES} more lines`)}`] : []),
    ...(failure.next === undefined ? [] : safeLines(failure.next).map((line, index) => `${index === 0 ? '  next ' : '       '}${theme.cyan(line)}`)),
    `  code ${theme.dim(failure.code)}`,
  ];
}

/** Writes a failure that no run reports: as text on stderr, or with `--json` as a result document on stdout. */
export async function writeFailure(failure: Failure, request: { readonly json: boolean; readonly command: string }): Promise<void> {
  if (request.json) {
    const [{ resultWithoutRun, toJsonText }, { exitCodeOf }] = await Promise.all([import('./json.ts'), import('../errors.ts')]);
    process.stdout.write(toJsonText(resultWithoutRun(request.command, failure, exitCodeOf(failure.code))));
    return;
  }
  const { appearanceOf, createTheme } = await import('./theme.ts');
  const theme = await createTheme(appearanceOf(process.env, process.stderr.isTTY ? 'terminal' : 'pipe'));
  process.stderr.write(`${failureLines(failure, theme, process.stderr.columns ?? 100).join('\n')}\n`);
}
