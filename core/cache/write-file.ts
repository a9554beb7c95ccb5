/**
 * How the cache writes a file: whole or not at all. Blobs and actions reach the disk before they get their name; tables that
 * can be made again do not wait for it, since their checksum finds a loss. A failure is reported once a process, and never fails a run.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crashPoint } from '../crash.ts';
import type { Failure } from '../errors.ts';
import type { CacheLayout } from './layout.ts';
import { makeCacheFolder } from './origin.ts';

/** Gets each trouble of the cache as a warning: `CE_CACHE_WRITE`, `CE_CACHE_CORRUPT`, `CE_TASK_INPUT_CHANGED`. */
export type Warn = (failure: Failure) => void;

export interface CacheWriter {
  /** Durable: resolves true when the file is in place. */
  durable(kind: 'blob' | 'action', path: string, content: string | Uint8Array): Promise<boolean>;
  /** Atomic, not synced: for what can be made again. */
  derived(kind: 'index' | 'results' | 'history' | 'tools', path: string, content: string | Uint8Array): boolean;
}

export function createWriter(layout: CacheLayout, warn: Warn): CacheWriter {
  let warned = false;
  const report = (path: string, thrown: unknown): false => {
    if (!warned) warn(writeFailure(path, thrown));
    warned = true;
    return false;
  };
  /** Opens a file of its own under `tmp/`; the sub-folder is made when it is missed. */
  const begin = (content: string | Uint8Array): { readonly fd: number; readonly temporary: string } => {
    const temporary = join(layout.pending, `${process.pid}-${randomBytes(6).toString('hex')}`);
    const fd = openIn(layout.directory, temporary);
    try {
      writeFileSync(fd, content);
    } catch (thrown) {
      closeSync(fd);
      rmSync(temporary, { force: true });
      throw thrown;
    }
    return { fd, temporary };
  };
  return {
    async durable(kind, path, content) {
      if (layout.access === 'closed') return false;
      try {
        const { fd, temporary } = begin(content);
        try {
          crashPoint(`cache.${kind}.sync.before`);
          await sync(fd);
          crashPoint(`cache.${kind}.rename.before`);
          renameInto(temporary, path);
          crashPoint(`cache.${kind}.rename.after`);
        } catch (thrown) {
          rmSync(temporary, { force: true });
          throw thrown;
        } finally {
          closeSync(fd);
        }
        return true;
      } catch (thrown) {
        return report(path, thrown);
      }
    },
    derived(kind, path, content) {
      if (layout.access === 'closed') return false;
      try {
        const { fd, temporary } = begin(content);
        closeSync(fd);
        try {
          crashPoint(`cache.${kind}.rename.before`);
          renameInto(temporary, path);
          crashPoint(`cache.${kind}.rename.after`);
        } catch (thrown) {
          rmSync(temporary, { force: true });
          throw thrown;
        }
        return true;
      } catch (thrown) {
        return report(path, thrown);
      }
    },
  };
}

function openIn(directory: string, path: string): number {
  try {
    return openSync(path, 'wx', 0o644);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    makeCacheFolder(directory);
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'wx', 0o644);
  }
}

function renameInto(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
}

function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

function isMissing(thrown: unknown): boolean {
  return errorCode(thrown) === 'ENOENT';
}

/** There is no such file, nor a folder that it could be in. */
export function isNowhere(thrown: unknown): boolean {
  return isMissing(thrown) || errorCode(thrown) === 'ENOTDIR';
}

/** The system's name of an error (`ENOENT`), or the empty string. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function writeFailure(path: string, thrown: unknown): Failure {
  const code = errorCode(thrown);
  return {
    code: 'CE_CACHE_WRITE',
    message: `the cache could not be written (${code || String(thrown)}); results of this run are not cached`,
    place: { file: path },
    why:
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'the disk is full'
        : code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
          ? 'the folder is read-only'
          : String(thrown),
    next: code === 'ENOSPC' || code === 'EDQUOT' ? 'Free some space, or run `ce cache gc`.' : `Check who may write to ${dirname(path)}.`,
  };
}
