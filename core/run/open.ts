/** Opens what a run needs, in the order in which it may be refused: state, lock, git, leftovers, trust, tree, plugins, journal. */
import { openImplementCache } from '../cache/implement-cache.ts';
import { openCache } from '../cache/lookup.ts';
import { createCleaner } from '../clean.ts';
import { secretValues, taskEnvironment } from '../environment.ts';
import { fail, ok, type Failure, type Result } from '../errors.ts';
import { join } from 'node:path';
import { createBus, type EventBus } from '../events.ts';
import { killAllProcesses, nameRun } from '../process.ts';
import { ensureStateDir } from '../state/dir.ts';
import { createJournal } from '../state/journal.ts';
import { acquireLock } from '../state/lock.ts';
import { newRunId } from '../state/runs.ts';
import { removeSession } from '../state/session-file.ts';
import { changedPaths, isArtefact } from '../vcs/changes.ts';
import { openGit } from '../vcs/git.ts';
import { repositoryState } from '../vcs/preconditions.ts';
import { readHead } from '../vcs/refs.ts';
import { createChecksRunner } from './checks-runner.ts';
import type { RunContext } from './context.ts';
import { detectChecks } from './detect-checks.ts';
import { applyGraphHook } from './graph-hook.ts';
import { createLedger } from './ledger.ts';
import { dirtyFailure } from './leftovers.ts';
import { openRepositorySession } from './open-session.ts';
import { planRun, type Plan } from './plan.ts';
import { recover } from './recover.ts';
import { wants, type RunRequest } from './request.ts';
import type { RunHost } from './host.ts';
import { openToolVersions } from './tool-versions.ts';
import type { Workspace } from './workspace.ts';

export interface OpenRun {
  /** As plugins left it. */
  readonly plan: Plan;
  readonly context: RunContext;
  readonly bus: EventBus;
  close(): Promise<void>;
}

