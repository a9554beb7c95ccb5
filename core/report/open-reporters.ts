/**
 * This room turns the events of a run into what people and machines read: it chooses the outputs that a request asks for and
 * hands them out as subscribers. It may not decide anything about a run, start a process, keep a record of its own, or write
 * anywhere but to the terminal and to the report files that were asked for. Nothing else writes to the terminal during a run.
 */
import { resolve } from 'node:path';
import { fail, ok, type Result } from '../errors.ts';
import type { Subscriber } from '../events.ts';
import { createFileReporter, createSummaryReporter, sourceReader } from './file-output.ts';
import { createPlainReporter } from './plain.ts';
import type { Output, Reporter } from './reporter.ts';
import { createRunState } from './state.ts';
import { terminalOutput, type Stream } from './terminal.ts';
import { appearanceOf, createTheme } from './theme.ts';
import type { RunView } from './view.ts';

export interface ReportRequest {
  /** What stdout holds: text for people, or one of the machine formats. */
  readonly stdout: 'text' | 'json' | 'events' | 'levels';
  /** `sarif`, `junit=out.xml`: the values of `--report`. */
  readonly reports: readonly string[];
  /** Absolute; report files are relative to `cwd`, sources of code frames to `root`. */
  readonly root: string;
  readonly cwd: string;
  readonly version: string;
}

export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OpenReporters {
  /** To be subscribed in this order: the first keeps the state that the others read. */
  readonly subscribers: readonly { readonly name: string; readonly subscriber: Subscriber }[];
  readonly view: RunView;
  /** Gives the terminal back; needed after a run that ended by an error of ce, harmless after any other. */
  close(): void;
}

const REPORT_FILES = { sarif: 'ce.sarif', junit: 'ce-junit.xml', github: 'ce-summary.md' } as const;
type ReportKind = keyof typeof REPORT_FILES;

interface ReportFile {
  readonly kind: ReportKind;
  /** Absolute; null for `github` inside GitHub Actions, which names its own file. */
  readonly file: string | null;
}

/** Reads `--report kind[=file]`. Without a file: `ce.sarif`, `ce-junit.xml`, and for `github` the job summary or `ce-summary.md`. */
function parseReports(values: readonly string[], cwd: string, env: Terminal['env']): Result<readonly ReportFile[]> {
  const files: ReportFile[] = [];
  for (const value of values) {
    const [kind = '', ...rest] = value.split('=');
    if (kind !== 'sarif' && kind !== 'junit' && kind !== 'github') {
      return fail({
        code: 'CE_USAGE_BAD_VALUE',
        message: `--report does not know \`${kind}\``,
        next: 'Use --report sarif, junit or github, each with =file if you like.',
      });
    }
    const path = rest.join('=');
    const inherits = kind === 'github' && path === '' && (env['GITHUB_STEP_SUMMARY'] ?? '') !== '';
    files.push({ kind, file: inherits ? null : resolve(cwd, path === '' ? REPORT_FILES[kind] : path) });
  }
  return ok(files);
}

/** Fails only when `--report` was not understood. */
export async function openReporters(request: ReportRequest, terminal: Terminal): Promise<Result<OpenReporters>> {
  const files = parseReports(request.reports, request.cwd, terminal.env);
  if (!files.ok) return files;
  const state = createRunState();
  const reporters = uniqueNames([
    ...(await humanReporters(request, terminal)),
    ...(await fileReporters(request, files.value, terminal)),
    ...(await stdoutReporters(request, terminal)),
  ]);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    process.removeListener('exit', close);
    for (const reporter of reporters) reporter.close?.();
  };
  process.once('exit', close);
  return ok({
    subscribers: [
      { name: 'state', subscriber: state.apply },
      ...reporters.map((reporter) => ({ name: reporter.name, subscriber: (event: Parameters<Subscriber>[0]) => reporter.onEvent(event, state.view) })),
    ],
    view: state.view,
    close,
  });
}

/** The bus knows a subscriber by its name; `--report` may name one kind twice. */
function uniqueNames(reporters: readonly Reporter[]): readonly Reporter[] {
  return reporters.map((reporter, index) =>
    reporters.findIndex(({ name }) => name === reporter.name) === index ? reporter : { ...reporter, name: `${reporter.name} ${index}` },
  );
}

