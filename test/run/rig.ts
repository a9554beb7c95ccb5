/** The built `ce` as a child process in a real repository: what a person types, what comes back, and what is left in git, `.ce` and the system. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import type { RunResult } from '../../core/generated/result.ts';
import { validateAgainst } from '../../core/schema.ts';
import { makeRepository, type Identity, type Rig } from '../rig.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Another built `main.js` to test; then nothing is installed or built here. */
const OTHER = process.env['CE_TEST_MAIN'];
const MAIN = OTHER ?? join(ROOT, 'dist', 'main.js');

export interface Answer {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Answer>;
  kill(signal: NodeJS.Signals): void;
}

export interface Setting {
  /** Absolute; default: the repository's root. */
  readonly cwd?: string;
  /** Over the rig's own; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Place extends Rig {
  /** Runs `ce` in an approved clone, with nobody at the terminal. */
  ce(...args: string[]): Answer;
  ceIn(setting: Setting, ...args: string[]): Answer;
  /** Starts it in a process group of its own and does not wait. */
  start(...args: string[]): Started;
  /** Runs it with `--json`, and holds the document against its schema. */
  json(...args: string[]): Promise<RunResult>;
  has(path: string): boolean;
}

/** Builds `dist/` when it is stale, and runs a story in a repository with one commit, which is removed whatever happens. */
export async function inPlace(story: (place: Place) => Promise<void> | void, folder = 'repo', identity: Identity = 'with-identity'): Promise<void> {
  if (OTHER === undefined) await ((await import(pathToFileURL(join(ROOT, 'scripts/bootstrap.mjs')).href)) as { bootstrap(): Promise<void> }).bootstrap();
  const rig = makeRepository(folder, identity);
  const own = { ...rig.environment, CE_TRUST: '1', CE_TEST_FILE: process.env['CE_TEST_FILE'], LC_ALL: 'C.UTF-8' };
  const ceIn = ({ cwd = rig.root, env = {} }: Setting, ...args: string[]): Answer => {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd,
      env: { ...own, ...env },
      encoding: 'utf8',
      input: '',
      maxBuffer: 1 << 27,
    });
    return { exit: status, signal, stdout, stderr };
  };
  const ce = (...args: string[]): Answer => ceIn({}, ...args);
  const place: Place = {
    ...rig,
    ce,
    ceIn,
    start: (...args) => begin(args, rig.root, own),
    async json(...args) {
      const { exit, stdout, stderr } = ce(...args, '--json');
      const document = parseDocument(stdout, stderr);
      assert.equal(
        (await validateAgainst('result', document)).map(({ message }) => message),
        [],
        stdout,
      );
      assert.is(document.exit_code, exit);
      assert.is(document.success, exit === 0);
      return document;
    },
    has: (path) => existsSync(join(rig.root, path)),
  };
  try {
    if (identity === 'with-identity') {
      rig.write('base.txt', 'base\n');
      rig.commit('base');
    }
    await story(place);
  } finally {
    rig.close();
  }
}

function parseDocument(stdout: string, stderr: string): RunResult {
  try {
    return JSON.parse(stdout) as RunResult;
  } catch {
    throw new Error(`not one JSON document:\n${stdout}\n${stderr}`);
  }
}

function begin(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Answer>((settle) => child.on('exit', (exit, signal) => setImmediate(() => settle({ exit, signal, stdout, stderr }))));
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) };
}

export interface PhaseText {
  readonly name?: string;
  /** Path to content: one bound block each. */
  readonly files?: Readonly<Record<string, string>>;
  /** Null: the phase names none. */
  readonly command?: string | null;
  /** Lines between the files and the command. */
  readonly extra?: string;
}

/** Phase `n` of a PRP: by default it writes `part<n>.txt` and looks into it. */
export function phase(n: number, { name = `Part ${n}`, files = { [`part${n}.txt`]: `part ${n}\n` }, command, extra = '' }: PhaseText = {}): string {
  const line = command === undefined ? `grep -q 'part ${n}' part${n}.txt` : command;
  const check = line === null ? '' : line.includes('\n') ? `**Validation Command**:\n\n\`\`\`bash\n${line}\n\`\`\`\n` : `**Validation Command**: \`${line}\`\n`;
  const declared = Object.keys(files).map((path) => `- \`${path}\` - made by phase ${n}\n`);
  const blocks = Object.entries(files).map(([path, text]) => `\`\`\`text ${path}\n${text}\`\`\`\n\n`);
  return `### Phase ${n}: ${name} (10 min)\n\n**Goal**: part ${n} is there\n\n**Approach**: write it\n\n${declared.length > 0 ? `**Files to Create**:\n\n${declared.join('')}\n${blocks.join('')}` : ''}${extra}${check}\n`;
}

export interface PrpText {
  readonly front?: string;
  readonly title?: string;
  /** After the phases. */
  readonly end?: string;
}

export function prp(id: string, phases: readonly string[], { front = '', title = `Parts of ${id}`, end = '' }: PrpText = {}): string {
  return `---\nprp_id: ${id}\ntitle: ${title}\nstatus: planning\n${front}---\n\n# ${id}: ${title}\n\n## Implementation Blueprint\n\n${phases.join('')}${end}`;
}

/** Writes PRPs/<id>.md with these phases, and commits it. */
export function given(place: Place, id: string, phases: readonly string[], more: PrpText = {}): string {
  const path = `PRPs/${id}.md`;
  place.write(path, prp(id, phases, more));
  place.commit(`spec ${id}`);
  return path;
}

/** A node project without dependencies whose `npm test` script is `node --test`. */
export const NODE_PROJECT = JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'node --test' } });

export const outcomes = (result: RunResult): Readonly<Record<string, string>> => Object.fromEntries(result.tasks.map(({ id, outcome }) => [id, outcome]));

/** Subjects of the commits after the base, oldest first. */
export const subjects = (place: Place): readonly string[] => lines(place.git('log', '--reverse', '--format=%s'));
export const tags = (place: Place): readonly string[] => lines(place.git('tag'));
export const checkpointRefs = (place: Place): readonly string[] => lines(place.git('for-each-ref', '--format=%(refname)', 'refs/ce'));
export const lines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

/** How many verdicts the cache holds. */
export function verdicts(place: Place): number {
  return tree(place.root, '.ce/cache/ac').filter((path) => readFileSync(join(place.root, path), 'utf8').includes('"check"')).length;
}

/** Paths of files below a folder, and from the root, sorted; empty where it is not there. */
export function tree(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => !lstatSync(join(root, path)).isDirectory())
    .sort();
}

/** Nothing claims success: no checkpoint, no tag, no ref, no cached verdict, and the branch is where it was. */
export function assertNothingClaimed(place: Place, head: string, why: string): void {
  assert.is(place.git('rev-parse', 'HEAD'), head, `${why}: the branch moved`);
  assert.equal(tags(place), [], `${why}: tags`);
  assert.equal(checkpointRefs(place), [], `${why}: refs`);
  assert.is(verdicts(place), 0, `${why}: cached verdicts`);
}

/** Processes that work in this folder, zombies aside. Null where the system has no /proc. */
export function processesIn(folder: string): readonly number[] | null {
  if (!existsSync('/proc/self/cwd')) return null;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
        return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
      } catch {
        return false;
      }
    });
}

/** Waits until it holds; gives up with the reason after half a minute. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** No process of a run is left below the repository; one that was just told to end gets a moment. */
export async function assertNoProcesses(place: Place): Promise<void> {
  if (processesIn(place.root) === null) return;
  await until(() => processesIn(place.root)?.length === 0, `no process in ${place.root}`);
}
