/**
 * L4 by the contract of a phase: the files and functions that the spec declares exist, and none is a stub. Reads the tree and
 * starts nothing. Python and TypeScript/JavaScript are tokenized; in other languages a name must occur as a word.
 *
 * Limits: a body is judged by its form, not by what it does. A function that is generated at run time, or re-exported by
 * `export *`, is not found. An empty function of TypeScript counts as a stub unless it is a constructor or its name is `noop`.
 */
import { pythonDefinitions } from './contract-python.ts';
import type { Definition } from './contract-definition.ts';
import { scriptDefinitions } from './contract-script.ts';
import type { Check, Diagnostic, FileChange, Json, JudgeContext, Judgement, ToolResult, Validator } from '../core/api.ts';

/** Text of a file by its path from the root; null when it does not exist. */
type Read = (path: string) => string | null;

/** What a phase declares. A `Phase` is one. */
export interface Contract {
  readonly files: readonly Declared[];
  readonly functions: readonly { readonly name: string; readonly line?: number }[];
  /** Blocks that are bound to a path: the files in which functions are looked for too. */
  readonly blocks?: readonly { readonly path: string | null }[];
}

type Declared = Pick<FileChange, 'path' | 'action'> & { readonly from?: string | null; readonly line?: number };

/** Patterns, folders and prose name no single file. */
const NO_FILE = /[*?{}]|\s|\/$|^\.\.\.?$/;

/** Judges what is declared against the tree. Null when no file is declared, and no function in a file that is named: there is nothing to compare. */
export function checkContract(phase: Contract, read: Read): Judgement | null {
  const files = phase.files.filter((file) => !NO_FILE.test(file.path));
  const paths = new Set([
    ...files.filter((file) => file.action !== 'delete').map((file) => file.path),
    ...(phase.blocks ?? []).flatMap((block) => block.path ?? []),
  ]);
  if (files.length === 0 && (phase.functions.length === 0 || paths.size === 0)) return null;
  const missing = files.flatMap((file) => fileFindings(file, read));
  const sources = [...paths].map((path) => ({ path, text: read(path) ?? '' })).filter((source) => source.text !== '');
  const definitions = sources.flatMap((source) => definitionsOf(source.path, source.text).map((definition) => ({ ...definition, path: source.path })));
  const functions = phase.functions.flatMap((declared) => {
    const [owner, name] = splitName(declared.name);
    const named = definitions.filter((definition) => definition.name === name && (owner === null || definition.owner === null || definition.owner === owner));
    if (named.some((definition) => definition.stub === 'no')) return [];
    const stub = named[0];
    if (stub !== undefined) return [finding('stub', `\`${declared.name}\` is declared and its body is a stub`, stub.path, stub.line)];
    if (sources.some((source) => languageOf(source.path) === 'other' && new RegExp(`(?<![\\w$])${literal(name)}(?![\\w$])`).test(source.text))) return [];
    const at = sources.length === 1 ? sources[0]?.path : undefined;
    return [
      finding(
        'missing',
        `\`${declared.name}\` is declared in the spec${atLine(declared)} and defined in none of the phase's files`,
        at,
        at === undefined ? undefined : 1,
      ),
    ];
  });
  const declaredNames = new Set(phase.functions.map((declared) => splitName(declared.name)[1]));
  const created = new Set(files.filter((file) => file.action === 'create').map((file) => file.path));
  const stubs = definitions
    .filter(
      (definition) =>
        created.has(definition.path) &&
        definition.stub === 'yes' &&
        definition.kind === 'function' &&
        !declaredNames.has(definition.name) &&
        !/^(?:constructor|noop|__\w+__)$/.test(definition.name),
    )
    .filter((definition) => languageOf(definition.path) === 'python')
    .map((definition) => finding('stub', `\`${definition.name}\` is a stub in a file that this phase creates`, definition.path, definition.line));
  const diagnostics = [...missing, ...functions, ...stubs];
  if (diagnostics.length === 0) return { verdict: 'pass', diagnostics: [] };
  return {
    verdict: 'fail',
    diagnostics,
    message: diagnostics.length === 1 ? (diagnostics[0]?.message ?? '') : `${diagnostics.length} parts of the contract do not hold`,
  };
}

function finding(code: string, message: string, file?: string, line?: number): Diagnostic {
  return { source: 'contract', code, severity: 'error', message, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

const atLine = (declared: { readonly line?: number }): string => (declared.line === undefined ? '' : ` (line ${declared.line})`);

/** `src/parsers` may be a folder, which cannot be read as a file; `Makefile` is one. */
function isFolderLike(path: string): boolean {
  return /(?:^|\/)[a-z0-9_-]+$/.test(path);
}

function fileFindings(file: Declared, read: Read): readonly Diagnostic[] {
  const text = read(file.path);
  const found: Diagnostic[] = [];
  if (file.action === 'delete') {
    if (text !== null) found.push(finding('left-behind', `${file.path} is declared as deleted and is still there`, file.path, 1));
    return found;
  }
  if (text === null && isFolderLike(file.path)) return found;
  if (text === null) found.push(finding('missing', `${file.path} is declared in the spec${atLine(file)} and does not exist`, file.path));
  else if (text.trim() === '' && file.action === 'create' && !/(?:^|\/)(?:__init__\.py|py\.typed|\.gitkeep|\.keep)$/.test(file.path))
    found.push(finding('stub', `${file.path} is empty`, file.path, 1));
  if (file.action === 'move' && typeof file.from === 'string' && read(file.from) !== null)
    found.push(finding('left-behind', `${file.from} is declared as moved to ${file.path} and is still there`, file.from, 1));
  return found;
}

/** `Class.method`, `method()`, `module::name`: the owner where there is one, and the last name. */
function splitName(written: string): readonly [string | null, string] {
  const parts = written
    .replace(/\(.*$/s, '')
    .replace(/^(?:async\s+)?(?:def|function|class|func|fn)\s+/, '')
    .trim()
    .split(/\.|::|#/);
  return [parts.length > 1 ? (parts.at(-2) ?? null) : null, parts.at(-1)?.trim() ?? written];
}

function languageOf(path: string): 'python' | 'script' | 'other' {
  if (/\.pyi?$/.test(path)) return 'python';
  return /\.[cm]?[jt]sx?$/.test(path) ? 'script' : 'other';
}

function definitionsOf(path: string, text: string): readonly Definition[] {
  if (path.endsWith('.pyi')) return pythonDefinitions(text).map((definition) => ({ ...definition, stub: 'no' }));
  switch (languageOf(path)) {
    case 'python':
      return pythonDefinitions(text);
    case 'script':
      return scriptDefinitions(text);
    case 'other':
      return [];
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function isContract(options: Json | undefined): options is Json & Contract {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false;
  const { files, functions } = options as Readonly<Record<string, Json>>;
  const named = (list: Json | undefined, key: string): boolean =>
    Array.isArray(list) && list.every((entry) => typeof entry === 'object' && entry !== null && key in entry);
  return named(files, 'path') && named(files, 'action') && named(functions, 'name');
}

function judge(_: ToolResult, check: Check, context: JudgeContext): Judgement {
  if (!isContract(check.options)) return { verdict: 'config', diagnostics: [], message: 'the check names no files and functions' };
  return (
    checkContract(check.options, context.read) ?? { verdict: 'empty', diagnostics: [], message: 'functions are declared, and no file that could hold them' }
  );
}

/** Offered by no project: the engine makes the check of a phase, with `options: { files, functions, blocks? }` and no command. */
export const contract: Validator = { name: 'contract', version: '1', detect: () => [], judge };
