/** One way to write a diagnostic of this room: source `spec`, a code of the table, a line. The file is filled in at the end. */
import type { Code } from '../errors.ts';
import type { Diagnostic, Severity } from '../model.ts';

export function diagnose(code: Code, severity: Severity, message: string, line: number): Diagnostic {
  return { source: 'spec', code, severity, message, line };
}
