/**
 * Patches of phases that were implemented before, so that the same phase on the same commit costs nothing. Keyed by what the
 * implementer was given, never by what it made. Content is text: a patch with anything else is not kept.
 */
import { hash } from 'node:crypto';
import type { Json } from '../model.ts';
import { canonicalJson } from './fingerprint.ts';
import { claimLayout } from './origin.ts';
import { openStore } from './store.ts';
import { damaged } from './table-file.ts';
import { createWriter, type Warn } from './write-file.ts';

const SCHEMA = 1;

/** What an implementation depends on. */
export interface ImplementInputs {
  /** `Phase.spec`. */
  readonly spec: string;
  readonly implementer: { readonly name: string; readonly version: string; readonly options: Json };
  /** Object id of the tree of the commit that the phase starts from. */
  readonly tree: string;
}

/** A whole file as the phase leaves it; null when the phase deletes it. */
export interface PatchFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly content: string | null;
  readonly executable: boolean;
}

export type Patch = readonly PatchFile[];

export interface ImplementCache {
  /** Null unless every file of the patch is there and whole. */
  get(key: string): Patch | null;
  /** False when it was not kept: not text, an unsafe path, or the cache cannot be written. */
  put(key: string, patch: Patch): Promise<boolean>;
}

/** sha256, hex. */
export function implementKey(inputs: ImplementInputs): string {
  const { spec, implementer, tree } = inputs;
  const { name, version, options } = implementer;
  return hash('sha256', canonicalJson({ v: SCHEMA, spec, implementer: { name, version, options }, tree }));
}

/** `ceDir` is the absolute path of the main checkout's `.ce`. */
export function openImplementCache(ceDir: string, warn: Warn): ImplementCache {
  const layout = claimLayout(ceDir, '', warn);
  const store = openStore(layout, createWriter(layout, warn), warn);
  return {
    get(key) {
      const action = store.readAction('implement', key);
      if (action === null) return null;
      const entries = parseEntries(action.value);
      if (entries === null) {
        store.dropAction(key);
        warn(damaged(key, 'its list of files is not one that ce writes'));
        return null;
      }
      const patch: PatchFile[] = [];
      for (const { path, blob, executable } of entries) {
        const content = blob === null ? null : store.readBlob(blob);
        if (blob !== null && content === null) return null;
        patch.push({ path, content: content?.toString() ?? null, executable });
      }
      return patch;
    },
    async put(key, patch) {
      const entries: Entry[] = [];
      for (const { path, content, executable } of patch) {
        if (!isSafePath(path) || content?.includes('\uFFFD') === true) return false;
        const blob = content === null ? null : await store.writeBlob(Buffer.from(content));
        if (content !== null && blob === null) return false;
        entries.push({ path, blob, executable });
      }
      const blobs = entries.flatMap(({ blob }) => blob ?? []);
      return store.writeAction(key, { kind: 'implement', blobs, value: entries.map(({ path, blob, executable }) => ({ path, blob, executable })) });
    },
  };
}

interface Entry {
  readonly path: string;
  readonly blob: string | null;
  readonly executable: boolean;
}

function parseEntries(value: Json): readonly Entry[] | null {
  if (!Array.isArray(value)) return null;
  const entries: Entry[] = [];
  for (const item of value as readonly Json[]) {
    if (typeof item !== 'object' || item === null || !('path' in item)) return null;
    const { path, blob, executable } = item as { readonly [key: string]: Json };
    if (typeof path !== 'string' || !isSafePath(path) || (blob !== null && typeof blob !== 'string') || typeof executable !== 'boolean') return null;
    entries.push({ path, blob, executable });
  }
  return entries;
}

/** A path that stays inside the tree and out of git's and ce's own folders, however the file system folds its letters. */
function isSafePath(path: string): boolean {
  if (path === '' || path.startsWith('/') || /[\\\0]|^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && !/^(?:\.git|\.ce|git~\d+)[ .]*$/i.test(name));
}
