/**
 * A disk in memory that loses power: what was not synced may be gone, in part or whole, and a new file whose folder was not synced may
 * not be there. `lies` makes its syncs do nothing, to show that the test would see it.
 */
import type { Disk } from '../../core/state/files.ts';

export interface FailingDisk extends Disk {
  /** What a restarted machine finds in the file; null when the file is not there. `draw` gives numbers in [0, 1). */
  afterPowerLoss(file: string, draw: () => number): Buffer | null;
  /** Called before each call that changes something: may throw, or say how many bytes a write takes. */
  fault: (call: 'write' | 'sync' | 'truncate', size: number) => number;
}

interface Kept {
  content: Buffer;
  synced: Buffer;
  named: boolean;
}

export function createPowerLossDisk(honesty: 'honest' | 'lies' = 'honest'): FailingDisk {
  const files = new Map<string, Kept>();
  const open = new Map<number, string>();
  let next = 3;
  const fileOf = (fd: number): Kept | null => files.get(open.get(fd) ?? '') ?? null;
  const missing = (file: string): Error => Object.assign(new Error(`ENOENT: ${file}`), { code: 'ENOENT' });
  const made: FailingDisk = {
    fault: (_call, size) => size,
    open(file, flags) {
      if (flags === 'ax' || (flags === 'a' && !files.has(file))) files.set(file, { content: Buffer.alloc(0), synced: Buffer.alloc(0), named: false });
      open.set(next, file);
      return next++;
    },
    read(file) {
      const kept = files.get(file);
      if (kept === undefined) throw missing(file);
      return kept.content;
    },
    write(fd, bytes) {
      const size = made.fault('write', bytes.length);
      const kept = fileOf(fd);
      if (kept !== null) kept.content = Buffer.concat([kept.content, bytes.subarray(0, size)]);
      return size;
    },
    truncate(fd, size) {
      made.fault('truncate', size);
      const kept = fileOf(fd);
      if (kept !== null) kept.content = kept.content.subarray(0, size);
    },
    dataSync: (fd) => made.sync(fd),
    sync(fd) {
      made.fault('sync', 0);
      if (honesty === 'lies') return;
      const kept = fileOf(fd);
      if (kept !== null) kept.synced = kept.content;
      // Not a file: a folder, whose entries are durable from now on.
      else for (const [file, entry] of files) if (file.startsWith(`${open.get(fd) ?? ''}/`)) entry.named = true;
    },
    close: (fd) => void open.delete(fd),
    afterPowerLoss(file, draw) {
      const kept = files.get(file);
      if (kept === undefined || (!kept.named && draw() < 0.5)) return null;
      const shared = kept.content.length >= kept.synced.length ? kept.synced.length : 0;
      const tail = kept.content.subarray(shared);
      const survived = Buffer.from(tail.subarray(0, Math.floor(draw() * (tail.length + 1))));
      // A block that never reached the disk reads as zeros.
      if (draw() < 0.3) survived.fill(0, Math.floor(draw() * survived.length));
      const after = Buffer.concat([kept.synced, survived]);
      kept.content = after;
      kept.synced = after;
      kept.named = true;
      return after;
    },
  };
  return made;
}
