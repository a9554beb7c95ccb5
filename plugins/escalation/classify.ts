/** From a gate's failure to the trigger that asks for a person, or null for a failure that is ordinary work. Pure. */
import type { Diagnostic, Escalation, GateFailure, ValidatorResult } from '../../core/api.ts';
import { headLines } from './head-lines.ts';
import { missingPackage } from './missing-module.ts';
import { PHRASES, RULES, type Sign } from './signs.ts';

export interface Reason {
  readonly trigger: Escalation['trigger'];
  /** One line: what was seen. */
  readonly message: string;
  readonly evidence: readonly string[];
  /** The package or tool that is missing, when that is the reason. */
  readonly missing?: string;
}

/**
 * Security before dependency before architectural; then the same failure three times running; then a failure without a place.
 * `history` holds the fingerprints of earlier runs of the gate, oldest first.
 */
export function classify({ failing, fingerprint }: GateFailure, history: readonly string[]): Reason | null {
  const findings = failing.flatMap(findingsOf);
  const files = failing.flatMap(({ diagnostics }) => diagnostics.flatMap(({ file }) => (file === undefined ? [] : [file])));
  return (
    bySign(findings, 'security') ??
    missingTool(failing) ??
    missingModule(findings, files) ??
    bySign(findings, 'dependency') ??
    bySign(findings, 'architectural') ??
    persistent(failing, fingerprint, history) ??
    ambiguous(failing)
  );
}

interface Finding {
  readonly source: string;
  readonly code: string;
  readonly heads: readonly string[];
  /** As a person reads it. */
  readonly shown: string;
}

function findingsOf(result: ValidatorResult): readonly Finding[] {
  const located = result.diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map((diagnostic) => ({
      source: diagnostic.source,
      code: diagnostic.code,
      heads: headLines(diagnostic.message),
      shown: show(diagnostic),
    }));
  return result.message === undefined
    ? located
    : [...located, { source: result.name, code: '', heads: headLines(result.message), shown: `${result.name}: ${result.message}` }];
}

function show({ file, line, code, message }: Diagnostic): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return `${place}${code === '' ? '' : `${code} `}${message.split('\n', 1)[0] ?? ''}`;
}

function bySign(findings: readonly Finding[], sign: Sign): Reason | null {
  const hits = findings.filter(
    ({ source, code, heads }) =>
      RULES.some((rule) => rule.sign === sign && rule.source.test(source) && rule.code.test(code)) ||
      heads.some((head) => PHRASES.some((phrase) => phrase.sign === sign && phrase.pattern.test(head)) || endsInRule(head, sign)),
  );
  const first = hits[0];
  return first === undefined ? null : { trigger: sign, message: first.shown, evidence: hits.map(({ shown }) => shown) };
}

/** A linter's plain output, read by nobody: `1:1  error  Dependency cycle detected  import/no-cycle`. */
function endsInRule(head: string, sign: Sign): boolean {
  const code = /^\d+:\d+\s+(?:error|warning)\s.*\s(\S+)$/.exec(head)?.[1];
  return code !== undefined && RULES.some((rule) => rule.sign === sign && rule.source.test('') && rule.code.test(code));
}

function missingTool(failing: readonly ValidatorResult[]): Reason | null {
  const missing = failing.filter(({ verdict }) => verdict === 'tool-missing');
  const first = missing[0];
  if (first === undefined) return null;
  return {
    trigger: 'dependency',
    message: first.message ?? `${first.name} is not installed`,
    evidence: missing.map(({ name, command, message }) => `${name}: ${message ?? command}`),
    missing: first.name,
  };
}

function missingModule(findings: readonly Finding[], files: readonly string[]): Reason | null {
  for (const { heads, shown } of findings) {
    for (const head of heads) {
      const name = missingPackage(head, files);
      if (name !== null)
        return { trigger: 'dependency', message: `the package ${name} is not installed, or the name is misspelt`, evidence: [shown], missing: name };
    }
  }
  return null;
}

function persistent(failing: readonly ValidatorResult[], fingerprint: string, history: readonly string[]): Reason | null {
  const [second, first] = [history.at(-1), history.at(-2)];
  if (first !== fingerprint || second !== fingerprint) return null;
  return { trigger: 'persistent', message: 'the same failure came back three times running', evidence: failing.flatMap(evidenceOf) };
}

/** A crash or a failure that names no place. Timeouts, refused configuration and empty runs say themselves what is wrong. */
function ambiguous(failing: readonly ValidatorResult[]): Reason | null {
  const vague = failing.filter(({ verdict }) => verdict === 'fail' || verdict === 'crash');
  const texts = failing.flatMap(({ message, diagnostics }) => [message ?? '', ...diagnostics.map((diagnostic) => diagnostic.message)]);
  if (vague.length === 0 || failing.some(({ diagnostics }) => diagnostics.some(isLocated)) || texts.some((text) => PLACE.test(text))) return null;
  const first = vague[0];
  return {
    trigger: 'ambiguous',
    message: `${first?.name ?? 'a check'} failed and named neither file nor line`,
    evidence: vague.flatMap(evidenceOf),
  };
}

/** A place in plain text, as compilers, test runners and tracebacks write it. */
const PLACE = /(^|[\s"'(])[\w@./\\-]*[\w-]\.[a-z]{1,5}(:\d+|\(\d+,\d+\)|", line \d+|::\w)|^\s*-->\s+\S+:\d+/m;

/** A place in a document is where a command is written down, not where the failure is. */
function isLocated({ file, severity, source }: Diagnostic): boolean {
  return severity !== 'info' && file !== undefined && (!/\.mdx?$/i.test(file) || /markdown|remark|prettier|vale/i.test(source));
}

function evidenceOf(result: ValidatorResult): readonly string[] {
  const lines = result.diagnostics.filter(({ severity }) => severity !== 'info').map(show);
  return [`${result.command}: ${result.message ?? result.verdict}`, ...lines];
}
