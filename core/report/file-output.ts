/** Reports that are files: written whole at the end of the run, so that a reader never sees half of one. */
import { appendFileSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { ReadSource, Reporter } from './reporter.ts';
import type { RunView } from './view.ts';

/** `make` is called once, when the run has ended. A failure is thrown: the bus then says that this output stopped. */
export function createFileReporter(name: string, file: string, make: (view: RunView) => string): Reporter {
  return {
    name,
    onEvent(event, view) {
      if (event.type === 'run.end') writeWhole(file, make(view));
    },
  };
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    // A clone may bring a link of this name, and a link is never written through.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

const SUMMARY_LIMIT = 1_000_000;

/** The job summary of GitHub Actions is one file that every step appends to; the service drops a step's text above 1 MiB. */
export function createSummaryReporter(file: string, make: (view: RunView) => string): Reporter {
  return {
    name: 'github summary',
    onEvent(event, view) {
      if (event.type !== 'run.end') return;
      const text = make(view);
      appendFileSync(file, text.length > SUMMARY_LIMIT ? `${text.slice(0, SUMMARY_LIMIT)}\n\n(cut)\n` : `${text}\n`);
    },
  };
}

const LARGEST_SOURCE = 1_048_576;

/** Reads files of the tree for code frames; whatever is outside `root`, also through a link, is not read. */
export function sourceReader(root: string): ReadSource {
  return (path) => {
    try {
      const file = realpathSync(join(root, path));
      if (!file.startsWith(realpathSync(root) + sep)) return null;
      const { size } = statSync(file);
      return size > LARGEST_SOURCE ? null : readFileSync(file, 'utf8');
    } catch {
      return null;
    }
  };
}
