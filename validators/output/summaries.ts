/** Test runners that end with a summary in fixed words. Each reader takes the whole text and adds up every summary in it. */
import { linesOf } from '../text.ts';
import { type Counted, counted } from './counted.ts';

/** Adds up `3 failed, 2 passed` in any order; null when no part is a count of a known word. */
function parts(
  text: string,
  separator: RegExp,
  words: { readonly passed: readonly string[]; readonly failed: readonly string[]; readonly skipped: readonly string[] },
): readonly [number, number, number] | null {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  let known = false;
  for (const part of text.split(separator)) {
    const match = /^\s*(\d+)\s+([a-z]+)\s*$/.exec(part);
    if (match === null) continue;
    const word = match[2] ?? '';
    known ||= /^(?:total|deselected|warnings?)$/.test(word);
    for (const outcome of ['passed', 'failed', 'skipped'] as const) {
      if (!words[outcome].includes(word)) continue;
      sum[outcome] += Number(match[1]);
      known = true;
    }
  }
  return known ? [sum.passed, sum.failed, sum.skipped] : null;
}

function each(text: string, pattern: RegExp, read: (match: RegExpExecArray) => Counted | null): readonly Counted[] {
  return [...text.matchAll(pattern)].map((match) => read(match)).filter((result) => result !== null);
}

function pytest(text: string): readonly Counted[] {
  const words = { passed: ['passed', 'xpassed'], failed: ['failed', 'error', 'errors'], skipped: ['skipped', 'xfailed'] };
  return each(text, /^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+|no tests ran|no tests collected) in \d[\d.]*s\b.*$/gm, (match) => {
    const sum = parts(match[1] ?? '', /,/, words);
    if (sum !== null) return counted('pytest', ...sum);
    return /^no tests/.test(match[1] ?? '') ? counted('pytest', 0, 0, 0) : null;
  });
}

