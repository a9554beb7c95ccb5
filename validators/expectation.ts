/**
 * Reads what a spec says a command must show. Small and strict: an expectation that is not in one of these forms is not
 * checked, and that is said. An expected failure counts only when the text declares it.
 *
 * Forms: `exit 1`, `fails with exit code 2`, `non-zero exit`, `command fails` · `no output`, `empty output`, `no matches` ·
 * quoted, code-spanned or fenced text that must appear, also after `contains` · the same after `no`, `not`, `without`, `does
 * not contain`: must not appear · `all 5 tests pass`, `6+ tests`, `7/7 tests passed`: that many must have run · `all tests
 * pass`, `succeeds`, `no errors`, `exit 0`.
 */

export type ExitExpectation = 'zero' | 'non-zero' | number;

export interface Expectation {
  readonly exit: ExitExpectation;
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** Nothing may be printed on stdout. */
  readonly silent: boolean;
  /** Tests that must have run. */
  readonly tests: number;
  /** False when a part was not understood. */
  readonly understood: boolean;
}

const FENCE = /^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?[ \t]*\1[ \t]*$/gm;
const QUOTED = /`([^`\n]+)`|"([^"\n]+)"|“([^”\n]+)”|(?<![\w])'([^'\n]{2,})'(?!\w)/g;
const NEGATED_VERB =
  /(?:\b(?:no|not|without|never|absent|free of|excludes?)\b|n['’]t)(?:\s+(?:to|be|show|shows|print|prints|output|contains?|includes?|mention|mentions|any|have|the|a|text|references?|lines?|matches|for|of)\b)*[\s:]*$/i;
const NEGATED_NOUN = /\bno (?:\w+ ){1,2}(?:with|containing|named|matching|to|of)[\s:]*$/i;
const ERROR_TEXT = /no such file or directory|command not found|permission denied|cannot access|^(?:[A-Za-z_]\w*)?(?:Error|Exception)\b/i;

const PLAIN_PASS =
  /^(?:(?:all|both|each|every|the)?\s*(?:existing |unit |integration |validation |e2e |new )*(?:tests?|checks?|commands?)?\s*(?:should |must |still )?(?:pass|passes|passed|succeed|succeeds|green)(?: successfully)?|success|succeeds|no (?:errors?|failures?|warnings?|issues?)(?: found)?|exit(?:s)?(?: code| status)?(?: with)?[\s:=]*0|clean exit|works|ok)$/i;
const EXIT = /\b(?:exit(?:s|ed)?(?: with)?(?: an?)?(?: code| status)?|return code|rc|status code)[\s:=]*(?:is |of )?`?(\d{1,3})`?\b/i;
const NON_ZERO = /\bnon-?zero\b|^(?:the )?(?:command|script|it|this|run)?\s*(?:must |should |will )?fails?(?: with (?:an )?error)?$|^(?:an )?error$/i;
const SILENT =
  /^(?:there (?:is|are) )?(?:no (?:output|matches|match|results?|hits|lines)|empty(?: output| result)?|nothing(?: printed| found)?|0 (?:matches|results|hits))$/i;
const TESTS = /^(?:all )?(?:at least |≥ ?|>= ?)?(\d+)(?:\/\1)?\+? (?:existing |unit |integration |new )*tests? (?:should |must )?(?:pass|passes|passed)$/i;

const isNegated = (before: string): boolean => NEGATED_VERB.test(before) || NEGATED_NOUN.test(before);

/** `All memories at `x/`` quotes a path and says nothing of the output: only a bare quote, or one beside a word for printing, must appear. */
function speaksOfOutput(clause: string): boolean {
  const words = bare(clause.replace(QUOTED, ' ').replace(/\([^()]*\)/g, ' ')).replace(/^(?:and|or|then|[,\s])+|[,\s]+$/g, '');
  return (
    words === '' ||
    /\b(?:outputs?|contains?|prints?|printed|shows?|displays?|includes?|returns?|reports?|says?|logs?|lines?|messages?|text|stdout|stderr|matches)\b/i.test(
      words,
    )
  );
}

/** Removes list marks, emphasis and a full stop, and what stands in brackets as a remark. */
function bare(clause: string): string {
  return clause
    .replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '')
    .replace(/^(?:expected(?: output| result)?|output|result)\s*:\s*/i, '')
    .replace(/\*\*?/g, '')
    .replace(/\s*\([^()]*\)\s*$/, '')
    .replace(/[.!;:,\s]+$/, '')
    .replace(/^[✅✓✔\s]+/u, '')
    .trim();
}

/** In UTF-16 units. Longer sentences and texts are no expectation that anybody wrote down to be checked. */
const CLAUSE_LIMIT = 1000;
const TEXT_LIMIT = 20_000;

/** Total: any text gives an expectation; `understood` says whether all of it was read. */
export function readExpectation(text: string): Expectation {
  const present: string[] = [];
  const absent: string[] = [];
  let exit: ExitExpectation = 'zero';
  let silent = false;
  let tests = 0;
  let understood = text.length <= TEXT_LIMIT;
  const prose = text
    .slice(0, TEXT_LIMIT)
    .replaceAll('\r\n', '\n')
    .replace(FENCE, (_, _mark: string, body: string) => {
      present.push(
        ...body
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '' && line !== '...'),
      );
      return '';
    });
  for (const clause of prose.split(/\n|;|,[ \t]{1,9}(?:and[ \t]+)?(?=(?:no|not|exit|contains?|without)\b)/i)) {
    if (clause.length > CLAUSE_LIMIT) {
      understood = false;
      continue;
    }
    const said = bare(clause);
    if (said === '') continue;
    const quotes = [...clause.matchAll(QUOTED)];
    const code = EXIT.exec(said);
    const count = TESTS.exec(said);
    if (code !== null) exit = Number(code[1]) === 0 ? 'zero' : Number(code[1]);
    if (count !== null) tests = Math.max(tests, Number(count[1]));
    for (const quote of quotes) {
      const value = (quote.slice(1).find((part) => part !== undefined) ?? '').trim();
      if (value === code?.[1]) continue;
      if (isNegated(clause.slice(0, quote.index))) absent.push(value);
      else if (speaksOfOutput(clause)) present.push(value);
      else understood = false;
    }
    if (code !== null || count !== null || quotes.length > 0) continue;
    if (SILENT.test(said)) {
      silent = true;
    } else if (NON_ZERO.test(said)) {
      exit = 'non-zero';
    } else if (PLAIN_PASS.test(said)) {
    } else {
      const error = /^no (\w+(?:Error|Exception))\b/i.exec(said)?.[1];
      if (error === undefined) understood = false;
      else absent.push(error);
    }
  }
  if (exit === 'zero' && present.length > 0 && present.every((value) => ERROR_TEXT.test(value))) exit = 'non-zero';
  return { exit, present, absent, silent, tests, understood };
}

export interface Seen {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly testsRun: number | null;
  /** The last command of the script searches or compares: it ends with 1 when it finds nothing. */
  readonly searches: boolean;
}

/** What does not hold, one line each; empty when the expectation is met. */
export function unmet(expectation: Expectation, seen: Seen): readonly string[] {
  const broken: string[] = [];
  const all = `${seen.stdout}\n${seen.stderr}`;
  for (const text of expectation.present) {
    if (!holds(all, text)) broken.push(`the output must hold ${JSON.stringify(text)}`);
  }
  for (const text of expectation.absent) {
    if (holds(all, text)) broken.push(`the output must not hold ${JSON.stringify(text)}`);
  }
  if (expectation.silent && seen.stdout.trim() !== '') broken.push('the output must be empty');
  if (expectation.tests > 0 && (seen.testsRun ?? 0) < expectation.tests)
    broken.push(`at least ${expectation.tests} tests must run, ${seen.testsRun ?? 'an unknown number'} did`);
  const foundNothing =
    seen.searches && seen.exit === 1 && seen.stderr.trim() === '' && (expectation.silent || expectation.absent.length > 0 || expectation.present.includes('0'));
  const exitHolds =
    expectation.exit === 'zero' ? seen.exit === 0 || foundNothing : expectation.exit === 'non-zero' ? seen.exit !== 0 : seen.exit === expectation.exit;
  if (!exitHolds) broken.push(`the exit code must be ${expectation.exit === 'zero' ? '0' : expectation.exit}, it is ${seen.exit}`);
  return broken;
}

/** A short text or a number must stand alone: `0` is not in `10`. */
function holds(output: string, text: string): boolean {
  if (text.length > 3 && !/^[\d.]+$/.test(text)) return output.includes(text);
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.])${escaped}(?![\\w]|\\.\\d)`).test(output);
}
