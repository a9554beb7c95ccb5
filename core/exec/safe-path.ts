/** Where a spec or an implementer may write: below the root, through no link that leads out, and never into git's or ce's own folders. */
import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';

const RESERVED = /^(\.git|git~\d+|\.ce)$/i;
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** The absolute path, or why it is refused (CE_SPEC_PATH). `path` is from the root, with forward slashes. */
export function safePath(root: string, path: string): Result<string> {
  const refuse = (why: string): Result<string> =>
    fail({ code: 'CE_SPEC_PATH', message: `"${path}" may not be written`, why, next: 'Give a path inside the repository, from its root.' });
  if (path === '' || path.includes('\0')) return refuse('it is empty or holds a NUL');
  if (/^([a-zA-Z]:|[\\/])/.test(path) || path.startsWith('~')) return refuse('it is not relative to the repository');
  const parts = path.split(/[\\/]/);
  if (parts.includes('..')) return refuse('it leaves the repository');
  if (parts.some(isReserved)) return refuse('the folder belongs to git or to ce');
  const absolute = join(root, ...parts);
  for (let folder = dirname(absolute); folder.length > root.length; folder = dirname(folder))
    if (kindOf(folder) === 'file') return refuse(`${relative(root, folder)} is a file, not a folder`);
  let existing = dirname(absolute);
  while (existing.length > root.length && lstatSync(existing, { throwIfNoEntry: false }) === undefined) existing = dirname(existing);
  // The native call is one system call; the other stats every folder on the way.
  const realRoot = realpathSync.native(root);
  const real = existing === root ? realRoot : realpathSync.native(existing);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) return refuse('a link on the way leads out of the repository');
  if (relative(realRoot, real).split(sep).some(isReserved)) return refuse('a link on the way leads to a folder of git or of ce');
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() === true) return refuse('it is a link');
  return ok(absolute);
}

function kindOf(path: string): 'file' | 'other' | 'absent' {
  try {
    return lstatSync(path).isFile() ? 'file' : 'other';
  } catch {
    return 'absent';
  }
}

function isReserved(part: string): boolean {
  return RESERVED.test(
    part
      .normalize('NFKC')
      .replace(INVISIBLE, '')
      .replace(/[. ]+$/, ''),
  );
}
