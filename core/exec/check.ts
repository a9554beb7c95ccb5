/**
 * One check from its command to its judgement. The same code runs on a thread, where the process is asked for over a port, and
 * on the main thread. It may not start a process itself, and never makes a pass out of what the validator did not call one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleaner } from '../clean.ts';
import type { Validator, Variable } from '../contracts.ts';
import { taskEnvironment, withheldIn } from '../environment.ts';
import type { Check, Command, Judgement, ToolResult } from '../model.ts';
import { runProcess, type OnOutput, type ProcessResult } from '../process.ts';
import { readWhole, removeReport, reportPath } from './output.ts';
import { safePath } from './safe-path.ts';

/** What a thread asks of the main thread: plain data. */
export interface StartRequest {
  readonly command: Command;
  /** From the root. */
  readonly cwd: string;
  readonly variables: readonly Variable[];
  /** Names of variables that the check declares. */
  readonly declared: readonly string[];
  readonly timeoutMs: number;
  readonly log: string;
}

/** What only the main thread has. */
export interface CheckContext {
  /** Absolute. */
  readonly root: string;
  /** Absolute path without ending: the output goes to `<log>.out`, `<log>.err` and `<log>.report`. */
  readonly log: string;
  /** The environment that commands draw from by name. */
  readonly environment: NodeJS.ProcessEnv;
  readonly cleaner: Cleaner;
  readonly signal: AbortSignal;
  /** Gets whole lines, cleaned, while they are written. */
  readonly onOutput?: OnOutput;
}

export interface CheckServices {
  readonly root: string;
  readonly log: string;
  readonly validator: Validator;
  start(request: StartRequest): Promise<ProcessResult>;
  redact(text: string): string;
}

export interface CheckOutcome {
  /** From a thread its texts are at most head and tail; the whole is in the log. */
  readonly result: ToolResult;
  readonly judgement: Judgement;
  /** Prefix of the output files; null when nothing ran. */
  readonly log: string | null;
  /** One line each: processes left behind, a log that is not whole, `sh` in place of bash, withheld variables. */
  readonly notes: readonly string[];
  /** A secret was blanked in the output: such a result is not for a shared cache. */
  readonly redacted: boolean;
}

/** Starts processes for one check on the main thread: environment, log, cancel and the stream of cleaned output. */
export function starter(context: CheckContext): CheckServices['start'] {
  return async (request) => {
    const { environment, cleaner, onOutput } = context;
    const base = taskEnvironment(environment, request.declared);
    const variables = Object.fromEntries(
      request.variables.map(({ name, value, join: separator }) => [
        name,
        separator === undefined || base[name] === undefined ? value : `${value}${separator}${base[name]}`,
      ]),
    );
    const streams = { stdout: cleaner.cleanStream(), stderr: cleaner.cleanStream() };
    const give: OnOutput = (stream, text) => {
      if (text !== '') onOutput?.(stream, text);
    };
    const result = await runProcess({
      command: request.command,
      cwd: join(context.root, request.cwd),
      env: { ...base, ...variables, CE_REPORT: reportPath(request.log) },
      timeoutMs: request.timeoutMs,
      logFile: request.log,
      signal: context.signal,
      ...(onOutput === undefined ? {} : { onOutput: (stream, text) => give(stream, streams[stream].push(text)) }),
    });
    give('stdout', streams.stdout.end());
    give('stderr', streams.stderr.end());
    return result;
  };
}

const NOTHING_RAN: ToolResult = {
  exit: 0,
  signal: null,
  timedOut: false,
  cancelled: false,
  notFound: false,
  stdout: '',
  stderr: '',
  report: null,
  durationMs: 0,
};

