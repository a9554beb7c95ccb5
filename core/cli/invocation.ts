/**
 * The command line as data: what a command takes, and what a person gave it. This room turns argv into one call of `run/` or of a
 * reading room and the result into an exit code; it decides nothing about tasks, and only `main.ts` sets the exit code.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../errors.ts';

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** The word for the value in help; absent for a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeatable?: true;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** How arguments are written: `<target…>`. */
  readonly usage: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly options: readonly OptionSpec[];
  readonly notes?: readonly string[];
  readonly load: () => Promise<{ readonly command: CommandBody }>;
}

export interface Invocation {
  /** Of the command. */
  readonly name: string;
  readonly cwd: string;
  readonly args: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | null;
  values(name: string): readonly string[];
}

/** Returns the exit code. */
export type CommandBody = (invocation: Invocation) => Promise<number>;

/** Flags that every command takes. */
export const COMMON: readonly OptionSpec[] = [
  { name: 'help', short: 'h', help: 'Show help for the command.' },
  { name: 'cwd', short: 'C', value: 'dir', help: 'Run as if started in this folder.' },
  { name: 'no-color', help: 'No colour, as with NO_COLOR=1.' },
  { name: 'debug', help: 'Show stacks of unexpected errors.' },
];

export function parseInvocation(spec: CommandSpec, argv: readonly string[], cwd: string): Result<Invocation> {
  const known = [...spec.options, ...COMMON];
  const options = Object.fromEntries(
    known.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: option.repeatable ?? false,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  );
  const unknown = argv
    .slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
    .find((word) => word.startsWith('--') && !known.some((option) => word === `--${option.name}` || word.startsWith(`--${option.name}=`)));
  if (unknown !== undefined) {
    const near = known.map((option) => `--${option.name}`).filter((name) => name.startsWith(unknown.slice(0, 4)));
    return fail({
      code: 'CE_USAGE_UNKNOWN_FLAG',
      message: `ce ${spec.name} has no flag ${unknown}`,
      ...(near.length > 0 ? { why: `Near: ${near.join(', ')}` } : {}),
      next: `ce ${spec.name} --help`,
    });
  }
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    const read = values as Record<string, string | boolean | readonly (string | boolean)[] | undefined>;
    const list = (name: string): readonly string[] => [read[name] ?? []].flat().filter((value) => typeof value === 'string');
    const directory = list('cwd')[0];
    return ok({
      name: spec.name,
      cwd: directory === undefined ? cwd : resolve(cwd, directory),
      args: positionals,
      flag: (name) => read[name] === true,
      value: (name) => list(name).at(-1) ?? null,
      values: list,
    });
  } catch (thrown) {
    return fail({
      code: 'CE_USAGE_BAD_VALUE',
      message: thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown),
      next: `ce ${spec.name} --help`,
    });
  }
}

/** A whole number of at least `least`, or a failure that names the flag. */
export function wholeNumber(flag: string, text: string, least: number): Result<number> {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return ok(value);
  return fail({ code: 'CE_USAGE_BAD_VALUE', message: `--${flag} takes a whole number of at least ${least}, not "${text}"` });
}
