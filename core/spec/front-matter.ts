/**
 * Front matter as data. gray-matter's only engine is the `yaml` package here: it evaluates `---js` by default, and its own
 * YAML turns `012` into 10. The text it gets is always a standard header that this room has cut out itself.
 */
import matter from 'gray-matter';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Diagnostic, Json } from '../model.ts';
import { diagnose } from './diagnostic.ts';
import { findHeaders, type HeaderBlock } from './header-lines.ts';

export interface FrontMatter {
  readonly data: Readonly<Record<string, Json>>;
  /** Source text of top-level scalars: `prp_id: 46.10` keeps its zero. */
  readonly source: Readonly<Record<string, string>>;
  /** Line of each top-level key. */
  readonly lines: Readonly<Record<string, number>>;
  /** The text with the header's lines blanked: as many lines as the file. */
  readonly body: string;
  readonly diagnostics: readonly Diagnostic[];
}

interface Parsed {
  readonly data: Record<string, Json>;
  readonly source: Record<string, string>;
  readonly lines: Record<string, number>;
}

const LIMIT = 64 * 1024;
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

class HeaderError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads every dialect of header (see header-lines.ts). Of two headers the one with `prp_id` wins, key by key.
 * Errors are diagnostics with a line: `CE_SPEC_FRONTMATTER`, `CE_SPEC_FRONTMATTER_LANGUAGE`. Never throws.
 */
export function readFrontMatter(text: string): FrontMatter {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const found = findHeaders(lines);
  const diagnostics = [...found.diagnostics];
  const headers: Parsed[] = [];
  for (const block of found.blocks) {
    const parsed = readBlock(block, diagnostics);
    if (parsed !== null) headers.push(parsed);
    lines.fill('', block.start - 1, block.end);
  }
  headers.sort((one, other) => Number('prp_id' in one.data) - Number('prp_id' in other.data));
  const merged = headers.reduce<Parsed>(
    (all, one) => ({ data: { ...all.data, ...one.data }, source: { ...all.source, ...one.source }, lines: { ...all.lines, ...one.lines } }),
    { data: {}, source: {}, lines: {} },
  );
  return { ...merged, body: lines.join('\n'), diagnostics };
}

function readBlock(block: HeaderBlock, diagnostics: Diagnostic[]): Parsed | null {
  if (block.yaml.trim() === '') return null;
  if (block.yaml.length > LIMIT) {
    diagnostics.push(diagnose('CE_SPEC_FRONTMATTER', 'error', `the front matter is ${block.yaml.length} characters long; ce reads ${LIMIT}`, block.start));
    return null;
  }
  let parsed: Parsed = { data: {}, source: {}, lines: {} };
  const refuse = (): never => {
    throw new HeaderError('only YAML front matter is read', 1);
  };
  try {
    // gray-matter ends a header at any line that begins with its delimiter: a line that the header does not hold is given.
    let delimiter = '@@@';
    while (block.yaml.includes(delimiter)) delimiter += '@';
    matter(`${delimiter}\n${block.yaml}\n${delimiter}\n`, {
      language: 'yaml',
      delimiters: delimiter,
      engines: {
        yaml: {
          parse: (yaml: string) => {
            parsed = readYaml(yaml.replace(/^\n/, ''), block.firstLine);
            return parsed.data;
          },
        },
        json: refuse,
        javascript: refuse,
        js: refuse,
        coffee: refuse,
        coffeescript: refuse,
        cson: refuse,
        toml: refuse,
      },
    });
    return parsed;
  } catch (thrown) {
    const line = thrown instanceof HeaderError ? thrown.line : 1;
    const message = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '') : String(thrown);
    diagnostics.push(diagnose('CE_SPEC_FRONTMATTER', 'error', `front matter: ${message}`, block.firstLine + line - 1));
    return readByLines(block);
  }
}

function readYaml(yaml: string, firstLine: number): Parsed {
  const document = parseDocument(yaml, { schema: 'core', uniqueKeys: true, merge: false, prettyErrors: true, strict: true });
  const problem = document.errors[0] ?? document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (problem !== undefined) throw new HeaderError(problem.message, problem.linePos?.[0].line ?? 1);
  const lineAt = (offset: number): number => firstLine + (yaml.slice(0, offset).match(/\n/g)?.length ?? 0);
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && POLLUTING.has(String(key.value)))
        throw new HeaderError(`the key \`${String(key.value)}\` is not allowed`, lineAt(key.range?.[0] ?? 0) - firstLine + 1);
    },
  });
  const { contents } = document;
  if (contents === null) return { data: {}, source: {}, lines: {} };
  if (!isMap(contents)) throw new HeaderError('it is not a list of `key: value`', 1);
  const data = document.toJS({ maxAliasCount: 50 }) as Record<string, Json>;
  const source: Record<string, string> = {};
  const lines: Record<string, number> = {};
  for (const { key, value } of contents.items) {
    if (!isScalar(key)) continue;
    lines[String(key.value)] = lineAt(key.range?.[0] ?? 0);
    if (isScalar(value)) source[String(key.value)] = value.source ?? String(value.value ?? '');
  }
  return { data, source, lines };
}

/** What can be told of a header that is no YAML: its plain `key: value` lines, for names in messages. */
function readByLines(block: HeaderBlock): Parsed {
  const parsed: Parsed = { data: {}, source: {}, lines: {} };
  block.yaml.split('\n').forEach((line, index) => {
    const match = /^([A-Za-z_][\w-]*):[ \t]+([^\s[{|>&*!].*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined || POLLUTING.has(match[1])) return;
    const value = match[2].trim().replace(/^(["'])(.*)\1$/, '$2');
    parsed.data[match[1]] = value;
    parsed.source[match[1]] = value;
    parsed.lines[match[1]] = block.firstLine + index;
  });
  return parsed;
}
