/** The moves and deletions that a phase declares, applied to the draft. Both may have been done before. */
import { fail, ok, type FileChange, type Result } from '../../core/api.ts';
import type { Draft } from './draft.ts';
import { tidyPath } from './paths.ts';

export async function moveFiles(files: readonly FileChange[], draft: Draft, spec: string): Promise<Result<null>> {
  for (const { path, from, action, line } of files) {
    if (action !== 'move' || from === undefined) continue;
    const [source, target] = [tidyPath(from), tidyPath(path)];
    const content = await draft.read(source);
    const there = await draft.read(target);
    const refuse = (why: string, next: string): Result<null> =>
      fail({ code: 'CE_IMPLEMENT_FAILED', message: `${source} was not moved to ${target}: ${why}`, place: { file: spec, line }, next });
    if (content === null && there === null) return refuse('neither is there', 'Correct the path in the spec.');
    if (content === null) continue;
    if (there !== null && there !== content) return refuse('the target exists with another content', `git diff --no-index -- ${source} ${target}`);
    if (content.includes('\ufffd') || content.includes('\0')) return refuse('it is no UTF-8 text', `git mv -- ${source} ${target}`);
    await draft.write(target, content);
    await draft.remove(source);
  }
  return ok(null);
}

export async function removeFiles(files: readonly FileChange[], draft: Draft): Promise<void> {
  for (const { path, action } of files) if (action === 'delete') await draft.remove(tidyPath(path));
}
