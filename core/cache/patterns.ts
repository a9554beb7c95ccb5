/** Globs of a check, compiled: which paths they mean, and which folders need a look to find them. Paths are from the root, with forward slashes. */
import type picomatchType from 'picomatch';

export type Picomatch = typeof picomatchType;

/** A place where the walk starts. */
export interface Base {
  /** A folder, or the very path that a pattern without wildcards names; `.` for the root. */
  readonly path: string;
  /** The pattern names this path itself. */
  readonly literal: boolean;
  /** Whether a folder at this path below the base can hold a match; `depth` is 0 for children of the base. */
  descends(name: string, depth: number): boolean;
}

export interface Patterns {
  readonly bases: readonly Base[];
  matches(path: string): boolean;
}

interface Part {
  readonly negated: boolean;
  readonly base: Base;
  matches(path: string): boolean;
}

const WILD = /[*?[\]{}()\\]/;

/**
 * Later patterns win over earlier ones: `['src/**', '!src/gen/**']`. A pattern without wildcards means that file, or everything
 * below that folder. Returns the offending pattern when one leaves the repository or is inside `.git` or `.ce`.
 */
export function compilePatterns(patterns: readonly string[], picomatch: Picomatch): Patterns | { readonly refused: string } {
  const parts: Part[] = [];
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!') && !pattern.startsWith('!(');
    const path = normalise(negated ? pattern.slice(1) : pattern);
    if (path === null) return { refused: pattern };
    parts.push(compilePart(path, negated, picomatch));
  }
  return {
    bases: parts.filter((part) => !part.negated).map((part) => part.base),
    matches(path) {
      for (let i = parts.length - 1; i >= 0; i--) {
        const part = parts[i];
        if (part?.matches(path) === true) return !part.negated;
      }
      return false;
    },
  };
}

function compilePart(pattern: string, negated: boolean, picomatch: Picomatch): Part {
  if (!WILD.test(pattern)) {
    const below = pattern === '.' ? '' : `${pattern}/`;
    return { negated, base: { path: pattern, literal: true, descends: () => true }, matches: (path) => path === pattern || path.startsWith(below) };
  }
  const segments = pattern.split('/');
  const wild = segments.findIndex((segment) => WILD.test(segment));
  const rest = segments.slice(wild);
  const test = picomatch(pattern, { dot: true, windows: false });
  return {
    negated,
    base: { path: segments.slice(0, wild).join('/') || '.', literal: false, descends: descent(rest, picomatch) },
    matches: (path) => test(path),
  };
}

/** Folders are narrowed segment by segment up to the first `**`; a group or brace may span slashes, so there every folder counts. */
function descent(segments: readonly string[], picomatch: Picomatch): Base['descends'] {
  if (segments.some((segment) => /[{(\\]/.test(segment))) return () => true;
  const deep = segments.findIndex((segment) => segment.includes('**'));
  const tests = segments.slice(0, deep === -1 ? segments.length - 1 : deep).map((segment) => picomatch(segment, { dot: true, windows: false }));
  return (name, depth) => {
    const test = tests[depth];
    return test === undefined ? deep !== -1 : test(name);
  };
}

/** Null when the pattern is absolute, climbs, or names what is never an input. */
function normalise(pattern: string): string | null {
  if (pattern.startsWith('/') || /^[A-Za-z]:/.test(pattern)) return null;
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.some((segment) => segment === '..' || segment === '.git' || segment === '.ce')) return null;
  const path = segments.join('/') || '.';
  return pattern.endsWith('/') && path !== '.' ? `${path}/**` : path;
}
