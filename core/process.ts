/**
 * The only place that starts processes. Every command leads its own group, carries CE_RUN_ID, has an owner here from start
 * to end, and leaves nothing behind. This file may not decide what an exit means, and may not write to the terminal.
 */
import { crashPoint } from './crash.ts';
import type { Failure } from './errors.ts';
import { attach, type Child } from './process/direct.ts';
import { killRun, MARK, RUN } from './process/group.ts';
import { byLines, closeLogs, logsAreGone, openLogs, readEnds, type Stream } from './process/output.ts';
import { argvOf, type ProcessRequest, type ProcessResult, type Started } from './process/request.ts';
import { createShellPool, shellOf } from './process/shell.ts';
import { endAll, killAll, liveLeaders, notRun, supervise } from './process/supervise.ts';

export { logPaths, readOutput, type OnOutput } from './process/output.ts';
export type { MissingCommand } from './process/program.ts';
export type { ProcessRequest, ProcessResult } from './process/request.ts';

/** What is used of execa's options. */
interface Options {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'ignore' | 'pipe';
  readonly stdout: 'pipe' | number;
  readonly stderr: 'ignore' | 'pipe' | number;
}

type Execa = (file: string, args: readonly string[], options: object) => Child & PromiseLike<object>;

const windows = process.platform === 'win32';
let execa: Execa | null = null;
let runId = `ce-${process.pid}`;
let count = 0;
let stops = 0;
let stopping: Promise<void> | null = null;

/** Names the run that every process started from now on belongs to: the value of CE_RUN_ID. */
export function nameRun(id: string): void {
  runId = id;
}

/** Leaders of the process groups that run now. */
export function livePids(): number[] {
  return liveLeaders();
}

/**
 * Ends every process of this run: TERM to all groups, 5 s, KILL; then the idle shells and whatever else carries the run's id.
 * Called again while it waits, it kills at once. Commands that are being started meanwhile end as cancelled.
 */
export function killAllProcesses(): Promise<void> {
  stops += 1;
  if (stopping !== null) killAll();
  stopping ??= endAll().then(async () => {
    shells.close();
    await killRun(runId);
    stopping = null;
  });
  return stopping;
}

function spawn(argv: readonly string[], options: Options): Child & PromiseLike<object> {
  if (execa === null) throw new Error('a process is started before execa is loaded');
  const [file = '', ...args] = argv;
  crashPoint('process.spawn.before');
  const child = execa(file, args, { extendEnv: false, reject: false, buffer: false, cleanup: false, detached: !windows, windowsHide: true, ...options });
  crashPoint('process.spawn.after');
  return child;
}

const shells = createShellPool((env) => shellOf(spawn(['bash', '--noprofile', '--norc'], { env, stdin: 'pipe', stdout: 'pipe', stderr: 'ignore' })));

async function startInShell(request: ProcessRequest, argv: readonly string[], mark: string, logFile: string): Promise<Started | null> {
  if (windows || request.input !== undefined) return null;
  const { CE_REPORT: report, ...env } = request.env;
  const extra = report === undefined ? { [MARK]: mark } : { [MARK]: mark, CE_REPORT: report };
  const command = await shells.run({ ...env, [RUN]: runId }, { argv, cwd: request.cwd, logFile, extra });
  if (command === null) return null;
  const died: Failure = { code: 'CE_TASK_START', message: 'the shell that started the command was killed', next: 'Run it again.' };
  return {
    pid: command.pid,
    exited: command.exited.then((code) => (code === null ? { code, signal: null, failure: died } : { code, signal: null })),
    output: async () => ({ ...readEnds(logFile), stdoutBytes: new Uint8Array(0) }),
  };
}

async function startDirectly(request: ProcessRequest, argv: readonly string[], mark: string, logs: Record<Stream, number> | null): Promise<Started | Failure> {
  const child = spawn(argv, {
    cwd: request.cwd,
    // PWD and SHLVL as a shell would leave them, so that a command sees the same whoever starts it.
    env: { ...request.env, PWD: request.cwd, SHLVL: '0', [RUN]: runId, [MARK]: mark },
    stdin: request.input === undefined ? 'ignore' : 'pipe',
    stdout: logs?.stdout ?? 'pipe',
    stderr: logs?.stderr ?? 'pipe',
  });
  if (child.pid !== undefined) {
    const started = attach(child, child.pid, request.input, request.onOutput);
    return logs === null || request.logFile === null ? started : { ...started, output: endsOf(started, request.logFile) };
  }
  const said = await child;
  const code = 'code' in said && said.code === 'ENOENT' ? 'CE_TASK_NOT_FOUND' : 'CE_TASK_START';
  const why = 'originalMessage' in said ? String(said.originalMessage) : 'The system gives no reason.';
  return { code, message: `\`${argv[0] ?? ''}\` could not be started`, why, next: 'Correct the command, or see `ce doctor`.' };
}

function endsOf(started: Started, logFile: string): Started['output'] {
  return async () => {
    const { stdoutBytes } = await started.output();
    return { ...readEnds(logFile), stdoutBytes };
  };
}

const OUTPUT_LOST: Failure = {
  code: 'CE_STATE_WRITE',
  message: 'its output was removed while it ran, so what it said is not known',
  next: 'Let no command clean out .ce: git clean -fdx -e .ce',
};

/** Opens the log; the reason when that fails, and then the output is kept in memory instead. */
function logsFor(logFile: string | null): { logs: Record<Stream, number> | null; problem: string | null } {
  if (logFile === null) return { logs: null, problem: null };
  try {
    return { logs: openLogs(logFile), problem: null };
  } catch (thrown) {
    return { logs: null, problem: `the log can't be written: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

/**
 * Runs a command to its end and never throws for what happens in the world. It settles when the command and everything that
 * it started are gone: at its end, at the time limit, or when `signal` aborts.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const lines = request.onOutput === undefined ? null : byLines(request.onOutput);
  const watching = lines === null ? request : { ...request, onOutput: lines.push };
  const epoch = stops;
  const begin = performance.now();
  const prepared = argvOf(request);
  if (!prepared.ok) return notRun(prepared.failure, 'failed');
  const { argv, usedSh, dispose } = prepared.value;
  const { logs, problem } = logsFor(request.logFile);
  try {
    // The only importer; loaded here because starting ce without running anything must not pay for it.
    execa ??= (await import('execa')).execa as unknown as Execa;
    if (request.signal?.aborted === true || epoch !== stops) return notRun(null, 'cancelled');
    const mark = `${runId}.${process.pid}.${++count}`;
    const inLog = logs === null ? null : request.logFile;
    const started = (inLog === null ? null : await startInShell(request, argv, mark, inLog)) ?? (await startDirectly(watching, argv, mark, logs));
    if ('code' in started) return notRun(started, 'failed');
    const watched = supervise(started, { ...watching, logFile: inLog }, mark, begin);
    if (epoch !== stops) void endAll();
    const result = await watched;
    lines?.end();
    const lost = logs !== null && logsAreGone(logs) ? OUTPUT_LOST : null;
    return { ...result, usedSh, failure: result.failure ?? lost, logFailure: problem ?? result.logFailure };
  } finally {
    if (logs !== null) closeLogs(logs);
    dispose();
  }
}
