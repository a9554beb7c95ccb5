/** Where the cache keeps what, under `.ce/cache`. Everything but the index, results and history is shared by all checkouts of a repository. */
import { hash } from 'node:crypto';
import { join } from 'node:path';

export interface CacheLayout {
  /** `.ce/cache` of the main checkout. */
  readonly directory: string;
  /** Closed: it must not be believed, and is neither read nor written. */
  readonly access: 'open' | 'closed';
  /** Content-addressed blobs: `cas/ab/abcdef…`. */
  readonly blobs: string;
  /** Action entries: `ac/ab/abcdef…`. */
  readonly actions: string;
  /** Files under way; a finished one is renamed to its place. */
  readonly pending: string;
  /** What is known of the files of one checkout. */
  readonly index: string;
  /** Results that one checkout asked for lately, in one file. */
  readonly results: string;
  /** What each check of one checkout last ran on, to explain a miss. */
  readonly history: string;
  /** Versions of tools. */
  readonly tools: string;
}

/** `root` is the absolute path of the checkout, `ceDir` that of the main checkout's `.ce`. */
export function cacheLayout(ceDir: string, root: string): CacheLayout {
  const directory = join(ceDir, 'cache');
  const checkout = hash('sha256', root).slice(0, 16);
  return {
    directory,
    access: 'open',
    blobs: join(directory, 'cas'),
    actions: join(directory, 'ac'),
    pending: join(directory, 'tmp'),
    index: join(directory, `index-${checkout}`),
    results: join(directory, `results-${checkout}`),
    history: join(directory, `history-${checkout}`),
    tools: join(directory, 'tools'),
  };
}
