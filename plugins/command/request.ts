/** The document that a command implementer reads on standard input: `schemas/implement-request.schema.json`. Pure. */
import type { ImplementRequest, Json } from '../../core/api.ts';

export function requestDocument({ prp, phase, root, run, attempt }: ImplementRequest, prompt: string): Json {
  return {
    v: 1,
    prp_path: prp.path,
    prp_id: prp.id,
    resume_from: prp.phases[0]?.id === phase.id ? null : `phase_${phase.number}`,
    validation_level: 4,
    // A single run has no batch; the program can ask git for the branch.
    context: { project_root: root, branch: null, batch_id: null, stage: null, order: null },
    phase: {
      number: phase.number,
      id: phase.id,
      name: phase.name,
      hours: phase.hours,
      goal: phase.goal,
      approach: phase.approach,
      files: phase.files.map(({ path, action, description, from }) => ({ path, action, description, ...(from === undefined ? {} : { from }) })),
      functions: phase.functions.map(({ name, signature }) => ({ name, signature })),
      steps: phase.steps,
      validate: phase.validate.map(({ level, command, kind, expect }) => ({ level, command, kind, ...(expect === undefined ? {} : { expect }) })),
      checkpoint: phase.checkpoint,
    },
    attempt,
    run_id: run,
    prompt,
  };
}
