/** An implement task: replay the phase's patch, or let the implementer make it, and note which paths changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { implementKey, type Patch } from '../cache/implement-cache.ts';
import type { ImplementResult, TaskResult } from '../contracts.ts';
import type { Failure } from '../errors.ts';
import { implementContext, type ImplementServices } from '../exec/implement.ts';
import { applyWrites } from '../exec/write.ts';
import type { Phase, Prp, Task } from '../model.ts';
import { writeSession } from '../state/session-file.ts';
import { changedPaths, isArtefact } from '../vcs/changes.ts';
import { ignoredPaths } from '../vcs/ignored.ts';
import { callPlugins } from './call-plugins.ts';
import { attemptsOf, phaseRecord, type RunContext } from './context.ts';
import { wants } from './request.ts';
import { movedSince, standingOf, type Standing } from './standing.ts';

const failed = (failure: Failure): TaskResult => ({ outcome: 'failed', reason: failure.message, failure });

export async function runImplementTask(task: Task, prp: Prp, phase: Phase, context: RunContext): Promise<TaskResult> {
  const { journal, ledger } = context;
  writeSession(context.workspace.paths, { prp, phase: phase.id, run: context.run, attempts: attemptsOf(phaseRecord(context, prp.id, phase.id)) });
  const answered = await callPlugins('execute', () =>
    context.session.hooks.execute.for('implement').promise(task, { prp, phase, checks: [], signal: context.signal }),
  );
  if (answered !== undefined) {
    await claimChanges(prp, phase, context);
    return answered;
  }
  const name = implementerName(context);
  const implementer = context.session.implementers.get(name);
  if (implementer === undefined) {
    return failed({
      code: 'CE_USAGE_BAD_VALUE',
      message: `there is no implementer "${name}"`,
      next: `--implementer ${[...context.session.implementers.keys()].join(' | ')}`,
    });
  }
  await journal.append({ type: 'phase-start', prp: prp.id, phase: phase.id }, 'durable');
  const from = await standingOf(context);
  phaseRecord(context, prp.id, phase.id).from = from;
  const key = implementKey({
    spec: phase.spec,
    implementer: { name: implementer.name, version: implementer.version, options: implementer.options },
    tree: from.tree,
  });
  const replayable = implementer.name !== 'manual' && implementer.name !== 'by-hand';
  // Changes that the phase made before may hold a person's fix by now: a patch would write over it.
  const untouched = ledger.own().length === 0;
  const patch = replayable && untouched && !wants(context.request, 'force') ? context.implementCache.get(key) : null;
  if (patch !== null) {
    const writes = patch.map(({ path, content, executable }) => ({ path, content, executable }));
    await journal.append(
      { type: 'phase-paths', prp: prp.id, phase: phase.id, paths: [...new Set([...ledger.own(), ...writes.map(({ path }) => path)])] },
      'durable',
    );
    const applied = applyWrites(context.workspace.root, writes);
    if (!applied.ok) return failed(applied.failure);
    await claimChanges(prp, phase, context);
    return { outcome: 'cached', reason: `the patch of an earlier run was replayed (${patch.length} files)` };
  }
  const result = await implementer.implement(
    {
      prp,
      phase,
      root: context.workspace.root,
      run: context.run,
      attempt: 1,
      changed: ledger.own(),
      edited: ledger.edited((path) => hashOf(join(context.workspace.root, path))),
    },
    implementContext(contextServices(task, context)),
  );
  for (const diagnostic of result.diagnostics) context.bus.emit({ type: 'diagnostic', task: task.id, diagnostic });
  return finish(prp, phase, result, { from, key: replayable ? key : null }, context);
}

/** What the phase stood on, and where its patch is kept; null when it is not. */
interface Origin {
  readonly from: Standing;
  readonly key: string | null;
}

