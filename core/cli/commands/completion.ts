/**
 * `ce completion <shell>`: a script that asks `ce` itself for PRP ids and phases, so that it never goes stale. The scripts call
 * `ce completion targets`, which prints one target a line.
 */
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody, CommandSpec } from '../invocation.ts';
import { printLines, refuse } from '../print.ts';

type Commands = readonly CommandSpec[];

/** Words that stand at one place of a command line, with the flags of the command they make up. */
interface Place {
  /** `run`, `prp restore`, and `prp` for a group. */
  readonly words: string;
  readonly next: readonly string[];
  readonly flags: readonly string[];
}

const TARGETS = 'ce completion targets 2>/dev/null';
const SHELLS: Readonly<Record<string, (places: readonly Place[], first: readonly string[]) => readonly string[]>> = { bash, zsh, fish };

/** The command for a table of commands, so that the table need not be imported by its own entry. */
export function completionOf(commands: Commands): CommandBody {
  return async (invocation) => {
    const [shell = ''] = invocation.args;
    if (shell === 'targets') return printTargets(invocation.cwd);
    const script = SHELLS[shell];
    if (script === undefined)
      return refuse(
        {
          code: 'CE_USAGE_BAD_VALUE',
          message: `ce completion takes ${Object.keys(SHELLS).join(', ')}${shell === '' ? '' : `, not "${shell}"`}`,
          next: 'ce completion bash',
        },
        invocation,
        'completion',
      );
    printLines(script(placesOf(commands), firstWords(commands)));
    return 0;
  };
}

/** Ids, then their phases. Nothing at all where there is no repository: a shell has no use for an error here. */
async function printTargets(cwd: string): Promise<number> {
  const workspace = await openWorkspace(cwd, 'ask');
  if (!workspace.ok) return 0;
  const prps = await workspace.value.specs.list();
  printLines([
    ...prps.map(({ id }) => id),
    ...prps.flatMap(({ id, phases, gates }) => [...phases.map((phase) => `${id}:${phase.id}`), ...(gates.length > 0 ? [`${id}:final`] : [])]),
  ]);
  return 0;
}

function firstWords(commands: Commands): readonly string[] {
  return [...new Set(commands.flatMap(({ name, aliases }) => [name, ...aliases]).map((name) => name.split(' ')[0] ?? name))];
}

function placesOf(commands: Commands): readonly Place[] {
  const groups = new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0] ?? name] : [])));
  return [
    ...commands.flatMap(({ name, aliases, options }) =>
      [name, ...aliases.filter((alias) => !groups.has(alias))].map((words) => ({ words, next: [], flags: options.map((option) => `--${option.name}`) })),
    ),
    ...[...groups].map((words) => ({
      words,
      next: commands.flatMap(({ name }) => (name.startsWith(`${words} `) ? [name.slice(words.length + 1)] : [])),
      flags: [],
    })),
  ];
}

/** Bash splits words at colons, so the word is taken from the line, and what stands before its last colon is not repeated. */
function bash(places: readonly Place[], first: readonly string[]): readonly string[] {
  return [
    '_ce() {',
    '  local line="${COMP_LINE:0:COMP_POINT}" words word before',
    '  word="${line##*[[:space:]]}"',
    '  read -r -a words <<< "${line%"$word"}"',
    '  before="${words[*]:1:2}"',
    '  case "${#words[@]}:$before:$word" in',
    `    1::*) COMPREPLY=($(compgen -W "${first.join(' ')}" -- "$word"));;`,
    ...places.flatMap(({ words, next, flags }) => [
      ...(next.length > 0 ? [`    2:${words}:*) COMPREPLY=($(compgen -W "${next.join(' ')}" -- "$word"));;`] : []),
      ...(flags.length > 0 ? [`    *:"${words}:"-*|*:"${words} "*:-*) COMPREPLY=($(compgen -W "${flags.join(' ')}" -- "$word"));;`] : []),
    ]),
    `    *) COMPREPLY=($(compgen -W "$(${TARGETS})" -- "$word"))`,
    '       case "$COMP_WORDBREAKS:$word" in *:*:*) COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}");; esac;;',
    '  esac',
    '}',
    'complete -o default -F _ce ce',
  ];
}

function zsh(places: readonly Place[], first: readonly string[]): readonly string[] {
  return [
    '#compdef ce',
    '_ce() {',
    `  if (( CURRENT == 2 )); then compadd -- ${first.join(' ')}; return; fi`,
    '  local before="${words[2]}"',
    '  (( CURRENT > 3 )) && before="$before ${words[3]}"',
    '  case "$CURRENT:$before:${words[CURRENT]}" in',
    ...places.flatMap(({ words, next, flags }) => [
      ...(next.length > 0 ? [`    3:${words}:*) compadd -- ${next.join(' ')};;`] : []),
      ...(flags.length > 0 ? [`    *:"${words}:"-*|*:"${words} "*:-*) compadd -- ${flags.join(' ')};;`] : []),
    ]),
    `    *) compadd -- \${(f)"$(${TARGETS})"}; _files;;`,
    '  esac',
    '}',
    'compdef _ce ce',
  ];
}

function fish(places: readonly Place[], first: readonly string[]): readonly string[] {
  const seen = (words: string): string =>
    words
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ');
  return [
    `complete -c ce -n __fish_use_subcommand -f -a '${first.join(' ')}'`,
    `complete -c ce -n 'not __fish_use_subcommand' -a '(${TARGETS})'`,
    ...places.flatMap(({ words, next, flags }) => [
      ...(next.length > 0 ? [`complete -c ce -n '${seen(words)}' -f -a '${next.join(' ')}'`] : []),
      ...flags.map((flag) => `complete -c ce -n '${seen(words)}' -l ${flag.slice(2)}`),
    ]),
  ];
}
