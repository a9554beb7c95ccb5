/**
 * The implementer that is any program: it gets the phase as one JSON document on standard input, changes the tree itself, and may
 * write a report to the file that `CE_REPORT` names. What it says of itself is never evidence: the gates judge the tree.
 */
import type {
  Command,
  Diagnostic,
  Failure,
  Implementer,
  ImplementerConfig,
  ImplementContext,
  ImplementRequest,
  ImplementResult,
  Json,
  Plugin,
  ToolResult,
} from '../core/api.ts';
import { readReport, readStatusLines, type Claim } from './command/report.ts';
import { requestDocument } from './command/request.ts';
import { phasePrompt } from './prompt.ts';

/** An hour, as the seeds give an agent. */
const TIMEOUT_MS = 3_600_000;
/** What one argument may hold on Linux (MAX_ARG_STRLEN), less a page. */
const ARGUMENT_BYTES = 126_976;

type CommandConfig = Exclude<ImplementerConfig, string>;

/** The program is known when the config is, which is after implementers are listed and before one is used. */
export function commandImplementer(): Plugin {
  return {
    name: 'command-implementer',
    apply({ hooks }) {
      let configured: CommandConfig | null = null;
      hooks.config.tap({ name: 'command-implementer', stage: Number.MAX_SAFE_INTEGER }, (config) => {
        configured = typeof config.implementer === 'string' ? null : config.implementer;
        return config;
      });
      hooks.implementers.tap('command-implementer', (add) => add(commandImplementerOf(() => configured)));
    },
  };
}

/** `read` gives the configured program when it is needed; null when the config names none. */
export function commandImplementerOf(read: () => CommandConfig | null): Implementer {
  return {
    name: 'command',
    version: '1',
    get options(): Json {
      const config = read();
      return config === null ? {} : { command: config.command, timeout: config.timeout ?? TIMEOUT_MS };
    },
    async implement(request, context) {
      const config = read();
      return config === null ? failedWith(notConfigured()) : runProgram(config, request, context);
    },
  };
}

async function runProgram(config: CommandConfig, request: ImplementRequest, context: ImplementContext): Promise<ImplementResult> {
  const { prp, phase } = request;
  const spec = await context.readFile(prp.path);
  const prompt = phasePrompt(
    prp,
    phase,
    spec === null
      ? null
      : spec
          .split(/\r?\n/)
          .slice(phase.line - 1, phase.endLine)
          .join('\n'),
  );
  const command = commandFor(config.command, prompt);
  if (command === null) return failedWith(tooLong(prompt));
  const timeoutMs = config.timeout ?? TIMEOUT_MS;
  const input = `${JSON.stringify(requestDocument(request, prompt))}\n`;
  const result = await context.exec(command, { input, timeoutMs, env: { CE_PRP: prp.id, CE_PHASE: phase.id } });
  const status = readStatusLines(result.stdout);
  for (const line of status.lines) context.progress(line);
  return judge(result, status, { program: nameOf(config.command), timeoutMs });
}

/** A list gets the prompt where it says `{prompt}`. A script does not: text of a spec never becomes shell text. */
function commandFor(command: CommandConfig['command'], prompt: string): Command | null {
  if (typeof command === 'string') return { script: command };
  const argv = command.map((argument) => argument.replaceAll('{prompt}', () => prompt));
  return argv.some((argument) => Buffer.byteLength(argument) > ARGUMENT_BYTES) ? null : { argv };
}

interface Program {
  readonly program: string;
  readonly timeoutMs: number;
}

/** Success needs everything: exit code zero, no signal, and neither report nor status line against it. */
function judge(result: ToolResult, status: ReturnType<typeof readStatusLines>, { program, timeoutMs }: Program): ImplementResult {
  const read = result.report === null ? null : readReport(result.report);
  const diagnostics: Diagnostic[] =
    read === null || read.ok
      ? []
      : [{ source: 'command', code: 'CE_IMPLEMENT_FAILED', severity: 'warning', message: `the report of ${program} was not read: ${read.reason}` }];
  const report = read?.ok === true ? read.report : null;
  const why = tail(result.stderr) ?? tail(result.stdout);
  const fails = (code: Failure['code'], message: string, next: string): ImplementResult => ({
    ...failedWith({ code, message, ...(why === null ? {} : { why }), next }),
    diagnostics,
  });

  if (result.notFound) return fails('CE_TASK_NOT_FOUND', `${program} is not installed`, 'Install it, or set another `implementer` in ce.config.ts.');
  if (result.cancelled) return fails('CE_TASK_CANCELLED', `${program} was cancelled`, 'ce resume');
  if (result.timedOut)
    return fails(
      'CE_TASK_TIMEOUT',
      `${program} ran longer than ${Math.round(timeoutMs / 1000)} s`,
      'Set `implementer.timeout` in ce.config.ts, in milliseconds.',
    );
  const claim: Claim = worst(report?.claim ?? 'done', status.claim ?? 'done');
  const said = report?.error ?? status.error;
  if (result.exit !== 0) {
    const ended = result.signal === null ? `exit code ${String(result.exit)}` : `signal ${result.signal}`;
    return fails('CE_IMPLEMENT_FAILED', `${program} ended with ${ended}${said === null ? '' : `: ${said}`}`, 'ce logs');
  }
  if (claim !== 'done')
    return fails(
      'CE_IMPLEMENT_FAILED',
      `${program} says that the phase is ${claim === 'partial' ? 'done in part' : 'not done'}${said === null ? '' : `: ${said}`}`,
      'ce logs',
    );
  return { status: 'done', writes: [], diagnostics, summary: report?.summary ?? `${program} ended` };
}

const worst = (a: Claim, b: Claim): Claim => (a === 'failed' || b === 'failed' ? 'failed' : a === 'partial' || b === 'partial' ? 'partial' : 'done');

function failedWith(failure: Failure): ImplementResult {
  return { status: 'failed', writes: [], diagnostics: [], failure, summary: failure.message };
}

function notConfigured(): Failure {
  return {
    code: 'CE_CONFIG_INVALID',
    message: 'the config names no command that implements',
    next: "Set implementer: { command: ['my-tool', '{prompt}'] } in ce.config.ts.",
  };
}

function tooLong(prompt: string): Failure {
  return {
    code: 'CE_IMPLEMENT_FAILED',
    message: `the phase has ${Buffer.byteLength(prompt)} bytes, more than one argument may hold`,
    next: 'Let the program read the JSON document on standard input, whose `prompt` is the same text.',
  };
}

function nameOf(command: CommandConfig['command']): string {
  return (typeof command === 'string' ? command.trim().split(/\s+/)[0] : command[0]) ?? 'the command';
}

/** The last lines that say something. */
function tail(text: string): string | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length === 0 ? null : lines.slice(-5).join('\n');
}
