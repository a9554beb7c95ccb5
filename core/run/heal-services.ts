/** The tree as the heal loop may touch it: below the root, file by file, each replaced as one step. */
import { readFile } from 'node:fs/promises';
import { fail, ok } from '../errors.ts';
import type { EventBus } from '../events.ts';
import type { HealServices } from '../exec/heal.ts';
import { safePath } from '../exec/safe-path.ts';
import { replaceFile } from '../exec/write.ts';

export function healServices(root: string, bus: EventBus): HealServices {
  return {
    async readFile(path) {
      const place = safePath(root, path);
      return place.ok ? readFile(place.value).catch(() => null) : null;
    },
    async writeFile(path, content) {
      const place = safePath(root, path);
      if (!place.ok) return place;
      try {
        replaceFile(place.value, content);
        return ok(undefined);
      } catch (thrown) {
        return fail({
          code: 'CE_IMPLEMENT_FAILED',
          message: `${path} could not be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
          place: { file: path },
        });
      }
    },
    emit: (body) => bus.emit(body),
  };
}
