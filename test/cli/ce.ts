/** The built `ce` in a real repository: what a person types, and what comes back. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeRepository, type Rig } from '../rig.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Answer {
  /** Null when it was killed. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bench extends Rig {
  /** Runs `ce` with these arguments, in an approved clone. */
  ce(...args: string[]): Answer;
  /** The same where nobody approved anything. */
  stranger(...args: string[]): Answer;
  /** A line for bash, with `ce` on the PATH. */
  shell(line: string): Answer;
  /** What `--json` printed. */
  json<T>(...args: string[]): T;
  /** Starts it and does not wait. */
  start(...args: string[]): ChildProcess;
}

/** Builds `dist/` when it is stale, and runs a story in an empty repository that is removed whatever happens. */
export async function withCe(story: (bench: Bench) => Promise<void> | void, folder = 'repo'): Promise<void> {
  const { bootstrap } = (await import(pathToFileURL(join(ROOT, 'scripts/bootstrap.mjs')).href)) as { bootstrap(): Promise<void> };
  await bootstrap();
  const rig = makeRepository(folder);
  const main = join(ROOT, 'dist', 'main.js');
  const bin = join(rig.around, 'bin');
  mkdirSync(bin);
  symlinkSync(main, join(bin, 'ce'));
  // A marker of the test runner finds what a test leaves behind, whatever environment it was given.
  const strange = { ...rig.environment, PATH: `${bin}:${process.env['PATH'] ?? ''}`, CE_TEST_FILE: process.env['CE_TEST_FILE'], LC_ALL: 'C.UTF-8' };
  const trusting = { ...strange, CE_TRUST: '1' };
  const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Answer => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: rig.root, env, encoding: 'utf8', input: '' });
    return { exit: status, stdout, stderr };
  };
  const ce = (...args: string[]): Answer => run(process.execPath, [main, ...args], trusting);
  try {
    await story({
      ...rig,
      ce,
      stranger: (...args) => run(process.execPath, [main, ...args], strange),
      shell: (line) => run('bash', ['-c', line], trusting),
      json: (...args) => JSON.parse(ce(...args).stdout) as never,
      start: (...args) => spawn(process.execPath, [main, ...args], { cwd: rig.root, env: trusting, stdio: ['ignore', 'pipe', 'pipe'] }),
    });
  } finally {
    rig.close();
  }
}

/** A PRP of small phases: each writes `<word><n>.txt` and checks it with grep. `commands` replaces the check of a phase by its number. */
export function spec(id: string, phases: number, commands: Readonly<Record<number, string>> = {}): string {
  const word = id.toLowerCase().replace(/[^a-z0-9]/g, '');
  const phase = (n: number): string => `
### Phase ${n}: Part ${n} (10 min)

**Goal**: part ${n} is there.

**Approach**: write it.

**Files to Create**:

- \`${word}-${n}.txt\` - part ${n}

\`\`\`txt ${word}-${n}.txt
part ${n} is here
\`\`\`

**Validation Command**: \`${commands[n] ?? `grep -q "part ${n} is here" ${word}-${n}.txt`}\`
`;
  const all = Array.from({ length: phases }, (_, index) => phase(index + 1)).join('');
  return `---\nprp_id: ${id}\ntitle: Parts of ${id}\nstatus: planning\n---\n\n# ${id}: Parts of ${id}\n\n## Implementation Blueprint\n${all}`;
}

/** One cached L1 check over the text files. */
export const CONFIG = JSON.stringify({ validators: { clean: { level: 'L1', command: '! grep -l broken *.txt', inputs: ['*.txt'] } } }, null, 2);
