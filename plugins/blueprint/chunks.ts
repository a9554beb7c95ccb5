/**
 * Splits a source text into its top-level pieces: definitions with a name, and the rest. It reads just enough of the language
 * to know where strings, comments and brackets end. Null when it is not sure. Pure.
 */
import { pythonDepths, scriptDepths } from './depths.ts';

export interface Chunk {
  /** Of a function, class, constant or type; null for imports, statements and all else. */
  readonly name: string | null;
  /** Lines from `from` to before `to`, from 0; comments right above belong to it. */
  readonly from: number;
  readonly to: number;
}

type Language = 'python' | 'script';

const EXTENSIONS: Readonly<Record<string, Language>> = {
  py: 'python',
  pyi: 'python',
  ts: 'script',
  tsx: 'script',
  mts: 'script',
  cts: 'script',
  js: 'script',
  jsx: 'script',
  mjs: 'script',
  cjs: 'script',
};

const DEFINITION: Readonly<Record<Language, RegExp>> = {
  python: /^(?:(?:async\s+)?def\s+|class\s+)(\w+)|^([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)/,
  script:
    /^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:(?:async\s+)?function\s*\*?|class|interface|type|enum|namespace|const|let|var)\s+([\w$]+)/,
};

/** Lines at the left edge that go on with what stands above them. */
const CONTINUES: Readonly<Record<Language, RegExp>> = {
  python: /^(elif|else|except|finally|case)\b|^[)\]}]/,
  script: /^(else|catch|finally)\b|^[)\]}>.?:|&,]/,
};

/** The next line goes on, wherever it begins. */
const OPEN_ENDED = /^[^/*].*([=<,?&|+]|=>|\bextends)\s*$/;

export function chunksOf(path: string, lines: readonly string[]): readonly Chunk[] | null {
  const language = EXTENSIONS[path.split('.').at(-1)?.toLowerCase() ?? ''];
  if (language === undefined) return null;
  const depths = language === 'python' ? pythonDepths(lines) : scriptDepths(lines);
  if (depths === null) return null;
  const starts = lines.flatMap((line, at) =>
    startsChunk(line, depths[at] ?? 0, language) && !(language === 'script' && OPEN_ENDED.test(lines[at - 1] ?? '')) ? [at] : [],
  );
  const chunks: Chunk[] = [];
  // A decorator and its definition are two lines at the left edge, and one piece.
  const heads = starts.filter((_, index) => index === 0 || !(lines[starts[index - 1] ?? 0] ?? '').startsWith('@'));
  heads.forEach((at, index) => {
    const from = withComments(lines, depths, at, index === 0 ? 0 : (heads[index - 1] ?? 0) + 1);
    const next = heads[index + 1];
    const to = next === undefined ? lines.length : withComments(lines, depths, next, at + 1);
    const defining = starts.find((start) => start >= at && !(lines[start] ?? '').startsWith('@')) ?? at;
    const match = DEFINITION[language].exec(lines[defining] ?? '');
    chunks.push({ name: match?.[1] ?? match?.[2] ?? null, from, to: trimEnd(lines, from, to) });
  });
  return chunks;
}

function startsChunk(line: string, depth: number, language: Language): boolean {
  if (depth !== 0 || line === '' || /^\s/.test(line) || CONTINUES[language].test(line)) return false;
  return language === 'python' ? !line.startsWith('#') : !/^(\/\/|\/\*|\*)/.test(line);
}

/** Comments without an empty line between belong to what follows them. */
function withComments(lines: readonly string[], depths: readonly number[], at: number, floor: number): number {
  let from = at;
  while (from > floor && (depths[from - 1] === -1 || (depths[from - 1] === 0 && /^(#|\/\/|\/\*)/.test(lines[from - 1] ?? '')))) from--;
  return from;
}

function trimEnd(lines: readonly string[], from: number, to: number): number {
  let end = to;
  while (end > from && (lines[end - 1] ?? '').trim() === '') end--;
  return end;
}
