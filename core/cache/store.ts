/**
 * The content-addressed store: blobs by their sha256, and action entries that say what came of a key. An entry is written after its
 * blobs and has a checksum of its own. Everything is verified when it is read; what does not match is dropped, told, and a miss.
 */
import { hash } from 'node:crypto';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../model.ts';
import type { CacheLayout } from './layout.ts';
import { damaged, drop } from './table-file.ts';
import { errorCode, isNowhere, type CacheWriter, type Warn } from './write-file.ts';

export type ActionKind = 'check' | 'implement';

/** What is kept under a key. */
export interface Action {
  readonly kind: ActionKind;
  /** sha256 (hex) of the blobs that the value speaks of. */
  readonly blobs: readonly string[];
  readonly value: Json;
}

export interface Store {
  /** Absolute path of a blob, whether it is there or not. Whoever reads it by path reads it unverified. */
  blobPath(digest: string): string;
  /** Null when it is not there or does not match its name. */
  readBlob(digest: string): Buffer | null;
  /** The blob's sha256 (hex); null when it could not be written. */
  writeBlob(content: Uint8Array): Promise<string | null>;
  /** Null when there is none, or it is damaged. Reading one makes it recently used. */
  readAction(kind: ActionKind, key: string): Action | null;
  /** False when it could not be written. The blobs must be in the store already. */
  writeAction(key: string, action: Action): Promise<boolean>;
  dropAction(key: string): void;
}

const VERSION = 1;
const DIGEST = /^[0-9a-f]{64}$/;

export function openStore(layout: CacheLayout, writer: CacheWriter, warn: Warn): Store {
  const blobPath = (digest: string): string => join(layout.blobs, digest.slice(0, 2), digest);
  const actionPath = (key: string): string => join(layout.actions, key.slice(0, 2), key);
  const reject = (path: string, why: string): null => {
    drop(path);
    warn(damaged(path, why));
    return null;
  };
  const read = (path: string): Buffer | null => {
    try {
      return readFileSync(path);
    } catch (thrown) {
      if (!isNowhere(thrown)) warn(damaged(path, `it can't be read (${errorCode(thrown)})`));
      return null;
    }
  };
  return {
    blobPath,
    readBlob(digest) {
      if (!DIGEST.test(digest)) return null;
      const content = read(blobPath(digest));
      return content === null || hash('sha256', content) === digest ? content : reject(blobPath(digest), 'its content does not match its name');
    },
    async writeBlob(content) {
      const digest = hash('sha256', content);
      const path = blobPath(digest);
      if (isSame(path, content)) return digest;
      return (await writer.durable('blob', path, content)) ? digest : null;
    },
    readAction(kind, key) {
      if (!DIGEST.test(key)) return null;
      const path = actionPath(key);
      const file = read(path);
      if (file === null) return null;
      const text = file.toString();
      const body = text.slice(65);
      if (text.slice(0, 65) !== `${hash('sha256', body)}\n`) return reject(path, 'its content does not match its checksum');

      const action = parseAction(body, kind, key);
      if (action === null) return reject(path, 'it is an entry of another key');
      renew(path);
      return action;
    },
    async writeAction(key, action) {
      const body = JSON.stringify({ v: VERSION, key, kind: action.kind, blobs: action.blobs, value: action.value });
      return writer.durable('action', actionPath(key), `${hash('sha256', body)}\n${body}`);
    },
    dropAction: (key) => drop(actionPath(key)),
  };
}

function parseAction(body: string, kind: ActionKind, key: string): Action | null {
  const entry: unknown = JSON.parse(body);
  if (typeof entry !== 'object' || entry === null || !('v' in entry) || !('key' in entry) || !('kind' in entry) || !('blobs' in entry) || !('value' in entry))
    return null;
  if (entry.v !== VERSION || entry.key !== key || entry.kind !== kind || !Array.isArray(entry.blobs)) return null;
  return { kind, blobs: entry.blobs.map(String), value: entry.value as Json };
}

/** A blob that is there already is renewed, so that a collection under way keeps it; a damaged one is written again. */
function isSame(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content) && renew(path);
  } catch {
    return false;
  }
}

function renew(path: string): boolean {
  const now = new Date();
  try {
    utimesSync(path, now, now);
    return true;
  } catch (thrown) {
    // A read-only cache is still read. A file that went away is not there.
    return errorCode(thrown) !== 'ENOENT';
  }
}
