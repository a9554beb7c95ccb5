/** Results go to stdout, everything else to stderr; `--json` prints one document and nothing else. */
import { exitCodeOf, type Failure } from '../errors.ts';
import type { Theme } from '../report/theme.ts';
import type { Invocation } from './invocation.ts';

export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.length === 0 ? '' : `${lines.join('\n')}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes the failure and returns its exit code. */
export async function refuse(failure: Failure, invocation: Invocation, command: string): Promise<number> {
  const { writeFailure } = await import('../report/error.ts');
  await writeFailure(failure, { json: invocation.flag('json'), command });
  return exitCodeOf(failure.code);
}

/** Colours and symbols for what goes to stdout. */
export async function stdoutTheme(): Promise<Theme> {
  const { appearanceOf, createTheme } = await import('../report/theme.ts');
  return createTheme(appearanceOf(process.env, process.stdout.isTTY ? 'terminal' : 'pipe'));
}

/** Warnings, each on a line of stderr. */
export function noteFailures(failures: readonly Failure[]): void {
  for (const { code, message, place } of failures) note(`warning: ${message}${place === undefined ? '' : ` (${place.file})`}  ${code}`);
}
