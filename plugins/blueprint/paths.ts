/** Is a path of a spec one that may be changed? Only the text is judged here; the engine looks at links when it writes. Pure. */
import type { Failure } from '../../core/api.ts';

/** Characters that some file systems drop when they compare names. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]|[\ufe00-\ufe0f]/g;
const CONTROL = /[\u0000-\u001f\u007f]/;
const RESERVED = /^(\.git|git~\d+|\.ce)$/;

/** `./a/b` and `a//b` are `a/b`. */
export function tidyPath(path: string): string {
  return path
    .trim()
    .replace(/\/{2,}/g, '/')
    .replace(/^(\.\/)+/, '');
}

/** Why the path is refused, in words; null when it is fine. */
function pathProblem(path: string): string | null {
  if (path === '' || path === '.') return 'it is empty';
  if (CONTROL.test(path)) return 'it holds a control character';
  if (/^([A-Za-z]:|[\\/~])/.test(path)) return 'it is not relative to the repository';
  if (path.includes('\\')) return 'it holds a backslash; write forward slashes';
  if (path.normalize('NFC') !== path) return 'it is not in Unicode normal form C';
  for (const part of path.split('/')) {
    const name = part
      .normalize('NFKC')
      .replace(INVISIBLE, '')
      .toLowerCase()
      .replace(/:.*$/, '')
      .replace(/[. ]+$/, '');
    if (part === '..') return 'it leaves the repository';
    if (RESERVED.test(name)) return "it lies in git's or ce's own folder";
  }
  return null;
}

/** `line` is that of the spec file `spec`. */
export function checkPath(path: string, spec: string, line: number): Failure | null {
  const problem = pathProblem(path);
  if (problem === null) return null;
  return {
    code: 'CE_SPEC_PATH',
    message: `${JSON.stringify(path)} may not be changed: ${problem}`,
    place: { file: spec, line },
    next: 'Give a path inside the repository, from its root.',
  };
}
