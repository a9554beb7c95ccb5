/**
 * Small derived facts as JSON: parsed specs, resolved config, detection, ancestry of commits. Every entry can be made again,
 * so a damaged or missing file is a miss and a failed write is dropped. The checksum covers the folder's own identity: an entry that
 * came with a clone, an archive or a copy would put words into the mouth of a spec or a config that a person reads otherwise.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../crash.ts';
import { markOf } from './origin.ts';

export interface Memo {
  /** The JSON text kept under this key, or null. */
  get(key: string): string | null;
  set(key: string, json: string): void;
}

const checksum = (mark: string, text: string): string => createHash('sha256').update(`${mark}\0${text}`).digest('hex').slice(0, 32);

/** `directory` is `.ce/cache/memo`; it is made at the first write. */
export function openMemo(directory: string): Memo {
  const fileOf = (key: string): string => join(directory, `${key.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 120)}.json`);
  let mark: string | null = null;
  return {
    get(key) {
      mark ??= markOf(directory);
      if (mark === null) return null;
      try {
        const text = readFileSync(fileOf(key), 'utf8');
        const body = text.slice(33);
        return text.slice(0, 32) === checksum(mark, body) ? body : null;
      } catch {
        return null;
      }
    },
    set(key, json) {
      const file = fileOf(key);
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        mkdirSync(directory, { recursive: true });
        mark = markOf(directory);
        if (mark === null) return;
        writeFileSync(temporary, `${checksum(mark, json)}\n${json}`, { flag: 'wx' });
        crashPoint('cache.memo.rename.before');
        renameSync(temporary, file);
      } catch {
        rmSync(temporary, { force: true });
      }
    },
  };
}
