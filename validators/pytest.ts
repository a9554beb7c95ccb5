/** pytest through ce's own plugin: the failing line itself, not the test's first; collection errors; whether the session came to its end. */
import { testInputs, TIME_LIMIT } from './inputs.ts';
import { locatedFindings } from './located.ts';
import { readTestOutput } from './output/read.ts';
import { pytestConfig, pythonTests, readPython } from './python-project.ts';
import { collectText, readTestReport } from './report.ts';
import { PYTEST_REPORTING } from './reporter.ts';
import { firstLine, linesOf, plain } from './text.ts';
import { locator } from './traceback.ts';
import { judgeEnd, judgeTests, quoteEnd, withoutRoot } from './verdict.ts';
import type { Check, JudgeContext, Judgement, Level, ProjectView, ToolResult, Validator } from '../core/api.ts';

/** A module that cannot be imported must not hide the results of the others. */
const ARGS = ['--continue-on-collection-errors', '-q', '--no-header', '--color=no'];
const NO_CACHE = ['-p', 'no:cacheprovider'];
/** Options of the cache plugin: a project that sets one of them cannot do without it. */
const NEEDS_CACHE = /--(?:lf|last-failed|ff|failed-first|nf|new-first|cache-|sw|stepwise)/;

function checkOf(view: ProjectView, level: Level, args: readonly string[], origin: string): Check {
  const tool = view.tool('pytest', 'python') ?? ['pytest'];
  return {
    validator: 'pytest',
    level,
    project: view.project.dir,
    command: { argv: [...tool, ...ARGS, ...args] },
    cwd: view.project.dir,
    // Integration tests talk to what no hash covers.
    inputs: level === 'L2' ? testInputs() : null,
    env: [],
    version: [...tool, '--version'],
    timeout: TIME_LIMIT,
    cache: level === 'L2',
    needsTests: true,
    origin,
  };
}

function detect(view: ProjectView): readonly Check[] {
  const python = readPython(view);
  const config = pytestConfig(view, python);
  const tests = pythonTests(view);
  const usesPytest =
    config !== null || python.declared.has('pytest') || tests.some((file) => /^\s*(?:import pytest|from pytest\b)/m.test(view.read(file) ?? ''));
  // Tests alone are offered to pytest when it is there: it runs unittest's too.
  if (!usesPytest && (tests.length === 0 || view.tool('pytest', 'python') === null)) return [];
  const addopts = config?.settings.get('addopts') ?? '';
  const base = NEEDS_CACHE.test(addopts) ? [] : NO_CACHE;
  const origin =
    config?.origin ?? (python.declared.has('pytest') ? (view.has('pyproject.toml') ? 'pyproject.toml' : 'requirements.txt') : (tests[0] ?? 'tests'));
  const folder = ['tests/integration', 'test/integration'].find((path) => tests.some((file) => file.startsWith(`${path}/`)));
  const marked = /(?:^|["'\n])\s*integration\b/.test(config?.settings.get('markers') ?? '');
  const choosesMarks = /(?:^|[\s"'])-m\b/.test(addopts);
  const checks: Check[] = [];
  if (folder === undefined || tests.some((file) => !file.startsWith(`${folder}/`))) {
    const without = [...(folder === undefined ? [] : [`--ignore=${folder}`]), ...(marked && !choosesMarks ? ['-m', 'not integration'] : [])];
    checks.push(checkOf(view, 'L2', [...base, ...without], origin));
  }
  if (folder !== undefined) checks.push(checkOf(view, 'L3', [...base, folder], origin));
  else if (marked) checks.push(checkOf(view, 'L3', [...base, '-m', 'integration'], origin));
  return checks;
}

function judge(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  return withoutRoot(judgeRun(result, check, context), context.root);
}

/** Exit codes of pytest: 0 passed, 1 failed, 2 interrupted or collection errors, 3 internal error, 4 usage, 5 nothing collected, 6 too many warnings. */
function judgeRun(result: ToolResult, check: Check, context: JudgeContext): Judgement {
  const locate = locator(context.root, check.cwd, context.read);
  const report = result.report === null ? null : readTestReport(result.report, 'pytest', locate);
  const ended = judgeEnd(result, check, context, report?.failures ?? []);
  if (ended !== null) return ended;
  const said = plain(`${result.stdout}\n${result.stderr}`);
  if (report === null)
    return judgeWithoutReport(result, said, locatedFindings(/^ImportError while loading conftest/m.test(said) ? collectText(said) : said, 'pytest', locate));
  if (report.internal !== null || result.exit === 3)
    return { verdict: 'crash', diagnostics: report.failures, tests: report.tests, message: `pytest broke: ${report.internal ?? 'internal error'}` };
  if (!report.complete)
    return {
      verdict: 'crash',
      diagnostics: report.failures,
      tests: report.tests,
      message: `the session did not come to its end (exit code ${result.exit})${quoteEnd(result)}`,
    };
  if (result.exit === 5 && report.tests.failed === 0) return { verdict: 'empty', diagnostics: [], tests: report.tests, message: 'no test was collected' };
  if (result.exit === 2 && report.failures.length === 0)
    return { verdict: 'crash', diagnostics: [], tests: report.tests, message: `was interrupted${quoteEnd(result)}` };
  if (result.exit === 4)
    return judgeWithoutReport(result, said, locatedFindings(/^ImportError while loading conftest/m.test(said) ? collectText(said) : said, 'pytest', locate));
  return judgeTests(report.tests, report.failures, result);
}

/** No session was started: a conftest that can't be imported, arguments or settings that pytest refuses, or a process that died. */
function judgeWithoutReport(result: ToolResult, said: string, found: Judgement['diagnostics']): Judgement {
  if (/^ImportError while loading conftest/m.test(said)) {
    return {
      verdict: 'fail',
      diagnostics: found,
      message: firstLine(
        linesOf(said)
          .findLast((line) => /^E\s/.test(line))
          ?.replace(/^E\s+/, '') ?? 'conftest.py can not be imported',
      ),
    };
  }
  if (result.exit === 4 || (result.exit === 1 && /^(?:ERROR|pytest): /m.test(said))) {
    const message = firstLine(linesOf(said).find((line) => /(?:^|\s)error: (?!usage)/i.test(line)) ?? said);
    return { verdict: 'config', diagnostics: [{ source: 'pytest', code: 'config', severity: 'error', message }], message };
  }
  if (result.exit === 5) return { verdict: 'empty', diagnostics: [], message: 'no test was collected' };
  const output = readTestOutput(said, '');
  // A pytest that does not load ce's plugin still says what it did.
  if (output !== null) return judgeTests(output.tests, output.tests.failed > 0 ? found : [], result);
  return { verdict: 'crash', diagnostics: found, message: `ended with exit code ${result.exit} and reported nothing${quoteEnd(result)}` };
}

export const pytest: Validator = { name: 'pytest', version: '1', detect, judge, variables: () => PYTEST_REPORTING };
