/**
 * Any command: of a spec, of the config, of a package script. Its output is searched for test runs, located findings and what
 * the spec expects; its exit code alone decides only when it says nothing else.
 */
import { detectCommands } from './detect-commands.ts';
import { type Expectation, readExpectation, unmet } from './expectation.ts';
import { locatedFindings } from './located.ts';
import { readTestOutput, type TestOutput } from './output/read.ts';
import { readScripts } from './package-json.ts';
import { readTestReport } from './report.ts';
import { NODE_REPORTING, PYTEST_REPORTING } from './reporter.ts';
import { silentFiles } from './silent-files.ts';
import { doesNothing, endsWithSearch, runsTests, scriptOf, workFolder } from './test-run.ts';
import { firstLine, inProject, lastLine, plain } from './text.ts';
import { locator } from './traceback.ts';
import { judgeEnd, judgeTests, withoutRoot } from './verdict.ts';
import type { Check, Diagnostic, JudgeContext, Judgement, ToolResult, Validator, Variable } from '../core/api.ts';

/** A command that names its own reporter keeps it: node:test takes as many destinations as reporters, so one more would break it. */
function variables(check: Check): readonly Variable[] {
  return [...(scriptOf(check).includes('--test-reporter') ? [] : NODE_REPORTING), ...PYTEST_REPORTING];
}

/** All that is known of one run. `found` searches the whole output, so it is asked late. */
interface Run {
  readonly result: ToolResult;
  readonly check: Check;
  readonly context: JudgeContext;
  readonly tests: TestOutput | null;
  /** From ce's own reporters: better placed than what the text says. */
  readonly failures: readonly Diagnostic[];
  found(): readonly Diagnostic[];
}

function readRun(result: ToolResult, check: Check, context: JudgeContext): Run {
  const locate = locator(context.root, workFolder(check), context.read);
  const found = (): readonly Diagnostic[] => locatedFindings(`${result.stdout}\n${result.stderr}`, 'command', locate);
  const text = readTestOutput(result.stdout, result.stderr);
  const report = result.report === null ? null : readTestReport(result.report, 'test', locate);
  if (report === null) return { result, check, context, tests: text, failures: [], found };
  const broken = report.internal ?? (report.complete ? (text?.broken ?? null) : 'a test run did not come to its end');
  // What the report covers it counts better; a runner that it knows nothing of is only in the text.
  const covered = text === null || text.runners.every((runner) => /^(?:pytest|node:test|tap)$/.test(runner));
  const counts = covered ? report.tests : { ...text.tests, failed: Math.max(text.tests.failed, report.tests.failed) };
  return {
    result,
    check,
    context,
    tests: { runners: text?.runners ?? [], tests: counts, broken },
    failures: [...report.failures, ...silentFiles(report.silent, 'test', locate, context.read)],
    found,
  };
}

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const expectation = check.expect === undefined || check.expect.trim() === '' ? null : readExpectation(check.expect);
  const run = readRun(result, check, context);
  return withoutRoot(
    expectation !== null && expectation.exit !== 'zero' ? judgeExpectedFailure(run, expectation) : judgeSuccess(run, expectation),
    context.root,
  );
}

/** The spec declares that the command fails: only the declared way of failing is a pass. */
function judgeExpectedFailure(run: Run, expectation: Expectation): Judgement {
  const { result, check, context } = run;
  const declared =
    result.exit !== null &&
    (result.exit === expectation.exit || expectation.present.length > 0) &&
    !result.notFound &&
    !result.timedOut &&
    !result.cancelled &&
    result.signal === null;
  const ended = declared ? null : judgeEnd(result, check, context);
  return ended ?? judgeExpected(run, expectation);
}

