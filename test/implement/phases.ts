/** Specs and a tree in memory for the tests of implementers; `writes` are applied as the engine applies them. */
import type { CodeBlock, FileChange, FileWrite, ImplementContext, Phase, Prp, ToolResult } from '../../core/api.ts';
import { blueprintImplementer } from '../../plugins/blueprint.ts';
import { phase } from '../graph/specs.ts';

export function phaseOf(fields: Partial<Phase> = {}): Phase {
  return phase('phase1', { name: 'Core', line: 10, endLine: 40, spec: '0'.repeat(64), ...fields });
}

export function prpOf(phase: Phase): Prp {
  return {
    id: 'PRP-5',
    title: 'Login',
    status: 'new',
    path: 'PRPs/PRP-5.md',
    executable: true,
    reason: null,
    complexity: null,
    hours: null,
    dependencies: [],
    files: [],
    phases: [phase],
    gates: [],
    diagnostics: [],
    spec: '1'.repeat(64),
  };
}

export function block(path: string | null, text: string, language = 'ts', line = 20): CodeBlock {
  return { language, path, text: text.endsWith('\n') ? text : `${text}\n`, line };
}

export function file(path: string, action: FileChange['action'], from?: string): FileChange {
  return { path, action, description: '', line: 12, ...(from === undefined ? {} : { from }) };
}

export type Tree = Map<string, string>;

export function treeOf(files: Readonly<Record<string, string>> = {}): Tree {
  return new Map(Object.entries(files));
}

export function contextOf(tree: Tree, overrides: Partial<ImplementContext> = {}): ImplementContext {
  return {
    readFile: async (path) => tree.get(path) ?? null,
    exec: async (): Promise<ToolResult> => {
      throw new Error('no program runs in this test');
    },
    ask: async () => false,
    progress: () => undefined,
    signal: new AbortController().signal,
    ...overrides,
  };
}

function apply(tree: Tree, writes: readonly FileWrite[]): void {
  for (const { path, content } of writes) {
    if (content === null) tree.delete(path);
    else tree.set(path, content);
  }
}

/** Runs the phase and applies what it says, as the engine does for a phase that is done. */
export async function run(tree: Tree, fields: Partial<Phase>, changed: readonly string[] = []) {
  const phase = phaseOf(fields);
  const result = await blueprintImplementer().implement(
    { prp: prpOf(phase), phase, root: '/', run: 'r1', attempt: 1, changed, edited: changed },
    contextOf(tree),
  );
  if (result.status === 'done') apply(tree, result.writes);
  return result;
}
