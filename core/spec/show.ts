/** A spec as `ce show --json` prints it, and the seeds' own rule for phases. */
import type { Diagnostic, FileChange, Json, Phase, Prp, Validation } from '../model.ts';
import { diagnose } from './diagnostic.ts';

/** The shape of the issue: `{ id, title, status, path, executable, …, phases[], gates[], diagnostics[] }`. JSON only. */
export function showPrp(prp: Prp): { readonly [key: string]: Json } {
  return {
    id: prp.id,
    title: prp.title,
    status: prp.status,
    path: prp.path,
    executable: prp.executable,
    ...(prp.reason === null ? {} : { reason: prp.reason }),
    complexity: prp.complexity,
    hours: prp.hours,
    dependencies: prp.dependencies.map(({ id, soft }) => ({ id, soft })),
    files: prp.files.map(showFile),
    phases: prp.phases.map(showPhase),
    gates: prp.gates.map(showValidation),
    diagnostics: prp.diagnostics.map(({ code, severity, message, file, line }) => ({ code, severity, message, file: file ?? prp.path, line: line ?? 1 })),
  };
}

function showPhase(phase: Phase): Json {
  return {
    number: phase.number,
    id: phase.id,
    name: phase.name,
    kind: phase.kind,
    hours: phase.hours,
    goal: phase.goal,
    approach: phase.approach,
    files: phase.files.map(showFile),
    functions: phase.functions.map(({ name, signature, line }) => ({ name, signature, line })),
    steps: phase.steps,
    validate: phase.validate.map(showValidation),
    ...(phase.checkpoint === null ? {} : { checkpoint: phase.checkpoint }),
    line: phase.line,
  };
}

function showFile(file: FileChange): Json {
  return { path: file.path, action: file.action, description: file.description, ...(file.from === undefined ? {} : { from: file.from }), line: file.line };
}

function showValidation(validation: Validation): Json {
  const { level, name, command, kind, expect, line } = validation;
  return { level, command, ...(expect === undefined ? {} : { expect }), name, kind, line };
}

/** `--strict`: every phase has a number, a name, hours, a goal and an approach. One error a phase that lacks some. */
export function strictDiagnostics(prp: Prp): readonly Diagnostic[] {
  if (prp.phases.length === 0) return [{ ...diagnose('CE_SPEC_STRICT', 'error', `there are no phases: ${prp.reason ?? 'nothing to run'}`, 1), file: prp.path }];
  return prp.phases.flatMap((phase) => {
    const missing = [
      ...(phase.number === '' ? ['a number'] : []),
      ...(phase.name === '' ? ['a name'] : []),
      ...(phase.hours === null ? ['hours'] : []),
      ...(phase.goal === null ? ['a goal'] : []),
      ...(phase.approach === null ? ['an approach'] : []),
    ];
    return missing.length === 0 ? [] : [{ ...diagnose('CE_SPEC_STRICT', 'error', `${phase.id} lacks ${missing.join(', ')}`, phase.line), file: prp.path }];
  });
}
