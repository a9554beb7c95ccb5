/** Help: examples first. `ce` alone says what it is; `ce help run` and `ce run --help` are the same text. */
import type { Failure } from '../errors.ts';
import { COMMON, type CommandSpec, type OptionSpec } from './invocation.ts';
import { COMMANDS, findCommand } from './table.ts';

const EXIT_CODES = 'Exit codes: 0 done · 1 work failed · 2 request, config, spec or tree is wrong · 3 a person is needed · 70 bug in ce · 75 locked · 130/143 interrupted';

/** Returns the exit code. */
export async function writeHelp(words: readonly string[], version: string): Promise<number> {
  if (words.length === 0) {
    process.stdout.write(overview(version));
    return 0;
  }
  const found = findCommand(words);
  if (found !== null) {
    process.stdout.write(commandHelp(found.spec));
    return 0;
  }
  const group = COMMANDS.filter((command) => command.name.startsWith(`${words[0]} `));
  if (group.length > 0) {
    process.stdout.write(`${group.map(commandHelp).join('\n')}`);
    return 0;
  }
  const { writeFailure } = await import('../report/error.ts');
  await writeFailure(await unknownCommand(words.join(' ')), { json: false, command: 'help' });
  return 2;
}

function overview(version: string): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length)) + 2;
  return [
    `ce ${version}: a build system for specs. PRPs become a graph of tasks; real tools judge every step.`,
    '',
    '  ce run PRP-5:phase2    implement up to phase 2, validate it, checkpoint it',
    '  ce run PRP-5 --dry-run what would run, and why',
    '  ce validate            judge the tree as it is',
    '',
    'Commands:',
    ...COMMANDS.map((command) => `  ${command.name.padEnd(width)}${command.summary}`),
    '',
    'ce help <command> shows examples and flags.',
    EXIT_CODES,
    '',
  ].join('\n');
}

function commandHelp(spec: CommandSpec): string {
  const names = [spec.name, ...spec.aliases].map((name) => `ce ${name}`).join(', ');
  return [
    `${names}: ${spec.summary}`,
    '',
    'Examples:',
    ...spec.examples.map(([line, meaning]) => `  ${line.padEnd(44)} ${meaning}`.trimEnd()),
    '',
    `Usage: ce ${spec.name} ${spec.usage}`.trimEnd(),
    '',
    'Flags:',
    ...[...spec.options, ...COMMON].map(optionLine),
    ...(spec.notes === undefined ? [] : ['', 'Tips:', ...spec.notes.map((tip) => `  ${tip}`)]),
    '',
    EXIT_CODES,
    '',
  ].join('\n');
}

function optionLine(option: OptionSpec): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `  ${`${short}--${option.name}${option.value === undefined ? '' : ` <${option.value}>`}`.padEnd(28)} ${option.help}`;
}

export async function unknownCommand(word: string): Promise<Failure> {
  const { nearMisses } = await import('../suggest.ts');
  const near = nearMisses(word, new Set(COMMANDS.flatMap((command) => [command.name, ...command.aliases])));
  return {
    code: 'CE_USAGE_UNKNOWN_COMMAND',
    message: `ce has no command "${word}"`,
    ...(near.length > 0 ? { why: `Near: ${near.join(', ')}` } : {}),
    next: near.length > 0 ? `ce ${near[0]}` : 'ce help',
  };
}
