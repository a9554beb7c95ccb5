/** The file form of the cache's tables: sections of bytes, eight-aligned, under one checksum. A file that is not whole reads as null. */
import { hash } from 'node:crypto';

const HEAD = 16;
const SUM = 32;
/** Written in the machine's own byte order, so that a file of another order is not taken for one of this. */
const ORDER = 0x01020304;

/** `kind` names the table and its version in at most eight ASCII characters: `ce-idx01`. */
export function encodeSections(kind: string, sections: readonly Uint8Array[]): Buffer {
  const table = align(HEAD + sections.length * 4);
  const size = sections.reduce((sum, section) => sum + align(section.byteLength), table);
  const file = Buffer.alloc(size + SUM);
  file.write(kind, 0, 8, 'latin1');
  const head = new Uint32Array(file.buffer, file.byteOffset, table / 4);
  head[2] = ORDER;
  head[3] = sections.length;
  let at = table;
  sections.forEach((section, i) => {
    head[4 + i] = section.byteLength;
    file.set(section, at);
    at += align(section.byteLength);
  });
  file.set(hash('sha256', file.subarray(0, size), 'buffer'), size);
  return file;
}

/** Null when the file is of another kind, cut short or changed. The sections are views into `file`, each eight-aligned. */
export function decodeSections(kind: string, file: Buffer): readonly Buffer[] | null {
  if (file.byteOffset % 8 !== 0) return decodeSections(kind, copyAligned(file));
  const size = file.byteLength - SUM;
  if (size < HEAD || size % 8 !== 0 || file.toString('latin1', 0, 8) !== kind.padEnd(8, '\0')) return null;
  if (!file.subarray(size).equals(hash('sha256', file.subarray(0, size), 'buffer'))) return null;
  const head = new Uint32Array(file.buffer, file.byteOffset, size / 4);
  if (head[2] !== ORDER) return null;
  const count = head[3] ?? 0;
  const sections: Buffer[] = [];
  let at = align(HEAD + count * 4);
  for (let i = 0; i < count; i++) {
    const length = head[4 + i] ?? 0;
    sections.push(file.subarray(at, at + length));
    at += align(length);
  }
  return at === size ? sections : null;
}

/** Bytes of a typed array, without a copy. */
export function bytesOf(array: Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** The view of a section as doubles. */
export function doubles(section: Buffer): Float64Array {
  return new Float64Array(section.buffer, section.byteOffset, section.byteLength / 8);
}

/** The view of a section as 32-bit integers. */
export function integers(section: Buffer): Int32Array {
  return new Int32Array(section.buffer, section.byteOffset, section.byteLength / 4);
}

/** Strings in one section. None may hold NUL, which no path and no JSON text does. */
export function encodeStrings(strings: readonly string[]): Buffer {
  return Buffer.from(strings.map((text) => `${text}\0`).join(''));
}

/** The inverse of `encodeStrings`. */
export function decodeStrings(section: Buffer): string[] {
  const strings = section.toString().split('\0');
  strings.pop();
  return strings;
}

function align(length: number): number {
  return (length + 7) & ~7;
}

function copyAligned(file: Buffer): Buffer {
  const copy = Buffer.from(new ArrayBuffer(file.byteLength));
  file.copy(copy);
  return copy;
}
