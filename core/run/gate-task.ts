/** A gate task: choose the checks, run them, heal where that is safe, and make sure that the tree judged is the tree that stays. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TaskResult } from '../contracts.ts';
import type { Failure } from '../errors.ts';
import { combineGate, gateFailure } from '../exec/gate.ts';
import { healGate } from '../exec/heal.ts';
import { projectOf } from '../exec/projects.ts';
import type { Check, GateResult, Level, Phase, Prp, Task } from '../model.ts';
import { changedPaths } from '../vcs/changes.ts';
import { callPlugins } from './call-plugins.ts';
import { planGate, type GatePlan } from './checks.ts';
import { phaseRecord, type RunContext } from './context.ts';
import { healServices } from './heal-services.ts';

const UNSTABLE = 'the gate changes files of the phase each time it runs';

export async function runGateTask(task: Task, prp: Prp, phase: Phase | null, context: RunContext): Promise<TaskResult> {
  const level = task.level as Level;
  const record = phaseRecord(context, prp.id, task.phase ?? '');
  const plan = planGate(level, prp, phase, phase === null ? [] : await touchedChecks(context), context.session.config);
  const files = [...new Set([...context.ledger.own(), ...[...prp.files, ...prp.phases.flatMap((each) => each.files)].map(({ path }) => path)])];
  const before = contentOf(context.workspace.root, files);
  const healed = await healGate({
    task,
    files,
    runGate: (attempt) => runStable(task, plan, files, attempt, context),
    hooks: context.session.hooks,
    limits: context.session.config.heal,
    services: healServices(context.workspace.root, context.bus),
    signal: context.signal,
  });
  const gate = await callPlugins('gate', () => context.session.hooks.gate.promise(healed.gate, task));
  if (context.signal.aborted)
    return { outcome: 'cancelled', reason: 'interrupted', gate: { ...gate, outcome: 'cancelled', passed: false, reason: 'interrupted' } };
  record.gates.set(level, gate);
  if (gate.passed) record.judged.set(level, { files, content: contentOf(context.workspace.root, files) });
  record.heals.push(...healed.heals);
  if (contentOf(context.workspace.root, files) !== before) await claimChanges(task, files, context);
  if (healed.escalation !== null) {
    const escalation = { ...healed.escalation, id: `${context.run}-${task.id}` };
    context.bus.emit({ type: 'escalation', escalation });
    return { outcome: 'failed', reason: escalation.message, gate, failure: { code: escalation.code, message: escalation.message } };
  }
  if (context.signal.aborted) return { outcome: 'cancelled', reason: 'interrupted', gate };
  if (gate.outcome === 'failed')
    return {
      outcome: 'failed',
      reason: gate.reason,
      gate,
      failure: gateFailure(task, gate) ?? { code: gate.reason === UNSTABLE ? 'CE_GATE_UNSTABLE' : 'CE_GATE_FAILED', message: gate.reason },
    };
  return { outcome: gate.outcome, reason: gate.reason, gate };
}

/** What a healer or a formatting gate changed inside the PRP's files belongs to the phase. */
async function claimChanges(task: Task, files: readonly string[], context: RunContext): Promise<void> {
  const changed = new Set((await changedPaths(context.git)).map(({ path }) => path));
  context.ledger.addOwn(files.filter((path) => changed.has(path) && !context.ledger.accepted.has(path)));
  context.journal.append({ type: 'phase-paths', prp: task.prp ?? '', phase: task.phase ?? '', paths: context.ledger.own() }, 'durable');
}

/**
 * Levels that passed before the tree changed once more, by a heal or a formatter of a later level or by a hand, are judged again: evidence
 * belongs to the tree that was tested. Null when every level that passed passes on the tree as it is now.
 */
export async function judgeAgain(task: Task, prp: Prp, phase: Phase | null, context: RunContext): Promise<Failure | null> {
  const record = phaseRecord(context, prp.id, task.phase ?? '');
  const { root } = context.workspace;
  const own = context.ledger.own();
  for (const [level, judged] of record.judged) {
    const covered = new Set(judged.files);
    if (own.every((path) => covered.has(path)) && contentOf(root, judged.files) === judged.content) continue;
    const files = [...new Set([...judged.files, ...own])];
    const gateTask: Task = { ...task, id: `${prp.id}:${task.phase ?? ''}:${level}`, kind: 'gate', level };
    context.bus.emit({ type: 'task.progress', task: task.id, message: `${level} is judged again: files changed after it passed` });
    const plan = planGate(level, prp, phase, phase === null ? [] : await touchedChecks(context), context.session.config);
    const gate = await runStable(gateTask, plan, files, (record.gates.get(level)?.attempts ?? 1) + 1, context);
    record.gates.set(level, gate);
    if (!gate.passed) return gateFailure(gateTask, gate) ?? { code: 'CE_GATE_FAILED', message: `${level}: ${gate.reason}` };
    record.judged.set(level, { files, content: contentOf(root, files) });
  }
  return null;
}

/** Checks of the projects that the phase touched; of all projects when it touched none. */
async function touchedChecks(context: RunContext): Promise<readonly Check[]> {
  const { projects, checks } = await context.detection();
  const own = context.ledger.own();
  const touched = new Set(own.map((path) => projectOf(path, projects)?.dir ?? '.'));
  const relevant = checks.filter((check) => own.length === 0 || touched.has(check.project) || check.origin === context.workspace.config.source?.file);
  return relevant.length > 0 || own.length === 0 ? relevant : checks.filter((check) => check.project === '.');
}

/** A tool that changes files has not judged the tree that it leaves: it runs again, and must then change nothing. */
async function runStable(task: Task, plan: GatePlan, files: readonly string[], attempt: number, context: RunContext): Promise<GateResult> {
  const { root } = context.workspace;
  let before = contentOf(root, files);
  for (const round of ['first', 'second'] as const) {
    const results = await context.checks.run(task, plan.checks, attempt, context.signal);
    const gate = combineGate(plan.level, results, plan.unverified, attempt);
    const after = contentOf(root, files);
    if (after === before || !gate.passed) return gate;
    if (round === 'second') {
      return { ...gate, outcome: 'failed', passed: false, reason: UNSTABLE };
    }
    before = after;
  }
  throw new Error('unreachable');
}

function contentOf(root: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\0`);
    try {
      hash.update(readFileSync(`${root}/${file}`));
    } catch {
      hash.update('\0absent');
    }
  }
  return hash.digest('hex');
}