/** A tree needs a terminal that can move its cursor; pipes, CI, NO_COLOR and dumb terminals get lines. */
export function styleOf(stream: Stream, env: Terminal['env']): 'live' | 'plain' {
  const inCi = (env['CI'] ?? '') !== '' && env['CI'] !== 'false' && env['CI'] !== '0';
  return stream.isTTY === true && !inCi && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' ? 'live' : 'plain';
}

async function humanReporters(request: ReportRequest, terminal: Terminal): Promise<readonly Reporter[]> {
  const stream = request.stdout === 'text' ? terminal.stdout : terminal.stderr;
  const theme = await createTheme(appearanceOf(terminal.env, stream.isTTY === true ? 'terminal' : 'pipe'));
  const out = onGitHub(terminal) ? await harmless(terminalOutput(stream)) : terminalOutput(stream);
  // Lines of events and a tree that is repainted cannot share one screen.
  const shared = request.stdout === 'events' && terminal.stdout.isTTY === true;
  if (styleOf(stream, terminal.env) === 'live' && !shared) {
    const { createLiveReporter, SYSTEM_CLOCK } = await import('./live.ts');
    return [createLiveReporter(out, theme, sourceReader(request.root), SYSTEM_CLOCK)];
  }
  if (request.stdout !== 'text') {
    const { createQuietReporter } = await import('./quiet.ts');
    return [createQuietReporter(out, theme)];
  }
  return [createPlainReporter(out, theme, sourceReader(request.root))];
}

async function stdoutReporters(request: ReportRequest, terminal: Terminal): Promise<readonly Reporter[]> {
  const out = terminalOutput(terminal.stdout);
  switch (request.stdout) {
    case 'text':
      return [];
    case 'json': {
      const { resultOf, toJsonText } = await import('./json.ts');
      return [{ name: 'json', onEvent: (event, view) => (event.type === 'run.end' ? out.write(toJsonText(resultOf(view))) : undefined) }];
    }
    case 'events':
      return [(await import('./ndjson.ts')).createNdjsonReporter(out)];
    case 'levels':
      return [(await import('./levels.ts')).createLevelsReporter(out)];
  }
}

/** In GitHub Actions annotations and the job summary come unasked. */
async function fileReporters(request: ReportRequest, files: readonly ReportFile[], terminal: Terminal): Promise<readonly Reporter[]> {
  const reporters: Reporter[] = [];
  for (const { kind, file } of files) {
    if (kind === 'sarif' && file !== null) {
      const { sarifOf } = await import('./sarif.ts');
      reporters.push(createFileReporter(kind, file, (view) => `${JSON.stringify(sarifOf(view, request.version), null, 2)}\n`));
    } else if (kind === 'junit' && file !== null) {
      const { junitOf } = await import('./junit.ts');
      reporters.push(createFileReporter(kind, file, junitOf));
    } else if (kind === 'github' && file !== null) {
      const { jobSummaryOf } = await import('./github.ts');
      reporters.push(createFileReporter(kind, file, jobSummaryOf));
    }
  }
  if (!onGitHub(terminal) && !files.some(({ kind }) => kind === 'github')) return reporters;
  const { annotationsOf, jobSummaryOf } = await import('./github.ts');
  const out = terminalOutput(request.stdout === 'text' ? terminal.stdout : terminal.stderr);
  reporters.push({
    name: 'github annotations',
    onEvent: (event, view) =>
      event.type === 'run.end'
        ? out.write(
            annotationsOf(view)
              .map((line) => `${line}\n`)
              .join(''),
          )
        : undefined,
  });
  const summary = terminal.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary !== '') reporters.push(createSummaryReporter(resolve(request.cwd, summary), jobSummaryOf));
  return reporters;
}

function onGitHub(terminal: Terminal): boolean {
  return terminal.env['GITHUB_ACTIONS'] === 'true';
}

/** Text for people must not be read as a workflow command. */
async function harmless(out: Output): Promise<Output> {
  const { defuse } = await import('./github.ts');
  return { ...out, write: (text) => out.write(text.split('\n').map(defuse).join('\n')) };
}