function unittest(text: string): readonly Counted[] {
  return each(text, /^Ran (\d+) tests? in [\d.]+s\n+(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$/gm, (match) => {
    const number = (word: string): number => Number(new RegExp(`\\b${word}=(\\d+)`).exec(match[3] ?? '')?.[1] ?? 0);
    const skipped = number('skipped') + number('expected failures');
    const failed = Math.max(number('failures') + number('errors') + number('unexpected successes'), match[2] === 'FAILED' ? 1 : 0);
    return counted('unittest', Math.max(0, Number(match[1]) - failed - skipped), failed, skipped);
  });
}

function jest(text: string): readonly Counted[] {
  const words = { passed: ['passed'], failed: ['failed'], skipped: ['skipped', 'todo', 'pending'] };
  const brokenSuites = [...text.matchAll(/^Test Suites:\s+(\d+) failed/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
  const found = each(text, /^Tests:\s+(.+)$/gm, (match) => {
    const sum = parts(match[1] ?? '', /,/, words);
    // A suite that cannot be loaded has no tests: it is one failure.
    return sum === null ? null : counted('jest', sum[0], Math.max(sum[1], brokenSuites), sum[2]);
  });
  return found.length === 0 && /^No tests found, exiting with code \d/m.test(text) ? [counted('jest', 0, 0, 0)] : found;
}

function vitest(text: string): readonly Counted[] {
  const words = { passed: ['passed'], failed: ['failed', 'errors', 'error'], skipped: ['skipped', 'todo'] };
  const brokenFiles = [...text.matchAll(/^\s*Test Files\s+(\d+) failed/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
  const errors = [...text.matchAll(/^\s*Errors\s+(\d+) errors?\s*$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
  const found = each(text, /^\s+Tests\s{2}(.+?)(?: \((\d+)\))?$/gm, (match) => {
    const sum = parts(match[1] ?? '', /\|/, words);
    if (sum !== null) return counted('vitest', sum[0], Math.max(sum[1], brokenFiles) + errors, sum[2]);
    return (match[1] ?? '').trim() === 'no tests' ? counted('vitest', 0, brokenFiles + errors, 0) : null;
  });
  return found.length === 0 && /^No test files found, exiting with code \d/m.test(text) ? [counted('vitest', 0, 0, 0)] : found;
}

function mocha(text: string): readonly Counted[] {
  return each(text, /^ {2}(\d+) passing \(.+\)$((?:\n {2}\d+ (?:pending|failing))*)/gm, (match) => {
    const number = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(match[2] ?? '')?.[1] ?? 0);
    return counted('mocha', Number(match[1]), number('failing'), number('pending'));
  });
}

function uvu(text: string): readonly Counted[] {
  return each(text, /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm, (match) => {
    const [total, passed, skipped] = [Number(match[1]), Number(match[2]), Number(match[3])];
    return counted('uvu', passed, Math.max(0, total - passed), skipped);
  });
}

function cargo(text: string): readonly Counted[] {
  return each(text, /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm, (match) =>
    counted('cargo test', Number(match[1]), Number(match[2]), Number(match[3])),
  );
}

function bun(text: string): readonly Counted[] {
  return each(text, /^ *(\d+) pass\n(?: *(\d+) skip\n)?(?: *\d+ todo\n)? *(\d+) fail$/gm, (match) =>
    counted('bun', Number(match[1]), Number(match[3]), Number(match[2] ?? 0)),
  );
}

function deno(text: string): readonly Counted[] {
  return each(text, /^(?:ok|FAILED) \| (\d+) passed(?: \(.+?\))? \| (\d+) failed(?: \| (\d+) ignored)?/gm, (match) =>
    counted('deno test', Number(match[1]), Number(match[2]), Number(match[3] ?? 0)),
  );
}

/** `ok`, `FAIL` and `?` lines of packages; with `-v` the tests themselves. Without `-v` a package counts as one test. */
function goTest(text: string): readonly Counted[] {
  const lines = linesOf(text);
  const packages = lines.filter((line) => /^ok {2}\t\S+\t/.test(line));
  const failed = lines.filter((line) => /^FAIL\t\S+/.test(line)).length;
  const untested = lines.filter((line) => /^\?? +\t\S+\t(?:\[no test files\]|coverage: 0)/.test(line)).length;
  if (packages.length + failed + untested === 0) return [];
  const tests = (word: string): number => lines.filter((line) => line.startsWith(`--- ${word}: `)).length;
  const ran = packages.filter((line) => !line.includes('[no tests to run]')).length;
  return [counted('go test', tests('PASS') > 0 ? tests('PASS') : ran, Math.max(tests('FAIL'), failed), tests('SKIP'))];
}

/** Node's own spec reporter. A file without tests is a line with the file's name: it is taken from the count. */
function nodeSpec(text: string): readonly Counted[] {
  const files = linesOf(text).filter((line) => /^✔ \S*[\\/]\S*\.[cm]?[jt]sx? \([\d.]+ms\)$/.test(line)).length;
  const found = each(
    text,
    /^(?:ℹ|#) tests (\d+)\n(?:(?:ℹ|#) suites \d+\n)?(?:ℹ|#) pass (\d+)\n(?:ℹ|#) fail (\d+)\n(?:ℹ|#) cancelled (\d+)\n(?:ℹ|#) skipped (\d+)\n(?:ℹ|#) todo (\d+)$/gm,
    (match) => counted('node:test', Number(match[2]), Number(match[3]) + Number(match[4]), Number(match[5]) + Number(match[6])),
  );
  const [first, ...rest] = found;
  return first === undefined ? [] : [counted(first.runner, Math.max(0, first.tests.passed - files), first.tests.failed, first.tests.skipped), ...rest];
}

export const SUMMARIES: readonly ((text: string) => readonly Counted[])[] = [pytest, unittest, jest, vitest, mocha, uvu, cargo, bun, deno, goTest, nodeSpec];
