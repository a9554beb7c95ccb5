/** Applies whole-file writes to the tree: each file by rename, so that a reader sees the old text or the new one. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileWrite } from '../contracts.ts';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import { safePath } from './safe-path.ts';

/** All paths are checked before the first is written. Returns the paths whose content changed. */
export function applyWrites(root: string, writes: readonly FileWrite[]): Result<readonly string[]> {
  const places: { readonly write: FileWrite; readonly file: string }[] = [];
  for (const write of writes) {
    const place = safePath(root, write.path);
    if (!place.ok) return place;
    if (lstatSync(place.value, { throwIfNoEntry: false })?.isDirectory() === true)
      return fail({ code: 'CE_SPEC_PATH', message: `"${write.path}" is a folder`, next: 'Name a file.' });
    places.push({ write, file: place.value });
  }
  const changed: string[] = [];
  for (const { write, file } of places) {
    if (applyOne(write, file)) changed.push(write.path);
  }
  return ok(changed);
}

function applyOne(write: FileWrite, file: string): boolean {
  if (write.content === null) {
    if (!existsSync(file)) return false;
    rmSync(file);
    return true;
  }
  const content = Buffer.from(write.content);
  const before = statSync(file, { throwIfNoEntry: false });
  const isExecutable = before !== undefined && (before.mode & 0o111) !== 0;
  const executable = write.executable ?? isExecutable;
  if (before !== undefined && executable === isExecutable && readFileSync(file).equals(content)) return false;
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, content);
  if (executable !== isExecutable) chmodSync(file, executable ? (statSync(file).mode & 0o777) | 0o111 : statSync(file).mode & 0o666);
  return true;
}

/** Replaces a file as one step and keeps its mode. Throws what the file system throws. */
export function replaceFile(file: string, content: Uint8Array): void {
  const before = statSync(file, { throwIfNoEntry: false });
  const temporary = join(dirname(file), `.${basename(file)}.ce-${process.pid}.tmp`);
  try {
    // A clone may bring a link of this name, and a link is never written through.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, content, { mode: before === undefined ? 0o644 : before.mode & 0o777, flag: 'wx' });
    crashPoint('exec.write.rename.before');
    renameSync(temporary, file);
    crashPoint('exec.write.rename.after');
  } finally {
    rmSync(temporary, { force: true });
  }
}