/** Verdicts that the end of the process decides, whatever a report says; null when the validator decides. */
function decided(result: ToolResult, process: ProcessResult): Pick<Judgement, 'verdict' | 'message'> | null {
  if (result.cancelled) return { verdict: 'crash', message: 'it was cancelled' };
  if (result.timedOut) return { verdict: 'timeout', message: `it was stopped after ${Math.round(result.durationMs / 1000)} s, its time limit` };
  if (process.failure !== null && result.notFound) return { verdict: 'tool-missing', message: process.failure.message };
  if (process.failure !== null)
    return {
      verdict: process.failure.code === 'CE_TASK_FOLDER' ? 'config' : 'crash',
      message: `${process.failure.message}${process.failure.place === undefined ? '' : `: ${process.failure.place.file}`}`,
    };
  if (result.signal !== null) return { verdict: 'crash', message: `it was ended by ${result.signal}` };
  return null;
}

function readTree(root: string, path: string): string | null {
  const place = safePath(root, path);
  try {
    return place.ok ? readFileSync(place.value, 'utf8') : null;
  } catch {
    return null;
  }
}

async function judge(check: Check, services: CheckServices, result: ToolResult): Promise<Judgement> {
  // One look at each file a judgement: readers ask for the same manifest again and again.
  const texts = new Map<string, string | null>();
  const read = (path: string): string | null => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = readTree(services.root, path);
    texts.set(path, text);
    return text;
  };
  try {
    return await services.validator.judge(result, check, { root: services.root, read });
  } catch (thrown) {
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return {
      verdict: 'crash',
      diagnostics: [{ source: check.validator, code: 'CE_PLUGIN_THREW', severity: 'error', message: why }],
      message: `the validator ${check.validator} threw: ${why.split('\n')[0] ?? ''}`,
    };
  }
}

/** Runs the check's command and has the validator judge what it did. An empty argv is a check without a process: the validator looks at the tree itself. */
export async function runCheck(check: Check, services: CheckServices): Promise<CheckOutcome> {
  if ('argv' in check.command && check.command.argv.length === 0) {
    return { result: NOTHING_RAN, judgement: await judge(check, services, NOTHING_RAN), log: null, notes: [], redacted: false };
  }
  removeReport(services.log);
  const variables = services.validator.variables?.(check) ?? [];
  const process = await services.start({ command: check.command, cwd: check.cwd, variables, declared: check.env, timeoutMs: check.timeout, log: services.log });
  const { redacted, ...texts } = readWhole(services.log, process, services.redact);
  const result: ToolResult = {
    ...texts,
    exit: process.exit,
    signal: process.signal,
    timedOut: process.timedOut,
    cancelled: process.cancelled,
    notFound: process.notFound,
    durationMs: process.durationMs,
  };
  const judged = await judge(check, services, result);
  const end = decided(result, process);
  const judgement = end === null || (judged.verdict === end.verdict && judged.message !== undefined) ? judged : { ...judged, ...end };
  return { result, judgement, log: process.failure === null ? services.log : null, notes: notesOf(process), redacted };
}

function notesOf(process: ProcessResult): string[] {
  return [
    ...(process.leftBehind ? ['it left processes behind, which were ended'] : []),
    ...(process.usedSh ? ['bash is not installed, so `sh -e` ran the script: a failing command in a pipe goes unnoticed'] : []),
    ...(process.logFailure === null ? [] : [process.logFailure]),
  ];
}

/** Adds which withheld variables a failing check names, and how to declare them. */
export function nameWithheld(check: Check, outcome: CheckOutcome, environment: NodeJS.ProcessEnv): CheckOutcome {
  if (outcome.judgement.verdict === 'pass') return outcome;
  const names = withheldIn(`${outcome.result.stdout}\n${outcome.result.stderr}`, environment, check.env);
  if (names.length === 0) return outcome;
  const declare = `env: [${names.map((name) => `'${name}'`).join(', ')}]`;
  return {
    ...outcome,
    notes: [...outcome.notes, `its output names ${names.join(', ')}, which commands do not see unless declared: ${declare} in ce.config.ts`],
  };
}

/** The whole on the main thread: for a single small check, and for validators that are written inline in the config. */
export async function runCheckHere(check: Check, validator: Validator, context: CheckContext): Promise<CheckOutcome> {
  const { root, log, cleaner } = context;
  const outcome = await runCheck(check, { root, log, validator, start: starter(context), redact: (text) => cleaner.redact(text) });
  return nameWithheld(check, outcome, context.environment);
}
