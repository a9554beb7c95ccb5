/** Applies one block of a phase to the draft: a diff by its headers, any other block as the content of the file it is bound to. */
import type { CodeBlock, Failure, FileAction } from '../../core/api.ts';
import { applyHunks } from './diff-apply.ts';
import { parseDiff, type FileDiff } from './diff-parse.ts';
import type { Draft } from './draft.ts';
import { belongs, isDiff } from './languages.ts';
import { coversFile, mergeBlock } from './merge.ts';
import { checkPath, tidyPath } from './paths.ts';
import { blockText, elisionAt, readText, sameLines, writeText } from './text.ts';

export interface Binding {
  /** The spec file, for messages. */
  readonly spec: string;
  readonly draft: Draft;
  /** What the phase says it does to a path; null when it does not name it. */
  actionOf(path: string): FileAction | null;
  /** Block that gave a path its whole content earlier in this phase. */
  readonly whole: Map<string, CodeBlock>;
  /** True for a file that somebody changed after it was last applied. */
  isEdited(path: string): boolean;
}

type BlockResult =
  /** `paths` are settled, whether anything had to change or not. */
  | { readonly kind: 'applied'; readonly paths: readonly string[]; readonly note?: string }
  /** Not meant as the content of a file, as far as can be told. */
  | { readonly kind: 'unbound'; readonly reason: string }
  /** Meant for a file, and what it means there cannot be told. */
  | { readonly kind: 'refused'; readonly path: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export async function applyBlock(block: CodeBlock, binding: Binding): Promise<BlockResult> {
  const path = block.path === null ? null : tidyPath(block.path);
  if (isDiff(block.language) && !(path !== null && /\.(diff|patch)$/.test(path))) return applyDiff(block, path, binding);
  if (path === null) return { kind: 'unbound', reason: 'the block is bound to no file' };
  if (!belongs(block.language, path)) return { kind: 'unbound', reason: `a ${block.language} block is not the content of ${path}` };
  const refused = checkPath(path, binding.spec, block.line);
  return refused === null ? applyContent(block, path, binding) : { kind: 'failed', failure: refused };
}

async function applyContent(block: CodeBlock, path: string, binding: Binding): Promise<BlockResult> {
  const { draft, whole } = binding;
  const content = await draft.read(path);
  const file = readText(content ?? '');
  const text = blockText(block.text, file.eol);
  const earlier = whole.get(path);
  const action = binding.actionOf(path);
  const settled: BlockResult = { kind: 'applied', paths: [path] };
  if (content !== null && sameLines(file.lines, text.lines)) return settled;
  if (content !== null && earlier === undefined && binding.isEdited(path)) return kept(path);
  if (content !== null && earlier === undefined && action !== 'create') return modify(path, content, block, binding);
  const elided = elisionAt(text.lines);
  if (elided !== -1) return { kind: 'refused', path, reason: `the block leaves out a part (${JSON.stringify(text.lines[elided]?.trim() ?? '')})` };
  if (earlier !== undefined && !coversFile(path, file.lines, text.lines)) {
    return { kind: 'refused', path, reason: `the block at line ${earlier.line} gives the file another content, and this one does not hold all of it` };
  }
  await draft.write(path, writeText({ ...text, ended: true }));
  if (content === null && text.lines[0]?.startsWith('#!') === true) draft.setExecutable(path, true);
  whole.set(path, block);
  return settled;
}

const kept = (path: string): BlockResult => ({
  kind: 'applied',
  paths: [path],
  note: `${path} was changed since ce wrote it, and is kept; git checkout -- ${path} takes the text of the spec again`,
});

async function modify(path: string, content: string, block: CodeBlock, { draft }: Binding): Promise<BlockResult> {
  const file = readText(content);
  const merged = mergeBlock(path, file, blockText(block.text, file.eol));
  switch (merged.kind) {
    case 'refused':
      return { kind: 'refused', path, reason: merged.reason };
    case 'same':
      return { kind: 'applied', paths: [path] };
    case 'whole':
    case 'definitions':
      await draft.write(path, writeText({ ...file, lines: merged.lines }));
      return { kind: 'applied', paths: [path] };
  }
}

async function applyDiff(block: CodeBlock, bound: string | null, binding: Binding): Promise<BlockResult> {
  const parsed = parseDiff(block.text, bound);
  if (!parsed.ok) {
    if (bound === null) return { kind: 'unbound', reason: `the diff is bound to no file: ${parsed.reason}` };
    return { kind: 'failed', failure: patchFailure(bound, parsed.reason, block, parsed.line, binding) };
  }
  const paths: string[] = [];
  for (const file of parsed.files) {
    for (const path of [file.from, file.to]) {
      const refused = path === null ? null : checkPath(path, binding.spec, block.line + 1 + file.line);
      if (refused !== null) return { kind: 'failed', failure: refused };
    }
    const failure = await applyFile(file, block, binding);
    const edited = [file.from, file.to]
      .map((path) => (path === null ? null : tidyPath(path)))
      .find((path) => typeof path === 'string' && binding.isEdited(path));
    if (failure !== null && typeof edited === 'string') return kept(edited);
    if (failure !== null) return { kind: 'failed', failure };
    paths.push(...[file.from, file.to].filter((path) => path !== null).map(tidyPath));
  }
  return { kind: 'applied', paths: [...new Set(paths)] };
}

async function applyFile(diff: FileDiff, block: CodeBlock, binding: Binding): Promise<Failure | null> {
  const { draft } = binding;
  const [from, to] = [diff.from, diff.to].map((path) => (path === null ? null : tidyPath(path)));
  const name = to ?? from ?? '';
  const fails = (reason: string, line = diff.line): Failure => patchFailure(name, reason, block, line, binding);
  const old = typeof from === 'string' ? await draft.read(from) : null;
  const now = typeof to === 'string' ? await draft.read(to) : null;
  const onlyAdds = diff.hunks.every(({ before }) => before.length === 0);

  if (typeof to !== 'string') {
    if (old === null) return null;
    const removed = diff.hunks.flatMap(({ before }) => before);
    if (diff.hunks.length > 0 && !sameLines(readText(old).lines, removed)) return fails('the file that it deletes has another content');
    await draft.remove(name);
    return null;
  }
  if (from === null || (old === null && now === null && onlyAdds)) {
    const added = diff.hunks.flatMap(({ after }) => after);
    if (now !== null && !sameLines(readText(now).lines, added)) return fails('the file that it creates exists with another content');
    if (now === null) await draft.write(to, writeText({ lines: added, eol: '\n', ended: diff.hunks.at(-1)?.endedAfter ?? true }));
    if (diff.executable !== null) draft.setExecutable(to, diff.executable);
    return null;
  }
  // A rename that was done before leaves only the new name.
  const moved = from !== to && old === null && now !== null;
  const content = moved ? now : old;
  if (content === null) return fails('the file does not exist');
  if (from !== to && !moved && now !== null) return fails(`${to} exists already`);
  const applied = applyHunks(readText(content), diff.hunks);
  if (!applied.ok) return fails(applied.reason, applied.hunk.line);
  if (from !== to && !moved && typeof from === 'string') await draft.remove(from);
  if (applied.changed || from !== to) await draft.write(to, applied.changed ? writeText(applied.text) : content);
  if (diff.executable !== null) draft.setExecutable(to, diff.executable);
  return null;
}

function patchFailure(path: string, reason: string, block: CodeBlock, line: number, { spec }: Binding): Failure {
  return {
    code: 'CE_IMPLEMENT_PATCH',
    message: `the diff of ${path} does not apply: ${reason}`,
    place: { file: spec, line: block.line + 1 + line },
    next: `Compare it with the file: git diff HEAD -- ${path}`,
  };
}