export async function openRun(workspace: Workspace, request: RunRequest, planned: Plan, host: RunHost): Promise<Result<OpenRun>> {
  const state = ensureStateDir(workspace.paths);
  if (!state.ok) return state;
  const run = newRunId(new Date());
  const lock = await acquireLock(workspace.paths, { run, command: `ce ${request.command} ${request.targets.join(' ')}` });
  if (!lock.ok) return lock;
  const refuse = async (failure: Failure): Promise<Result<OpenRun>> => {
    await lock.value.release();
    return fail(failure);
  };
  const git = await openGit(workspace.repo, { hooks: workspace.config.data.checkpoint.hooks ? 'on' : 'off' });
  if (!git.ok) return refuse(git.failure);
  const [precondition] = await repositoryState(workspace.repo, git.value);
  if (precondition !== undefined) return refuse(precondition);
  const recovered = await recover(workspace, git.value, await changedPaths(git.value), firstPrp(planned), host.ask);
  if (!recovered.ok) return refuse(recovered.failure);
  // It was planned before the lock was held: what moved the branch since then, a checkpoint that was settled just now above all, is done.
  const current = readHead(workspace.repo)?.oid === planned.head ? ok(planned) : await planRun(workspace, request);
  if (!current.ok) return refuse(current.failure);
  const plan = current.value;

  const own = [...recovered.value.own, ...declaredFiles(plan, request, workspace, recovered.value.own.length > 0 ? firstPrp(plan) : null)];
  const ledger = createLedger(own, recovered.value.byProducts, []);
  const specs = new Set(plan.prps.map((prp) => prp.path));
  const changes = await changedPaths(git.value);
  const foreign = ledger.unclaimed(changes).filter(({ path }) => !isArtefact(path) && !specs.has(path));
  if (foreign.length > 0 && !wants(request, 'allow-dirty'))
    return refuse(
      withByHand(
        dirtyFailure(
          foreign.map(({ path }) => path),
          'evidence belongs to the tree that was tested',
        ),
        plan,
        foreign.map(({ path }) => path),
      ),
    );
  const present = new Set(changes.map(({ path }) => path));
  const ledgerOfRun = createLedger(
    own.filter((path) => present.has(path)),
    ledger.byProducts().filter((path) => present.has(path)),
    foreign.map(({ path }) => path),
    recovered.value.written,
  );

  const session = await openRepositorySession(workspace);
  if (!session.ok) return refuse(session.failure);
  const hooked = await applyGraphHook(plan, session.value);
  if (!hooked.ok) return refuse(hooked.failure);
  const cleaner = createCleaner(secretValues(host.environment));
  const bus = createBus(run, () => new Date(), cleaner.cleanBody);
  const journal = createJournal(workspace.paths, run, { request, root: workspace.root, head: plan.head, version: host.version });
  if (!journal.ok) return refuse(journal.failure);
  bus.subscribe('journal', (event) => journal.value.record(event));
  for (const { name, subscriber } of host.subscribers) bus.subscribe(name, subscriber);
  nameRun(run);
  // Said again, so that the next run need not look further back than this one.
  if (recovered.value.written.size > 0)
    journal.value.append({ type: 'written', prp: firstPrp(plan), phase: '', files: Object.fromEntries(recovered.value.written) }, 'lazy');
  if (ledgerOfRun.byProducts().length > 0) journal.value.append({ type: 'by-products', paths: ledgerOfRun.byProducts() }, 'lazy');
  const jobs = request.jobs ?? session.value.config.jobs;
  bus.emit({ type: 'run.start', command: request.command, targets: request.targets, root: workspace.root, pid: process.pid, version: host.version, jobs });
  bus.emit({ type: 'graph', plan: hooked.value.tasks });
  for (const id of recovered.value.recovered) bus.emit({ type: 'log', level: 'info', failure: null, message: `run ${id} was interrupted; it goes on here` });

  const warn = (failure: Failure): void => bus.emit({ type: 'log', level: 'warning', failure, message: failure.message });
  const environment = taskEnvironment(host.environment, session.value.config.env, {});
  const cache = openCache({ root: workspace.root, ceDir: workspace.paths.ce, env: environment, warn });
  const checks = createChecksRunner({
    root: workspace.root,
    session: session.value,
    cache,
    versions: openToolVersions(workspace, host.environment),
    environment: host.environment,
    cleaner,
    bus,
    jobs,
    use: wants(request, 'force') ? 'refresh' : 'read',
    logs: join(workspace.paths.run(run), 'logs'),
  });
  const context: RunContext = {
    run,
    workspace,
    request,
    session: session.value,
    bus,
    journal: journal.value,
    git: git.value,
    environment,
    prps: new Map(plan.prps.map((prp) => [prp.id, prp])),
    implementCache: openImplementCache(workspace.paths.ce, warn),
    checks,
    detection: () => detectChecks(workspace, host.environment, session.value),
    ask: host.ask,
    ledger: ledgerOfRun,
    phases: new Map(),
    checkpoints: [],
    signal: host.signal,
  };
  return ok({
    plan: hooked.value,
    context,
    bus,
    async close() {
      await checks.close();
      await killAllProcesses();
      await session.value.close();
      cache.flush();
      removeSession(workspace.paths);
      // A command may have cleaned it away, and what was written since would not be ignored by git.
      ensureStateDir(workspace.paths);
      journal.value.close();
      await lock.value.release();
    },
  });
}

/** The PRP whose tasks come first: one tree holds the changes of one PRP at a time. */
function firstPrp(plan: Plan): string {
  return plan.tasks.find(({ outcome, task }) => outcome === 'planned' && task.prp !== null)?.task.prp ?? '';
}

/**
 * Where a person makes the changes, those inside the planned phases' files were made for them; so were those of a PRP that an earlier
 * run left `open`. A phase that names no file has the PRP's.
 */
function declaredFiles(plan: Plan, request: RunRequest, workspace: Workspace, open: string | null): readonly string[] {
  const implementer = request.implementer ?? workspace.config.data.implementer;
  const byHand = implementer === 'manual' || implementer === 'by-hand';
  const planned = new Set(plan.tasks.filter(({ outcome }) => outcome === 'planned').map(({ task }) => `${task.prp}:${task.phase}`));
  return plan.prps
    .filter(({ id }) => byHand || id === open)
    .flatMap((prp) => prp.phases.filter(({ id }) => planned.has(`${prp.id}:${id}`)).flatMap(({ files }) => (files.length > 0 ? files : prp.files)))
    .flatMap(({ path, from }) => [path, ...(from === undefined ? [] : [from])]);
}

/** When all that is foreign is declared by one phase that is not done, the person has probably done that phase by hand. */
function withByHand(failure: Failure, plan: Plan, paths: readonly string[]): Failure {
  for (const prp of plan.prps) {
    const phase = prp.phases.find(({ files }) => paths.every((path) => files.some((file) => file.path === path)));
    if (phase !== undefined) return { ...failure, next: `Done by hand? ce prp checkpoint ${prp.id}:${phase.id} validates it. Otherwise commit or stash them.` };
  }
  return failure;
}
