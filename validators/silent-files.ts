/**
 * Test files that ended well and reported nothing, though they call node:test at the margin. Node takes such a file for a
 * passing test; a `process.exit(0)` in it hides every test that stood below.
 */
import type { Diagnostic } from '../core/api.ts';
import type { Locate } from './traceback.ts';

const IMPORTS = /(?:from|require\()\s*['"]node:test['"]/;
const CALLS = /^(?:await\s+)?(?:test|it|describe|suite)(?:\.\w+)?\s*\(/m;

/** One finding a file. Helpers that stand in a test folder call nothing at the margin and are left alone. */
export function silentFiles(files: readonly string[], source: string, locate: Locate, read: (path: string) => string | null): readonly Diagnostic[] {
  return files.flatMap((printed) => {
    const file = locate(printed);
    const text = file === null ? null : read(file);
    if (file === null || text === null || !IMPORTS.test(text)) return [];
    const call = CALLS.exec(text);
    if (call === null) return [];
    const line = text.slice(0, call.index).split('\n').length;
    return [
      {
        source,
        code: 'no-result',
        severity: 'error' as const,
        message: `${file} calls node:test and reported no test: it ended the process before its tests did`,
        file,
        line,
      },
    ];
  });
}
