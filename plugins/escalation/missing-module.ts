/** Is a module that could not be imported somebody else's (a dependency) or the project's own (ordinary work)? Pure. */

const PATTERNS: readonly RegExp[] = [
  /^(?:ModuleNotFoundError: |ImportError: )?No module named '?([\w.]+)'?/,
  /^(?:Error: )?Cannot find (?:module|package) '([^']+)'/,
  /^Unable to resolve path to module '([^']+)'/,
  /^Failed to resolve import "([^"]+)"/,
];

/** The module that the line says is missing, when it is not the project's own; null otherwise. `files` are those of the failure. */
export function missingPackage(head: string, files: readonly string[]): string | null {
  const name = PATTERNS.map((pattern) => pattern.exec(head)?.[1]).find((found) => found !== undefined);
  if (name === undefined) return null;
  // Relative paths, and the aliases that projects give to their own folders.
  if (/^(\.|\/|~|#|@\/|[A-Za-z]:)/.test(name)) return null;
  const root = name.startsWith('@') ? name : (name.split(/[./]/)[0] ?? name);
  const own = new Set(files.flatMap((file) => file.split('/')).map((part) => part.replace(/\.\w+$/, '').replace(/^test_|_test$|\.(test|spec)$/g, '')));
  return own.has(root) ? null : root;
}
