/** The texts of one turn of the heal loop: each file is read once, so that healers, guard and writer see the same bytes. */

export interface Texts {
  bytes(file: string): Promise<Uint8Array | null>;
  /** Null when the file is missing or is not UTF-8: an edit by character offset would damage it. */
  text(file: string): Promise<string | null>;
  /** Line `line` (from 1) without its end; null when there is none. */
  line(file: string, line: number): Promise<string | null>;
  /** The text of a file that was read before; empty when it was not. */
  known(file: string): string;
}

export function createTexts(source: { readFile(path: string): Promise<Uint8Array | null> }): Texts {
  const read = new Map<string, Promise<Uint8Array | null>>();
  const decoded = new Map<string, string | null>();
  const bytes = (file: string): Promise<Uint8Array | null> => {
    const pending = read.get(file) ?? source.readFile(file);
    read.set(file, pending);
    return pending;
  };
  const text = async (file: string): Promise<string | null> => {
    const content = await bytes(file);
    if (!decoded.has(file)) decoded.set(file, content === null ? null : decode(content));
    return decoded.get(file) ?? null;
  };
  return {
    bytes,
    text,
    line: async (file, line) => (await text(file))?.split(/\r?\n/)[line - 1] ?? null,
    known: (file) => decoded.get(file) ?? '',
  };
}

/** A byte order mark stays in the text, so that encoding gives the same bytes. */
function decode(content: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}
