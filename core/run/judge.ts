/** What `ce validate` needs to run gates: a session, threads, a cache, events. No lock, no journal, no git. */
import { join } from 'node:path';
import { openCache, type CheckCache, type Use } from '../cache/lookup.ts';
import { createCleaner } from '../clean.ts';
import { secretValues, taskEnvironment } from '../environment.ts';
import { ok, type Result } from '../errors.ts';
import { createBus, type EventBus } from '../events.ts';
import type { Hooks } from '../hooks.ts';
import { killAllProcesses, nameRun } from '../process.ts';
import { ensureStateDir } from '../state/dir.ts';
import { newRunId } from '../state/runs.ts';
import { createChecksRunner, type ChecksRunner } from './checks-runner.ts';
import { openRepositorySession } from './open-session.ts';
import type { RunHost } from './host.ts';
import { openToolVersions } from './tool-versions.ts';
import type { Workspace } from './workspace.ts';

export interface Judge {
  readonly bus: EventBus;
  readonly hooks: Hooks;
  readonly jobs: number;
  readonly run: ChecksRunner['run'];
  /** The one that `run` reads and stores to. */
  readonly cache: CheckCache;
  close(): Promise<void>;
}

export async function openJudge(workspace: Workspace, request: { readonly jobs: number | null; readonly use: Use }, host: RunHost): Promise<Result<Judge>> {
  const state = ensureStateDir(workspace.paths);
  if (!state.ok && state.failure.code !== 'CE_STATE_WRITE') return state;
  const session = await openRepositorySession(workspace);
  if (!session.ok) return session;
  const run = newRunId(new Date());
  nameRun(run);
  const cleaner = createCleaner(secretValues(host.environment));
  const bus = createBus(run, () => new Date(), cleaner.cleanBody);
  for (const { name, subscriber } of host.subscribers) bus.subscribe(name, subscriber);
  const jobs = request.jobs ?? session.value.config.jobs;
  const environment = taskEnvironment(host.environment, session.value.config.env);
  const cache = openCache({
    root: workspace.root,
    ceDir: workspace.paths.ce,
    env: environment,
    warn: (failure) => bus.emit({ type: 'log', level: 'warning', failure, message: failure.message }),
  });
  const checks = createChecksRunner({
    root: workspace.root,
    session: session.value,
    cache,
    versions: openToolVersions(workspace, host.environment),
    environment: host.environment,
    cleaner,
    bus,
    jobs,
    use: request.use,
    logs: join(workspace.paths.temporary, 'validate'),
  });
  return ok({
    bus,
    hooks: session.value.hooks,
    jobs,
    run: checks.run,
    cache,
    async close() {
      await checks.close();
      await killAllProcesses();
      await session.value.close();
      cache.flush();
    },
  });
}
