/**
 * The implementer that adds nothing of its own: it applies what the spec spells out, and says what it could not apply. It runs no
 * command, and writes nothing itself: the engine applies its writes as one step.
 *
 * What a block means for the path that it is bound to:
 * 1. The file does not exist: the block is its content. Several such blocks must each hold all of the one before.
 * 2. The file is equal, or holds every line of the block in order: nothing to do.
 * 3. The phase creates the file: the block is its content, unless the file was changed by hand since it was written.
 * 4. The phase modifies it: the block is the whole file when it defines again whatever the file defines and keeps the rest; it
 *    replaces definitions when it holds nothing but definitions that the file has once, without losing a member; otherwise a
 *    person decides.
 * 5. A diff applies where its old lines stand exactly; one that was applied before is recognised.
 * A block that leaves out a part (`// ... existing code`) is never written.
 */
import type { Diagnostic, Failure, FileChange, FileWrite, Implementer, ImplementContext, ImplementRequest, ImplementResult, Plugin } from '../core/api.ts';
import { applyBlock, type Binding } from './blueprint/apply-block.ts';
import { createDraft, type Draft } from './blueprint/draft.ts';
import { moveFiles, removeFiles } from './blueprint/file-actions.ts';
import { checkPath, tidyPath } from './blueprint/paths.ts';

export function blueprint(): Plugin {
  return { name: 'blueprint', apply: ({ hooks }) => hooks.implementers.tap('blueprint', (add) => add(blueprintImplementer())) };
}

export function blueprintImplementer(): Implementer {
  return { name: 'blueprint', version: '1', options: {}, implement };
}

