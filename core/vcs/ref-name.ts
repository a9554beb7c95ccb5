/** Names of refs and checkpoints: checked or built before git sees them, so that no text of a spec is ever an option or a path. */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../errors.ts';

const PART = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const LONGEST = 200;

function isPart(text: string): boolean {
  return PART.test(text) && !text.includes('..') && !text.endsWith('.') && !/\.lock$/i.test(text);
}

/** Whether a text may stand as a branch, tag or full ref name: parts of letters, digits, `.`, `_` and `-`, none of which starts with `-` or `.`. */
export function isRefName(name: string): boolean {
  return name.length <= LONGEST && name.split('/').every(isPart);
}

/** A branch name that a person or a spec gave. */
export function branchName(name: string): Result<string> {
  if (isRefName(name) && name !== 'HEAD') return ok(name);
  return fail({
    code: 'CE_GIT_BAD_REF',
    message: `"${name.slice(0, 80)}" is not a valid branch name`,
    why: 'Parts of letters, digits, `.`, `_` and `-`, joined by `/`; none starts with `-` or `.`, ends in `.lock` or holds `..`.',
    next: 'Choose another name.',
  });
}

/** A PRP or phase id as one part of a ref: itself where that is allowed, else a readable rest and a hash of the whole. Ids that differ stay different. */
export function refPart(id: string): string {
  if (id.length <= 80 && isPart(id) && id !== 'safety') return id;
  const rest = id
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60);
  return `${rest === '' ? 'x' : rest}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

/** `refs/ce/<prp>/<phase>`. */
export function checkpointRef(prp: string, phase: string): string {
  return `refs/ce/${refPart(prp)}/${refPart(phase)}`;
}

/** `20261120-093000`, in UTC. */
export function timestamp(now: Date): string {
  return now
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:]/g, '')
    .replace('T', '-');
}

/** `checkpoint-PRP-5-phase2-20261120-093000`, without the suffix of a collision. */
export function checkpointTag(prp: string, phase: string, now: Date): string {
  return `checkpoint-${refPart(prp)}-${refPart(phase)}-${timestamp(now)}`;
}
