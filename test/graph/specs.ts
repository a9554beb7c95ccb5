/** Small PRPs for the tests of this folder. */
import type { Dependency, FileChange, Phase, Prp, Validation } from '../../core/model.ts';

export function phase(id: string, rest: Partial<Phase> = {}): Phase {
  return {
    number: id.replace(/^[a-z]+/, ''),
    id,
    name: `the work of ${id}`,
    kind: 'phase',
    hours: 1,
    goal: null,
    approach: null,
    files: [],
    functions: [],
    steps: [],
    validate: [],
    checkpoint: null,
    blocks: [],
    line: 1,
    endLine: 2,
    spec: id,
    ...rest,
  };
}

export function prp(id: string, phases: readonly Phase[], rest: Partial<Prp> = {}): Prp {
  return {
    id,
    title: `the title of ${id}`,
    status: null,
    path: `PRPs/${id}.md`,
    executable: true,
    reason: null,
    complexity: null,
    hours: null,
    dependencies: [],
    files: [],
    phases,
    gates: [],
    diagnostics: [],
    spec: 'gates',
    ...rest,
  };
}

export function after(...ids: readonly string[]): readonly Dependency[] {
  return ids.map((id) => ({ id, soft: false }));
}

export function changes(...paths: readonly string[]): readonly FileChange[] {
  return paths.map((path) => ({ path, action: 'modify', description: '', line: 1 }));
}

export function gate(level: Validation['level']): Validation {
  return { level, name: `Gate ${level}`, command: 'npm test', kind: 'command', line: 1 };
}
