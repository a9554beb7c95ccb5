/** The few file operations of this room, so that a test can stand in for a disk that fails, and files that are whole or not there. */
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Failure, type Result } from '../errors.ts';

/** The calls of `node:fs` that a journal makes. */
export interface Disk {
  open(file: string, flags: 'a' | 'ax' | 'r' | 'r+'): number;
  read(file: string): Buffer;
  /** Returns the number of bytes written, which may be fewer. */
  write(fd: number, bytes: Buffer): number;
  truncate(fd: number, size: number): void;
  dataSync(fd: number): void;
  sync(fd: number): void;
  close(fd: number): void;
}

export const disk: Disk = {
  open: (file, flags) => openSync(file, flags, 0o644),
  read: (file) => readFileSync(file),
  write: (fd, bytes) => writeSync(fd, bytes),
  truncate: (fd, size) => ftruncateSync(fd, size),
  dataSync(fd) {
    // A command that cleans the checkout may take the file away under its writer: then the disk keeps nothing.
    if (fstatSync(fd).nlink === 0) throw Object.assign(new Error('the file was removed while the run went on'), { code: 'ENOENT' });
    crashPoint('state.journal.append.sync.before');
    fdatasyncSync(fd);
    crashPoint('state.journal.append.sync.after');
  },
  sync(fd) {
    crashPoint('state.file.sync');
    fsyncSync(fd);
  },
  close: (fd) => closeSync(fd),
};

/** Makes the entries of a folder durable. Windows has no such call and needs none. */
export function syncFolder(on: Disk, folder: string): void {
  if (process.platform === 'win32') return;
  const fd = on.open(folder, 'r');
  try {
    on.sync(fd);
  } finally {
    on.close(fd);
  }
}

/** Replaces a file by a whole new one; a reader sees the old or the new. Errors: CE_STATE_WRITE. */
export function writeWhole(file: string, text: string, mode = 0o644): Result<null> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // A clone may bring a link of this name, and a link is never written through.
    rmSync(temporary, { force: true });
    const fd = openSync(temporary, 'wx', mode);
    try {
      const bytes = Buffer.from(text);
      if (writeSync(fd, bytes) !== bytes.length) throw Object.assign(new Error('the disk took only a part'), { code: 'ENOSPC' });
      crashPoint('state.file.sync');
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    crashPoint('state.file.rename.before');
    renameSync(temporary, file);
    crashPoint('state.file.rename.after');
    syncFolder(disk, dirname(file));
    return ok(null);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    return fail(writeFailure(file, thrown));
  }
}

export function writeFailure(file: string, thrown: unknown): Failure {
  const code = codeOf(thrown);
  const next =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'Free some space, then run the same command again: it goes on where it stopped.'
      : `Make ${dirname(file)} writable, then run the same command again.`;
  return {
    code: 'CE_STATE_WRITE',
    message: 'a file under .ce could not be written',
    place: { file },
    why: thrown instanceof Error ? thrown.message : String(thrown),
    next,
  };
}

export function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null;
}
