/** Makes `.ce`, ignored by git from the inside, and refuses one that is not safe to write to. */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fail, ok, type Result } from '../errors.ts';
import { writeFailure } from './files.ts';
import type { StatePaths } from './paths.ts';

/** Raised when a file's form changes so that an older ce would misread it. */
const VERSION = 1;
/** What ce writes in `.ce`; a clone may bring any of them as a link. */
const OWN = ['.gitignore', 'version', 'lock', 'runs', 'cache', 'cache/memo', 'tmp', 'history.json', 'active_prp_session', 'memories', 'orchestration'];

/** Errors: CE_STATE_UNSAFE for a link or someone else's folder, CE_STATE_VERSION for one of a newer ce, CE_STATE_WRITE. */
export function ensureStateDir(paths: StatePaths): Result<null> {
  const safe = checkStateDir(paths);
  if (!safe.ok) return safe;
  try {
    for (const folder of new Set([paths.ce, paths.ownCe])) {
      mkdirSync(folder, { recursive: true });
      writeNew(`${folder}/.gitignore`, '*\n');
    }
    mkdirSync(paths.runs, { recursive: true });
    writeNew(paths.version, `${VERSION}\n`);
    return ok(null);
  } catch (thrown) {
    return fail(writeFailure(paths.ce, thrown));
  }
}

/** The same checks, without writing: for commands that only read. */
export function checkStateDir(paths: StatePaths): Result<null> {
  for (const folder of new Set([paths.ce, paths.ownCe])) {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isSymbolicLink())
      return fail({
        code: 'CE_STATE_UNSAFE',
        message: '.ce is a symbolic link',
        place: { file: folder },
        why: 'What ce writes would land elsewhere.',
        next: `Look where it points, then remove the link: rm "${folder}"`,
      });
    if (!stat.isDirectory()) return fail({ code: 'CE_STATE_UNSAFE', message: '.ce is not a folder', place: { file: folder }, next: 'Move it away.' });
    const me = process.getuid?.();
    if (me !== undefined && stat.uid !== me)
      return fail({
        code: 'CE_STATE_UNSAFE',
        message: '.ce belongs to another user',
        place: { file: folder },
        why: `Its owner is uid ${stat.uid}, ce runs as uid ${me}.`,
        next: 'Use a clone of your own, or chown the folder.',
      });
    const link = OWN.map((name) => `${folder}/${name}`).find(isLink);
    if (link !== undefined)
      return fail({
        code: 'CE_STATE_UNSAFE',
        message: 'a file of .ce is a symbolic link',
        place: { file: link },
        why: 'What ce writes would land elsewhere.',
        next: `Look where it points, then remove the link: rm "${link}"`,
      });
  }
  if (!existsSync(paths.version)) return ok(null);
  const written = readFileSync(paths.version, 'utf8');
  const version = Number.parseInt(written, 10);
  if (written === '' || version <= VERSION) return ok(null);
  return fail({
    code: 'CE_STATE_VERSION',
    message: '.ce was written by a newer ce',
    place: { file: paths.version },
    why: `Its version is ${version}, this ce knows ${VERSION}.`,
    next: 'Update ce, or move .ce away: checkpoints are in git and are kept.',
  });
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Not there, or below a file that stands where a folder should: then it is no link either.
    return false;
  }
}

/** Also over a file that a full disk left empty. A link is never written through. */
function writeNew(file: string, text: string): void {
  if ((lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) writeFileSync(file, text);
}
