/** The PRP that a word names: a file of this repository, or an id whose file is gone while its checkpoints are still in git. */
import { fail, ok, type Result } from '../errors.ts';
import { normaliseId } from '../spec/ids.ts';
import { parseTarget } from '../spec/target.ts';
import type { CheckpointName } from './restore.ts';
import type { Workspace } from './workspace.ts';

/** Errors: CE_SPEC_AMBIGUOUS, and CE_SPEC_NOT_FOUND for a word that can be no id. */
export async function prpIdOf(workspace: Workspace, word: string): Promise<Result<string>> {
  const found = await workspace.specs.find(word);
  if (found.ok) return ok(found.value.id);
  const id = /\.md$/i.test(word) ? null : normaliseId(word);
  return found.failure.code === 'CE_SPEC_NOT_FOUND' && id !== null ? ok(id) : fail(found.failure);
}

/** `PRP-6 phase2`, `PRP-6 2`, `PRP-6:phase2` and `PRP-6` as a checkpoint. Errors: those of `prpIdOf`, and CE_USAGE_BAD_TARGET. */
export async function checkpointNameOf(workspace: Workspace, words: readonly string[]): Promise<Result<CheckpointName>> {
  const [first = '', ...rest] = words;
  const colon = /\.md$/i.test(first) ? -1 : first.indexOf(':');
  const parts = colon < 0 ? rest : [first.slice(colon + 1), ...rest];
  const [phase, more] = parts;
  if (more !== undefined) return fail({ code: 'CE_USAGE_BAD_TARGET', message: `"${words.join(' ')}" names more than a PRP and a phase`, next: 'ce prp list' });
  const prp = await prpIdOf(workspace, colon < 0 ? first : first.slice(0, colon));
  if (!prp.ok) return prp;
  if (phase === undefined) return ok({ prp: prp.value, phase: null });
  const target = parseTarget(`${prp.value}:${phase}`);
  if (!target.ok) return target;
  if (target.value.level !== null)
    return fail({ code: 'CE_USAGE_BAD_TARGET', message: `"${phase}" names a gate; a checkpoint is of a whole phase`, next: `ce prp list ${prp.value}` });
  return ok({ prp: prp.value, phase: target.value.phase });
}