async function implement(request: ImplementRequest, context: ImplementContext): Promise<ImplementResult> {
  const { prp, phase } = request;
  const declared = phase.files.filter(({ path }) => !/[*?{]|\/$/.test(path));
  for (const file of declared) {
    const refused =
      checkPath(tidyPath(file.path), prp.path, file.line) ?? (file.from === undefined ? null : checkPath(tidyPath(file.from), prp.path, file.line));
    if (refused !== null) return failed(refused, []);
  }

  const draft = createDraft(context);
  const notes: Diagnostic[] = [];
  const settled = new Set<string>();
  const moved = await moveFiles(declared, draft, prp.path);
  if (!moved.ok) return failed(moved.failure, notes);
  const binding = bindingOf(request, declared, draft);
  let refusals = 0;
  for (const block of phase.blocks) {
    const result = await applyBlock(block, binding);
    const note = (severity: Diagnostic['severity'], code: string, message: string): number =>
      notes.push({ source: 'blueprint', code, severity, message, file: prp.path, line: block.line });
    switch (result.kind) {
      case 'applied':
        for (const path of result.paths) settled.add(path);
        if (result.note !== undefined) note('warning', 'CE_IMPLEMENT_KEPT', result.note);
        break;
      case 'unbound':
        // The commands of its gates are blocks of the phase, too.
        if (!phase.validate.some(({ command }) => command.trim() === block.text.trim()))
          note('info', 'CE_SPEC_UNBOUND_BLOCK', `${result.reason}; it is not applied`);
        break;
      case 'refused':
        refusals++;
        note('error', 'CE_IMPLEMENT_NEEDS_PERSON', `the block for ${result.path} is not applied: ${result.reason}`);
        settled.add(result.path);
        break;
      case 'failed':
        return failed(result.failure, notes);
    }
  }
  await removeFiles(declared, draft);
  const open = await openFiles(declared, draft, settled, request.changed ?? []);
  for (const { path, action, line } of open) {
    notes.push({
      source: 'blueprint',
      code: 'CE_IMPLEMENT_NOTHING',
      severity: 'error',
      message: `the phase would ${action} ${path}, and does not spell out how`,
      file: prp.path,
      line,
    });
  }
  for (const { message, line } of outsideFiles(request)) {
    refusals++;
    notes.push({ source: 'blueprint', code: 'CE_IMPLEMENT_NEEDS_PERSON', severity: 'error', message, file: prp.path, line });
  }
  if (isOnlyProse(request)) {
    refusals++;
    const message = 'the phase is told in words alone: it names no file, and no code that could be applied';
    notes.push({ source: 'blueprint', code: 'CE_IMPLEMENT_NOTHING', severity: 'error', message, file: prp.path, line: phase.line });
  }
  return resultOf(request, draft.writes(), notes, { refusals, open });
}

function bindingOf({ prp, edited = [] }: ImplementRequest, declared: readonly FileChange[], draft: Draft): Binding {
  const actions = new Map(declared.map(({ path, action }) => [tidyPath(path), action]));
  return { spec: prp.path, draft, whole: new Map(), actionOf: (path) => actions.get(path) ?? null, isEdited: (path) => edited.includes(path) };
}

/** Work that is described and not spelled out, and that nobody has begun. A phase that only runs its commands has none. */
function isOnlyProse({ phase, changed = [] }: ImplementRequest): boolean {
  const described = phase.goal !== null || phase.approach !== null || phase.steps.length > 0 || phase.functions.length > 0;
  return described && changed.length === 0 && phase.files.length === 0 && phase.blocks.every(({ path }) => path === null);
}

/** Declared files that nothing in the phase settles: to be created and not there, or to be modified and untouched. */
async function openFiles(
  declared: readonly FileChange[],
  draft: Draft,
  settled: ReadonlySet<string>,
  changed: readonly string[],
): Promise<readonly FileChange[]> {
  const open: FileChange[] = [];
  for (const file of declared) {
    const path = tidyPath(file.path);
    const isOpen = file.action === 'create' ? (await draft.read(path)) === null : file.action === 'modify' && !changed.includes(path);
    if (isOpen && !settled.has(path)) open.push(file);
  }
  return open;
}

/** Files that the phase lists and that lie outside the repository: a part of its work that is never done here. */
function outsideFiles({ prp, phase }: ImplementRequest): readonly { readonly message: string; readonly line: number }[] {
  return prp.diagnostics.flatMap(({ code, message, line }) =>
    code === 'CE_SPEC_PATH' && line !== undefined && line >= phase.line && line <= phase.endLine ? [{ message, line }] : [],
  );
}

interface Left {
  readonly refusals: number;
  readonly open: readonly FileChange[];
}

function resultOf(
  { prp, phase }: ImplementRequest,
  writes: readonly FileWrite[],
  diagnostics: readonly Diagnostic[],
  { refusals, open }: Left,
): ImplementResult {
  if (refusals === 0 && open.length === 0) return { status: 'done', writes, diagnostics, summary: summaryOf(writes) };
  const left = diagnostics.filter(({ severity }) => severity === 'error');
  const first = left[0];
  const failure: Failure = {
    code: refusals > 0 ? 'CE_IMPLEMENT_NEEDS_PERSON' : 'CE_IMPLEMENT_NOTHING',
    message: first === undefined ? 'the phase needs a person' : `${first.message}${left.length > 1 ? `, and ${left.length - 1} more` : ''}`,
    place: { file: prp.path, line: first?.line ?? phase.line },
    why: 'the blueprint implementer applies only what the spec spells out: whole files, definitions, diffs, moves and deletions',
    next: `Make the change by hand, then: ce prp checkpoint ${prp.id}:${phase.id}. Or write it into the spec as a diff, then: ce run ${prp.id}:${phase.id}`,
  };
  return { status: 'needs-person', writes, diagnostics, failure, summary: failure.message };
}

function failed(failure: Failure, diagnostics: readonly Diagnostic[]): ImplementResult {
  return { status: 'failed', writes: [], diagnostics, failure, summary: failure.message };
}

function summaryOf(writes: readonly FileWrite[]): string {
  if (writes.length === 0) return 'nothing to change';
  const removed = writes.filter(({ content }) => content === null).length;
  const written = writes.length - removed;
  const count = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${n === 1 ? 'file' : 'files'} ${what}`]);
  return [...count(written, 'written'), ...count(removed, 'deleted')].join(', ');
}
