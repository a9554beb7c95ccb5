/** A checkpoint task: is there evidence, is the tree the one that was tested, and then one commit, journalled before it is made. */
import type { TaskResult } from '../contracts.ts';
import type { Failure } from '../errors.ts';
import { phaseSpecs } from '../graph/freshness.ts';
import { LEVELS, type Checkpoint, type GateResult, type Level, type Phase, type Prp, type Task } from '../model.ts';
import { writeSession } from '../state/session-file.ts';
import { changedPaths, isArtefact } from '../vcs/changes.ts';
import { applyCheckpoint, prepareCheckpoint } from '../vcs/checkpoint.ts';
import { callPlugins } from './call-plugins.ts';
import { attemptsOf, phaseRecord, type PhaseRecord, type RunContext } from './context.ts';
import { judgeAgain } from './gate-task.ts';
import { reviewLeftovers } from './leftovers.ts';
import { movedSince } from './standing.ts';

const failed = (failure: Failure): TaskResult => ({ outcome: 'failed', reason: failure.message, failure });

const WORD = { passed: 'pass', unverified: 'unverified', 'not-applicable': 'n/a' } as const;

/** As in the trailer: `L1=pass L2=pass L3=unverified L4=n/a`. */
function gatesTrailer(gates: ReadonlyMap<Level, GateResult>): string {
  return LEVELS.map((level) => {
    const gate = gates.get(level);
    if (gate === undefined) return `${level}=n/a`;
    if (gate.passed) return `${level}=${WORD.passed}`;
    return `${level}=${gate.outcome === 'not-applicable' ? WORD['not-applicable'] : WORD.unverified}`;
  }).join(' ');
}

/** Null when the phase may be checkpointed. */
function missingEvidence(task: Task, phase: Phase | null, record: PhaseRecord, context: RunContext): Failure | null {
  const named = phase?.validate.some((validation) => validation.level === 'L2' && validation.kind === 'command') === true;
  const required = context.session.config.require ?? (named ? (['L2'] as const) : []);
  const lacking = required.filter((level) => record.gates.get(level)?.passed !== true);
  const observed = (['L1', 'L2', 'L3'] as const).some((level) => record.gates.get(level)?.passed === true);
  const place = { file: context.prps.get(task.prp ?? '')?.path ?? '', ...(phase === null ? {} : { line: phase.line }) };
  if (lacking.length > 0) {
    return {
      code: 'CE_GATE_UNVERIFIED',
      message: `${task.prp}:${task.phase}: ${lacking.join(', ')} must pass and did not run`,
      place,
      next: 'Add a validation command to the phase, or change `require` in the config.',
    };
  }
  if (observed) return null;
  return {
    code: 'CE_GATE_UNVERIFIED',
    message: `${task.prp}:${task.phase}: none of L1 to L3 passed with evidence, so there is no checkpoint`,
    place,
    why: 'no validator was detected or configured, and the phase names no command',
    next: 'Add `**Validation Command**: `…`` to the phase, or a validator to ce.config.ts; `ce doctor` shows what was detected.',
  };
}

export async function runCheckpointTask(task: Task, prp: Prp, phase: Phase | null, context: RunContext): Promise<TaskResult> {
  const record = phaseRecord(context, prp.id, task.phase ?? '');
  const missing = missingEvidence(task, phase, record, context);
  if (missing !== null) return failed(missing);
  const moved = record.from === null ? null : await movedSince(record.from, context);
  if (moved !== null) return failed(moved);
  const again = await judgeAgain(task, prp, phase, context);
  if (again !== null) return failed(again);
  const leftovers = reviewLeftovers(
    context.ledger.unclaimed(await changedPaths(context.git)).filter(({ path }) => !isArtefact(path) && path !== prp.path),
    context,
  );
  if (leftovers !== null) return failed(leftovers);
  const spec = phaseSpecs(prp).get(task.phase ?? 'final') ?? '';
  const tree = context.ledger.accepted.size > 0 ? 'dirty' : 'clean';
  const prepared = await prepareCheckpoint({
    git: context.git,
    prp: prp.id,
    phase: task.phase ?? 'final',
    title: phase === null ? prp.title : phase.name,
    number: phase?.number ?? null,
    kind: phase?.kind ?? 'phase',
    paths: context.ledger.own(),
    gates: gatesTrailer(record.gates),
    heals: record.heals.filter((heal) => heal.applied && !heal.reverted).length,
    spec,
    run: context.run,
    stage: null,
    tree,
    tags: context.session.config.checkpoint.tags ? 'yes' : 'no',
    now: new Date(),
  });
  if (!prepared.ok) return failed(prepared.failure);
  const intent = prepared.value;
  await context.journal.append({ type: 'intent', intent }, 'durable');
  const applied = await applyCheckpoint(context.git, intent);
  if (!applied.ok) return failed(applied.failure);
  await context.journal.append({ type: 'settled', commit: intent.commit }, 'durable');
  context.ledger.settle();
  const checkpoint: Checkpoint = {
    prp: prp.id,
    phase: task.phase ?? 'final',
    commit: intent.commit,
    tag: intent.tag?.name ?? null,
    ref: intent.ref,
    spec,
    gates: gatesTrailer(record.gates),
    tree,
  };
  context.checkpoints.push(checkpoint);
  writeSession(context.workspace.paths, {
    prp,
    phase: checkpoint.phase,
    run: context.run,
    attempts: attemptsOf(record),
    checkpoint: checkpoint.tag ?? checkpoint.commit,
  });
  context.bus.emit({ type: 'checkpoint', task: task.id, checkpoint });
  await callPlugins('checkpoint', () => context.session.hooks.checkpoint.promise(checkpoint));
  return { outcome: 'executed', reason: `${intent.commit.slice(0, 7)} ${checkpoint.tag ?? checkpoint.ref}` };
}
