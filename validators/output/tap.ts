/**
 * TAP 12 to 14 (https://testanything.org): points at the margin are counted; nested ones belong to the point that follows them.
 * Node prints a file without tests as a point that has the file's name and nothing nested: that is no test.
 */
import { linesOf } from '../text.ts';
import type { Counted } from './counted.ts';

const POINT = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$/;
const PLAN = /^1\.\.(\d+)(?:\s+#\s*(skip\b.*)?)?/i;
const DIRECTIVE = /(?:^|\s)#\s*(skip|todo)\b/i;
const FILE = /\.[cm]?[jt]sx?$/;

/** Empty when the text is not TAP: it needs a version line, or a plan and a point. Several documents after each other are several results. */
export function readTap(text: string): readonly Counted[] {
  const documents: string[][] = [[]];
  for (const line of linesOf(text)) {
    if (/^TAP version \d+$/.test(line.trim()) && line.startsWith('TAP')) documents.push([line]);
    else documents.at(-1)?.push(line);
  }
  return documents.map(readDocument).filter((document) => document !== null);
}

function readDocument(lines: readonly string[]): Counted | null {
  let plan: number | null = null;
  let points = 0;
  let nested = 0;
  let bail: string | null = null;
  const tests = { run: 0, passed: 0, failed: 0, skipped: 0 };
  for (const line of lines) {
    const bailed = /^\s*Bail out!\s*(.*)$/.exec(line);
    if (bailed !== null) bail = bailed[1] ?? '';
    if (/^\s+(?:not )?ok\b/.test(line)) nested++;
    const planned = PLAN.exec(line);
    if (planned !== null) plan = Number(planned[1]);
    const point = POINT.exec(line);
    if (point === null) continue;
    points++;
    const title = (point[2] ?? '').replace(/\\#/g, '');
    const failed = point[1] !== undefined;
    if (DIRECTIVE.test(title)) tests.skipped++;
    else if (failed || nested > 0 || !(FILE.test(title) && /[\\/]/.test(title))) {
      tests.run++;
      if (failed) tests.failed++;
      else tests.passed++;
    }
    nested = 0;
  }
  const isTap = lines[0]?.startsWith('TAP version') === true || (plan !== null && (points > 0 || plan === 0)) || (bail !== null && points > 0);
  if (!isTap) return null;
  const broken =
    bail !== null
      ? `TAP: bailed out${bail === '' ? '' : `: ${bail}`}`
      : plan === null
        ? 'TAP: the output has no plan, so the run did not end'
        : plan !== points
          ? `TAP: ${points} of ${plan} planned points were reported`
          : null;
  return { runner: 'tap', tests, broken };
}
