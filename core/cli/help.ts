/** Help: examples first. `ce` alone says what it is; `ce help run` and `ce run --help` are the same text. */
import { exitCodeOf, type Failure } from '../errors.ts';
import { COMMON, type CommandSpec, type OptionSpec } from './invocation.ts';
import { COMMANDS, findCommand } from './table.ts';

const EXIT_CODES =
  'Exit codes: 0 done · 1 work failed · 2 request, config, spec or tree is wrong · 3 a person is needed · 70 bug in ce · 75 locked · 130/143 interrupted';

/** Returns the exit code. */
export async function writeHelp(words: readonly string[], version: string): Promise<number> {
  if (words.length === 0) {
    process.stdout.write(overview(version));
    return 0;
  }
  const group = words.length === 1 ? groupOf(words[0] ?? '') : [];
  const found = group.length > 0 ? null : findCommand(words);
  if (found !== null || group.length > 0) {
    process.stdout.write(found === null ? group.map(commandHelp).join('\n') : commandHelp(found.spec));
    return 0;
  }
  const { writeFailure } = await import('../report/error.ts');
  const failure = await unknownCommand(words.join(' '));
  const near = failure.next?.replace(/^ce (?!help)/, 'ce help ') ?? 'ce help';
  await writeFailure({ ...failure, next: near }, { json: false, command: 'help' });
  return exitCodeOf(failure.code);
}

/** The commands that share a first word: those of `prp`. */
function groupOf(word: string): readonly CommandSpec[] {
  return COMMANDS.filter((command) => command.name.startsWith(`${word} `));
}

function overview(version: string): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length)) + 2;
  return [
    `ce ${version}: a build system for specs. PRPs become a graph of tasks; real tools judge every step.`,
    '',
    '  ce run PRP-5:phase2      implement up to phase 2, validate it, checkpoint it',
    '  ce run PRP-5 --dry-run   what would run, and why',
    '  ce validate              judge the tree as it is',
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

/** `typed` is the command, not its arguments. Half a command is answered with its second words, a misspelt one with the nearest. */
export async function unknownCommand(typed: string): Promise<Failure> {
  const [word = ''] = typed.split(' ');
  const group = groupOf(word);
  if (group.length > 0) {
    return {
      code: 'CE_USAGE_UNKNOWN_COMMAND',
      message: typed === word ? `\`ce ${word}\` takes a second word` : `ce has no command "${typed}"`,
      why: group.map(({ name, summary }) => `ce ${name}: ${summary}`).join('\n'),
      next: `ce help ${word}`,
    };
  }
  const { nearMisses } = await import('../suggest.ts');
  const near = nearMisses(typed, new Set(COMMANDS.flatMap((command) => [command.name, ...command.aliases])));
  return {
    code: 'CE_USAGE_UNKNOWN_COMMAND',
    message: `ce has no command "${typed}"`,
    ...(near.length > 0 ? { why: `Near: ${near.join(', ')}` } : {}),
    next: near.length > 0 ? `ce ${near[0]}` : 'ce help',
  };
}
