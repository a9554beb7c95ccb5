/**
 * Versions of tools, asked for as rarely as is right: an answer is kept under the stats of the files that it came from. What only
 * asking tells is asked once a run. A script's version names its interpreter's too, since both have a part in a verdict.
 */
import { basename, join } from 'node:path';
import type { Check } from '../model.ts';
import { encodeSections } from './columns.ts';
import { claimLayout } from './origin.ts';
import { findProgram, traceProgram, type Trace } from './program.ts';
import { readTable } from './table-file.ts';
import { createWriter, type Warn } from './write-file.ts';

const KIND = 'ce-ver01';
const MAX_KEPT = 1_000;
/** A file changed so lately may change again within one tick of its file system's clock. */
const SETTLED_MS = 2_050;

export interface ToolPlace {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Absolute path of the main checkout's `.ce`. */
  readonly ceDir: string;
  /** PATH of the commands. */
  readonly path: string;
  /** Runs a program in a folder (absolute) and gives what it printed; null when it is not there or fails. */
  readonly ask: (argv: readonly string[], folder: string) => Promise<string | null>;
  readonly warn: Warn;
}

export interface ToolVersions {
  /** Null for a check that names no way to ask, or whose tool did not answer. */
  of(checks: readonly Check[]): Promise<ReadonlyMap<Check, string | null>>;
  /** Writes what was learnt. */
  flush(): void;
}

interface Kept {
  readonly signature: string;
  readonly version: string;
}

export function openToolVersions(place: ToolPlace): ToolVersions {
  const layout = claimLayout(place.ceDir, place.root, place.warn);
  const kept = new Map<string, Kept>(loadKept(layout.tools, place.warn));
  const asked = new Map<string, Promise<string | null>>();
  const found = new Map<string, string | null>();
  let changed = false;

  const find = (name: string, folder: string): string | null => {
    if (/[/\\]/.test(name)) return findProgram(name, place.path, folder);
    const known = found.get(name);
    if (known !== undefined) return known;
    const program = findProgram(name, place.path, folder);
    found.set(name, program);
    return program;
  };

  const ask = async (argv: readonly string[], folder: string, interpreter: string | null): Promise<string | null> => {
    const own = await place.ask(argv, folder);
    const below = own === null || interpreter === null ? null : await version([interpreter, '--version'], folder);
    if (own === null || interpreter === null) return own?.trim() ?? null;
    return below === null ? null : `${own.trim()} on ${named(basename(interpreter), below)}`;
  };

  const resolve = async (id: string, argv: readonly string[], folder: string, trace: Trace | null): Promise<string | null> => {
    const known = kept.get(id);
    if (trace !== null && known?.signature === trace.signature) return known.version;
    const answer = await ask(argv, folder, trace?.interpreter ?? null);
    if (answer === null || trace === null || Date.now() - trace.changedMs <= SETTLED_MS) return answer;
    kept.set(id, { signature: trace.signature, version: answer });
    changed = true;
    return answer;
  };

  const version = (argv: readonly string[], folder: string): Promise<string | null> => {
    const program = find(argv[0] ?? '', folder);
    if (program === null) return Promise.resolve(null);
    const id = JSON.stringify([program, ...argv.slice(1)]);
    const solid = asked.get(id) ?? asked.get(`${folder}\0${id}`);
    if (solid !== undefined) return solid;
    const trace = traceProgram(program, argv, place.path);
    const answer = resolve(id, argv, folder, trace);
    // A launcher answers for the folder that it is started in.
    asked.set(trace === null ? `${folder}\0${id}` : id, answer);
    return answer;
  };

  return {
    async of(checks) {
      const answers = new Map<Check, string | null>();
      for (const check of checks) answers.set(check, check.version === null ? null : await version(check.version, join(place.root, check.cwd)));
      return answers;
    },
    flush() {
      if (!changed) return;
      const entries = [...kept].slice(-MAX_KEPT);
      if (createWriter(layout, place.warn).derived('tools', layout.tools, encodeSections(KIND, [Buffer.from(JSON.stringify(entries))]))) changed = false;
    },
  };
}

function loadKept(path: string, warn: Warn): readonly (readonly [string, Kept])[] {
  const [section] = readTable(path, KIND, warn) ?? [];
  return section === undefined ? [] : (JSON.parse(section.toString()) as readonly (readonly [string, Kept])[]);
}

function named(name: string, version: string): string {
  return version.toLowerCase().startsWith(name.toLowerCase().replace(/[\d.]+$/, '')) ? version : `${name} ${version}`;
}
