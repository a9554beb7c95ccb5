/** Finds the command, parses its flags, runs it, and turns what it could not handle into an error text. */
import { CeError, exitCodeOf, toFailure, type Failure } from '../errors.ts';
import { parseInvocation } from './invocation.ts';
import { findCommand } from './table.ts';

export async function dispatch(argv: readonly string[], version: string): Promise<number> {
  const [word = '', ...rest] = argv;
  const found = findCommand(argv);
  if (found === null) {
    const { unknownCommand, writeHelp } = await import('./help.ts');
    if (rest.includes('--help') || rest.includes('-h')) return writeHelp([word], version);
    return report(await unknownCommand(word), argv);
  }
  const { spec, rest: args } = found;
  if (args.includes('--help') || args.includes('-h')) {
    const { writeHelp } = await import('./help.ts');
    return writeHelp(spec.name.split(' '), version);
  }
  const invocation = parseInvocation(spec, args, process.cwd());
  if (!invocation.ok) return report(invocation.failure, argv);
  if (invocation.value.flag('no-color')) process.env['NO_COLOR'] = '1';
  try {
    const { command } = await spec.load();
    return await command(invocation.value);
  } catch (thrown) {
    if (!(thrown instanceof CeError) && invocation.value.flag('debug')) throw thrown;
    return report(toFailure(thrown), argv);
  }
}

async function report(failure: Failure, argv: readonly string[]): Promise<number> {
  const { writeFailure } = await import('../report/error.ts');
  await writeFailure(failure, { json: argv.includes('--json'), command: argv[0] ?? '' });
  return exitCodeOf(failure.code);
}