function judgeSuccess(run: Run, expectation: Expectation | null): Judgement {
  const { result, check, context } = run;
  const ended = judgeEnd(result, check, context) ?? (expectation?.understood === true ? null : judgeIdle(run));
  if (ended !== null) return ended.verdict === 'crash' ? { ...ended, diagnostics: [...run.failures, ...run.found()] } : ended;
  const expected = expectation === null ? null : judgeExpected(run, expectation);
  const itself = run.tests === null ? judgeExit(run, expected?.verdict === 'pass' ? 'holds' : 'unknown') : judgeOutput(run, run.tests);
  if (expected === null) return itself;
  // A failing test says more than an expectation that does not hold because of it.
  if (itself.verdict !== 'pass') return { ...itself, diagnostics: [...itself.diagnostics, ...expected.diagnostics] };
  return { ...expected, diagnostics: [...itself.diagnostics, ...expected.diagnostics], ...(itself.tests === undefined ? {} : { tests: itself.tests }) };
}

/** A command that can only succeed shows nothing, unless its spec says what it must print. Null when it does something. */
function judgeIdle({ result, check, context, tests }: Run): Judgement | null {
  const script = scriptOf(check);
  if (result.exit !== 0 || tests !== null || !doesNothing(script, readScripts(context.read(inProject(workFolder(check), 'package.json'))))) return null;
  return { verdict: 'empty', diagnostics: [], message: `the command does nothing that could fail: ${firstLine(script)}` };
}

function judgeOutput(run: Run, output: TestOutput): Judgement {
  const { result } = run;
  const good = result.exit === 0 && output.tests.failed === 0 && output.broken === null && run.failures.length === 0;
  // Without a failure, a trace in the output is what a test printed.
  const located = good ? [] : run.failures.length > 0 ? run.failures : run.found();
  const judged = judgeTests(output.tests, located, result);
  return output.broken !== null && judged.verdict !== 'fail' ? { ...judged, verdict: 'crash', message: output.broken } : judged;
}

/** No test runner was recognised. `holds`: what the spec expects of the output is there, an exit of 1 by a search included. */
function judgeExit(run: Run, expected: 'holds' | 'unknown'): Judgement {
  const { result, check, context } = run;
  if (result.exit !== 0 && expected === 'unknown') {
    const located = run.found();
    const message =
      located.find((diagnostic) => diagnostic.severity === 'error')?.message ??
      (firstLine(lastLine(plain(result.stderr)) || lastLine(plain(result.stdout))) || 'it printed nothing');
    const unlocated: Diagnostic = { source: 'command', code: `exit-${result.exit}`, severity: 'error', message };
    return { verdict: 'fail', diagnostics: located.length > 0 ? located : [unlocated], message: `ended with exit code ${result.exit}: ${message}` };
  }
  if (check.needsTests || runsTests(check, context.read))
    return { verdict: 'empty', diagnostics: [], message: 'the command is a test run, and nothing in its output says that a test ran' };
  return { verdict: 'pass', diagnostics: [] };
}

function judgeExpected(run: Run, expectation: Expectation): Judgement {
  const { result, check, tests } = run;
  const place = originPlace(check);
  const broken = unmet(expectation, {
    exit: result.exit ?? -1,
    stdout: plain(result.stdout),
    stderr: plain(result.stderr),
    testsRun: tests?.tests.run ?? null,
    searches: endsWithSearch(check),
  });
  const unread: readonly Diagnostic[] = expectation.understood
    ? []
    : [
        {
          source: 'ce',
          code: 'CE_SPEC_GATE_MANUAL',
          severity: 'info',
          message: `not checked by ce, a person must judge it: ${firstLine(check.expect ?? '')}`,
          ...place,
        },
      ];
  const counts = tests === null ? {} : { tests: tests.tests };
  if (broken.length === 0) return { verdict: 'pass', diagnostics: unread, ...counts };
  const failures = broken.map((message): Diagnostic => ({ source: 'command', code: 'expectation', severity: 'error', message, ...place }));
  return { verdict: 'fail', diagnostics: [...failures, ...unread], message: broken.join('; '), ...counts };
}

function originPlace(check: Check): { readonly file?: string; readonly line?: number } {
  const match = /^(.+):(\d+)$/.exec(check.origin);
  return match === null ? {} : { file: match[1] ?? '', line: Number(match[2]) };
}

export const command: Validator = { name: 'command', version: '2', detect: detectCommands, judge, variables };
