/** Node's own test runner through ce's reporter. A file without tests, which Node counts as a passing one, is none. */
import { testInputs, TIME_LIMIT } from './inputs.ts';
import { locatedFindings } from './located.ts';
import { readTestOutput } from './output/read.ts';
import { packageManager, readPackage } from './package-json.ts';
import { readTestReport } from './report.ts';
import { NODE_REPORTING } from './reporter.ts';
import { silentFiles } from './silent-files.ts';
import { plain } from './text.ts';
import { locator } from './traceback.ts';
import { judgeEnd, judgeTests, quoteEnd, withoutRoot } from './verdict.ts';
import type { Check, JudgeContext, Judgement, ProjectView, ToolResult, Validator } from '../core/api.ts';

/** A script that runs node:test and nothing beside it whose failure would be taken for a test's. */
export const NODE_TEST = /(?:^|[\s;&|])(?:node|tsx)\s(?:[^;&|\n]*\s)?--test(?=$|[\s;&|])/;
const TEST_FILE = /\.(?:test|spec)\.[cm]?[jt]s$|^test[-.].*\.[cm]?js$/;

/** Test files in the folders where Node looks, at most two folders down. */
function testFiles(view: ProjectView): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of view.list(folder)) {
      const path = folder === '.' ? entry : `${folder}/${entry}`;
      if (TEST_FILE.test(entry)) found.push(path);
      else if (depth > 0 && !entry.includes('.') && !/^(?:node_modules|fixtures)$/.test(entry)) visit(path, depth - 1);
    }
  };
  visit('.', 0);
  for (const folder of ['test', 'tests', 'src', '__tests__']) visit(folder, 2);
  return found;
}

function detect(view: ProjectView): readonly Check[] {
  const manifest = readPackage(view);
  if (manifest === null) return [];
  const script = manifest.scripts['test'];
  const base = {
    validator: 'nodeTest',
    level: 'L2',
    project: view.project.dir,
    cwd: view.project.dir,
    inputs: testInputs(),
    env: [],
    timeout: TIME_LIMIT,
    cache: true,
    needsTests: true,
  } as const;
  if (script !== undefined && NODE_TEST.test(script) && !script.includes('--test-reporter')) {
    const manager = packageManager(view, manifest);
    const argv = manager === 'npm' ? ['npm', 'test', '--silent'] : [manager, 'run', 'test'];
    return [{ ...base, command: { argv }, version: ['node', '--version'], origin: 'package.json' }];
  }
  if (script !== undefined && !/no test specified/.test(script)) return [];
  const first = testFiles(view).find(
    (file) => /\.[cm]?js$/.test(file) && /from 'node:test'|from "node:test"|require\(['"]node:test['"]\)/.test(view.read(file) ?? ''),
  );
  return first === undefined ? [] : [{ ...base, command: { argv: ['node', '--test'] }, version: ['node', '--version'], origin: first }];
}

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  return withoutRoot(judgeRun(result, check, context), context.root);
}

function judgeRun(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const locate = locator(context.root, check.cwd, context.read);
  const report = result.report === null ? null : readTestReport(result.report, 'node:test', locate);
  const ended = judgeEnd(result, check, context, report?.failures ?? []);
  if (ended !== null) return ended;
  const said = plain(`${result.stdout}\n${result.stderr}`);
  if (report === null) {
    if (result.exit !== 0 && /^Could not find /m.test(said)) return { verdict: 'empty', diagnostics: [], message: 'there is no test file' };
    const output = readTestOutput(result.stdout, result.stderr);
    const found = result.exit === 0 ? [] : locatedFindings(said, 'node:test', locate);
    if (output !== null && output.broken === null) return judgeTests(output.tests, found, result);
    // What runs before the tests failed: a build, a hook of the package script.
    if (found.length > 0) return { verdict: 'fail', diagnostics: found, message: found[0]?.message ?? 'failed' };
    return { verdict: 'crash', diagnostics: found, message: output?.broken ?? `ended with exit code ${result.exit} and reported nothing${quoteEnd(result)}` };
  }
  if (!report.complete)
    return {
      verdict: 'crash',
      diagnostics: report.failures,
      tests: report.tests,
      message: `the test run did not come to its end (exit code ${result.exit})${quoteEnd(result)}`,
    };
  return judgeTests(report.tests, [...report.failures, ...silentFiles(report.silent, 'node:test', locate, context.read)], result);
}

export const nodeTest: Validator = { name: 'nodeTest', version: '1', detect, judge, variables: () => NODE_REPORTING };
