/**
 * What one command costs, started in each way that ce has or could have, two at a time, each with its own log files. Every
 * way runs in a process of its own in a clean environment; the ways take turns, and the median of the rounds counts.
 * `node --import tsx scripts/bench/spawn.ts [commands = 500] [rounds = 15]`
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const JOBS = 2;
const SCRIPT = 'true';
const BASH = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', SCRIPT];

type One = (log: string) => Promise<unknown>;
const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };

function opened(log: string): readonly [number, number] {
  return [openSync(`${log}.out`, 'w'), openSync(`${log}.err`, 'w')];
}

/** Each makes the function that runs one command; what it loads is not counted. */
const ways: Readonly<Record<string, () => Promise<One>>> = {
  'child_process.spawn': async () => (log) => {
    const [stdout, stderr] = opened(log);
    return new Promise((done) => {
      const child = spawn('bash', [...BASH], { detached: true, env, stdio: ['ignore', stdout, stderr] });
      child.on('exit', () => {
        closeSync(stdout);
        closeSync(stderr);
        done(null);
      });
    });
  },
  'execa alone': async () => {
    const { execa } = await import('execa');
    return async (log) => {
      const [stdout, stderr] = opened(log);
      // execa takes open file descriptors; its types know only those of this process.
      const files: object = { stdin: 'ignore', stdout, stderr };
      await execa('bash', BASH, { detached: true, env, extendEnv: false, reject: false, buffer: false, cleanup: false, ...files });
      closeSync(stdout);
      closeSync(stderr);
    };
  },
  'ce, directly': async () => {
    const { runProcess } = await import('../../core/process.ts');
    return (log) => runProcess({ command: { script: SCRIPT }, cwd: '/', env, timeoutMs: 60_000, input: '', logFile: log });
  },
  'ce, by a shell': async () => {
    const { runProcess } = await import('../../core/process.ts');
    return (log) => runProcess({ command: { script: SCRIPT }, cwd: '/', env, timeoutMs: 60_000, logFile: log });
  },
};

/** Milliseconds a command, and of them the main thread's own work. */
async function measure(way: string, commands: number): Promise<{ each: number; cpu: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'ce-bench-'));
  const one = await ways[way]?.();
  if (one === undefined) throw new Error(`no way ${way}`);
  for (let warm = 0; warm < 50; warm++) await one(join(folder, 'warm'));
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: JOBS }, async () => {
      while (next < commands) await one(join(folder, String(next++)));
    }),
  );
  const wall = performance.now() - begin;
  const used = process.cpuUsage(cpu);
  rmSync(folder, { recursive: true, force: true });
  return { each: wall / commands, cpu: (used.user + used.system) / 1000 / commands };
}

function xargs(commands: number, shell: string): number {
  const begin = performance.now();
  execFileSync('sh', ['-c', `seq ${commands} | xargs -P${JOBS} -I_ ${shell}`], { env, stdio: 'ignore' });
  return (performance.now() - begin) / commands;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const [mode, amount] = process.argv.slice(2);
if (mode !== undefined && mode in ways) {
  process.stdout.write(JSON.stringify(await measure(mode, Number(amount))));
  process.exit();
}

const commands = Number(mode ?? 500);
const rounds = Number(amount ?? 15);
const rows = new Map<string, { each: number; cpu: number }[]>();
const add = (name: string, value: { each: number; cpu: number }): void => void rows.set(name, [...(rows.get(name) ?? []), value]);
for (let round = 0; round < rounds; round++) {
  add('xargs sh -c', { each: xargs(commands, `sh -c ${SCRIPT}`), cpu: 0 });
  add('xargs bash -c', { each: xargs(commands, `bash ${BASH.join(' ')}`), cpu: 0 });
  for (const way of Object.keys(ways))
    add(
      way,
      JSON.parse(execFileSync(process.execPath, [...process.execArgv, import.meta.filename, way, String(commands)], { env, encoding: 'utf8' })) as {
        each: number;
        cpu: number;
      },
    );
}
const floor = median((rows.get('xargs sh -c') ?? []).map(({ each }) => each));
process.stdout.write(`${commands} x \`bash -c ${SCRIPT}\`, ${JOBS} at a time, median [min..max] of ${rounds}, ms a command\n`);
for (const [name, values] of rows) {
  const each = values.map((value) => value.each);
  const over = median(each) - floor;
  process.stdout.write(
    `${name.padEnd(22)} ${median(each).toFixed(2)} [${Math.min(...each).toFixed(2)}..${Math.max(...each).toFixed(2)}]  over xargs sh ${over.toFixed(2)}  own cpu ${median(values.map(({ cpu }) => cpu)).toFixed(2)}\n`,
  );
}