async function finish(prp: Prp, phase: Phase, result: ImplementResult, { from, key }: Origin, context: RunContext): Promise<TaskResult> {
  const { journal, ledger } = context;
  if (result.writes.length > 0 && result.status === 'done') {
    await journal.append(
      { type: 'phase-paths', prp: prp.id, phase: phase.id, paths: [...new Set([...ledger.own(), ...result.writes.map(({ path }) => path)])] },
      'durable',
    );
    const files = Object.fromEntries(result.writes.map(({ path, content }) => [path, content === null ? null : sha256(content)]));
    await journal.append({ type: 'written', prp: prp.id, phase: phase.id, files }, 'durable');
    ledger.noteWritten(files);
    const applied = applyWrites(context.workspace.root, result.writes);
    if (!applied.ok) return failed(applied.failure);
    // A file that a gate once left behind is the phase's own when the phase writes it.
    ledger.addOwn(result.writes.map(({ path }) => path).filter((path) => ledger.byProducts().includes(path)));
  }
  const changed = await claimChanges(prp, phase, context);
  if (result.status !== 'done') {
    const fallback: Failure =
      result.status === 'failed' ? { code: 'CE_IMPLEMENT_FAILED', message: result.summary } : { code: 'CE_IMPLEMENT_NEEDS_PERSON', message: result.summary };
    return failed(result.failure ?? fallback);
  }
  const moved = await movedSince(from, context);
  if (moved !== null) return failed(moved);
  const ignored = await tellIgnored(phase, result, context);
  const patch = key === null ? null : await readPatch(context, [...ledger.own(), ...ignored]);
  if (key !== null && patch !== null) await context.implementCache.put(key, patch);
  return { outcome: 'executed', reason: changed.length + ignored.length === 0 ? 'nothing to change' : result.summary };
}

/** Files of the phase that git ignores: they are there for the gates, and in no checkpoint. */
async function tellIgnored(phase: Phase, { writes }: ImplementResult, { ledger, git, workspace, bus }: RunContext): Promise<readonly string[]> {
  const own = new Set(ledger.own());
  const made = [...phase.files, ...writes].map(({ path }) => path).filter((path) => !own.has(path) && existsSync(join(workspace.root, path)));
  const ignored = await ignoredPaths(git, [...new Set(made)]);
  if (ignored.length > 0) bus.emit({ type: 'log', level: 'warning', failure: null, message: `ignored by git, so in no checkpoint: ${ignored.join(', ')}` });
  return ignored;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** Null when there is no file. */
function hashOf(file: string): string | null {
  try {
    return sha256(readFileSync(file));
  } catch {
    return null;
  }
}

/** After the implementer: what is changed now and was nobody's is the phase's own. */
async function claimChanges(prp: Prp, phase: Phase, context: RunContext): Promise<readonly string[]> {
  const changes = context.ledger.unclaimed(await changedPaths(context.git)).filter(({ path }) => !isArtefact(path) && path !== prp.path);
  context.ledger.addOwn(changes.map(({ path }) => path));
  await context.journal.append({ type: 'phase-paths', prp: prp.id, phase: phase.id, paths: context.ledger.own() }, 'durable');
  return context.ledger.own();
}

function implementerName(context: RunContext): string {
  const { implementer } = context.request;
  if (implementer !== null) return implementer;
  const configured = context.session.config.implementer;
  return typeof configured === 'string' ? configured : 'command';
}

/** Null when a path is a link or a folder, which a patch cannot hold. */
async function readPatch(context: RunContext, paths: readonly string[]): Promise<Patch | null> {
  const entries = await Promise.all(
    paths.map(async (path) => {
      const file = join(context.workspace.root, path);
      const stat = await lstat(file).catch(() => null);
      if (stat === null) return { path, content: null, executable: false };
      return stat.isFile() ? { path, content: await readFile(file, 'utf8'), executable: (stat.mode & 0o111) !== 0 } : null;
    }),
  );
  const whole = entries.filter((entry) => entry !== null);
  return whole.length === entries.length ? whole : null;
}

function contextServices(task: Task, context: RunContext): ImplementServices {
  return {
    root: context.workspace.root,
    environment: context.environment,
    log: context.workspace.paths.taskLog(context.run, task.id),
    signal: context.signal,
    progress: (message) => context.bus.emit({ type: 'task.progress', task: task.id, message }),
    output: (stream, text) => context.bus.emit({ type: 'task.output', task: task.id, stream, text }),
    ask: (prompt) => {
      context.bus.emit({ type: 'input', task: task.id, prompt, detail: null });
      return context.ask(prompt);
    },
  };
}
