/** From validators' results to a gate's result. Pure: a gate passes only when something passed and nothing did otherwise. */
import type { Failure } from '../errors.ts';
import type { GateResult, Level, Task, ValidatorResult, Verdict } from '../model.ts';

export function combineGate(level: Level, validators: readonly ValidatorResult[], unverified: readonly string[], attempts: number): GateResult {
  // At L4 a validator without comparable sites has judged nothing, which is neither a pass nor a failure.
  const judged = level === 'L4' ? validators.filter((validator) => validator.verdict !== 'empty') : validators;
  const failing = judged.filter((validator) => validator.verdict !== 'pass');
  const base = { level, attempts, validators, unverified };
  if (judged.length === 0) {
    return level === 'L4' && unverified.length === 0
      ? { ...base, outcome: 'not-applicable', passed: false, reason: 'nothing is declared that could be compared' }
      : {
          ...base,
          outcome: 'unverified',
          passed: false,
          reason: unverified.length > 0 ? `${unverified.length} to judge by hand` : 'nothing to run at this level',
        };
  }
  if (failing.length > 0) {
    return {
      ...base,
      outcome: 'failed',
      passed: false,
      reason: failing.map((validator) => `${validator.name}: ${validator.message ?? validator.verdict}`).join('; '),
    };
  }
  const cached = validators.every((validator) => validator.cached);
  return { ...base, outcome: cached ? 'cached' : 'executed', passed: true, reason: cached ? 'nothing changed' : summary(validators) };
}

function summary(validators: readonly ValidatorResult[]): string {
  return validators
    .map((validator) =>
      validator.tests === undefined
        ? validator.name
        : `${validator.name}: ${validator.tests.passed} passed${validator.tests.skipped > 0 ? `, ${validator.tests.skipped} skipped` : ''}`,
    )
    .join(', ');
}

const CODE_OF = {
  fail: 'CE_GATE_FAILED',
  crash: 'CE_GATE_CRASH',
  config: 'CE_GATE_CONFIG',
  empty: 'CE_GATE_EMPTY',
  timeout: 'CE_TASK_TIMEOUT',
  'tool-missing': 'CE_TASK_NOT_FOUND',
} as const satisfies Record<Exclude<Verdict, 'pass'>, Failure['code']>;

/** The failure of a gate that did not pass; the worst verdict names its code. Null when nothing failed. */
export function gateFailure(task: Task, gate: GateResult): Failure | null {
  const order: readonly Exclude<Verdict, 'pass'>[] = ['tool-missing', 'config', 'crash', 'timeout', 'empty', 'fail'];
  for (const verdict of order) {
    const failing = gate.validators.find((validator) => validator.verdict === verdict);
    if (failing === undefined) continue;
    const located = failing.diagnostics.find((diagnostic) => diagnostic.severity === 'error' && diagnostic.file !== undefined);
    return {
      code: CODE_OF[verdict],
      message: `${gate.level} ${failing.name}: ${failing.message ?? located?.message ?? verdict}`,
      ...(located?.file === undefined ? {} : { place: { file: located.file, ...(located.line === undefined ? {} : { line: located.line }) } }),
      ...(failing.log === null ? {} : { why: `the whole output is in ${failing.log}.{out,err}` }),
      next: `${failing.command}   # then: ${task.prp === null ? 'ce validate' : `ce run ${task.prp}`}`,
    };
  }
  return null;
}
