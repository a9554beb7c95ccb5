/** Ways to silence a tool or skip a test. A data table: a heal that adds one has hidden the failure, not repaired it. */

const SUPPRESSIONS: readonly RegExp[] = [
  /#\s*(ruff:\s*|flake8:\s*)?noqa\b/gi,
  /#\s*type:\s*ignore\b/gi,
  /#\s*(pyright|mypy|ty|pyre):\s*(ignore|disable|basic|strict=false)/gi,
  /#\s*pyre-(ignore|fixme)/gi,
  /#\s*pylint:\s*disable/gi,
  /#\s*(fmt:\s*(off|skip)|yapf:\s*disable|isort:\s*skip)/gi,
  /#\s*pragma:\s*no\s*cover/gi,
  /#\s*nosec\b|\bnosemgrep\b/gi,
  /\beslint-disable/g,
  /@ts-(ignore|expect-error|nocheck)\b/g,
  /\b(biome|prettier|stylelint|oxlint|deno-lint|dprint)-(ignore|disable)/g,
  /\b(istanbul|c8|v8|node:coverage)\s+(ignore|disable)/g,
  /\/\/\s*nolint\b/g,
  /#!?\[\s*(allow|expect)\s*\(/g,
  /\bpytest\s*\.\s*(skip|xfail|importorskip)\b|\bmark\s*\.\s*(skip|skipif|xfail)\b|\bunittest\s*\.\s*(skip|expectedFailure)/g,
  /\.\s*(skip|skipIf|only|todo|failing|fails)\s*(\.each\b|\()/g,
  /\b(xit|xdescribe|xtest|fit|fdescribe)\s*\(/g,
  /\bt\s*\.\s*Skip(Now|f)?\s*\(/g,
  /#\[\s*ignore\b|@(Ignore|Disabled)\b/g,
  /\bsuppress\s*\(/g,
];

export function countSuppressions(text: string): number {
  return SUPPRESSIONS.reduce((sum, pattern) => sum + (text.match(pattern)?.length ?? 0), 0);
}
