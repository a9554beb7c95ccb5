/** Writes the fixes of one turn of the heal loop, and takes them back. Nobody's own work is ever overwritten. */
import type { Result } from '../errors.ts';
import type { Body, HealRecord } from '../events.ts';
import type { Fix } from '../model.ts';
import { unifiedDiff } from './diff.ts';
import { applyEdits } from './edits.ts';
import type { Texts } from './heal-texts.ts';

/** Paths are from the repository root. */
export interface Tree {
  /** Null when the file does not exist or may not be read. */
  readFile(path: string): Promise<Uint8Array | null>;
  /** Replaces the file as one step. */
  writeFile(path: string, content: Uint8Array): Promise<Result<void>>;
}

type Services = Tree & { emit(body: Body): void };

export interface Written {
  readonly file: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Fixes that are in the tree and were not accepted yet. */
export interface Turn {
  readonly fixes: readonly Fix[];
  readonly texts: Texts;
  readonly written: readonly Written[];
}

/** Writes every file that the fixes edit, or none: what was written before a failure goes back. Null when nothing was written. */
export async function writeFixes(fixes: readonly Fix[], texts: Texts, services: Services): Promise<readonly Written[] | null> {
  const edits = fixes.flatMap((fix) => fix.edits);
  const written: Written[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const before = await texts.bytes(file);
    const text = await texts.text(file);
    const now = await services.readFile(file);
    // Someone saved the file while healers were thinking: their offsets no longer mean anything.
    if (before === null || text === null || now === null || !equal(before, now)) return abandon(written, services);
    const after = new TextEncoder().encode(
      applyEdits(
        text,
        edits.filter((edit) => edit.file === file),
      ),
    );
    const result = await services.writeFile(file, after);
    if (!result.ok) {
      services.emit({ type: 'log', level: 'warning', failure: result.failure, message: result.failure.message });
      return abandon(written, services);
    }
    written.push({ file, before, after });
  }
  return written;
}

async function abandon(written: readonly Written[], services: Services): Promise<null> {
  await putBack(written, services);
  return null;
}

/** Puts files back byte for byte, the last turn first; `kept` when one could not be, because somebody else saved it meanwhile. */
export function revertFixes(turns: readonly Turn[], services: Services): Promise<'reverted' | 'kept'> {
  return putBack(
    turns.flatMap((turn) => turn.written),
    services,
  );
}

async function putBack(written: readonly Written[], services: Services): Promise<'reverted' | 'kept'> {
  let all = true;
  for (const { file, before, after } of [...written].reverse()) {
    const now = await services.readFile(file);
    const result = now !== null && equal(now, after) ? await services.writeFile(file, before) : null;
    if (result?.ok === true) continue;
    all = false;
    const why = result === null ? 'the file changed while the fix was being judged' : result.failure.message;
    const failure = {
      code: 'CE_HEAL_NO_PROGRESS' as const,
      message: `a fix of ${file} could not be taken back: ${why}`,
      place: { file },
      next: `git diff -- ${file}`,
    };
    services.emit({ type: 'log', level: 'warning', failure, message: failure.message });
  }
  return all ? 'reverted' : 'kept';
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** What is told of a turn: each fix by itself, file by file. */
export function recordsOf({ fixes, texts }: Turn, end: 'kept' | 'reverted'): readonly HealRecord[] {
  return fixes.flatMap((fix) =>
    [...new Set(fix.edits.map((edit) => edit.file))].map((file) => {
      const before = texts.known(file);
      const diff = unifiedDiff(
        file,
        before,
        applyEdits(
          before,
          fix.edits.filter((edit) => edit.file === file),
        ),
      );
      return { healer: fix.healer ?? 'unnamed', title: fix.title, file, applied: true, reverted: end === 'reverted', diff };
    }),
  );
}
