/** `ce cache audit`: runs checks again whose verdict is cached, on the tree as it is, and compares. */
import { auditCache, type Audit } from '../cache/audit.ts';
import { CeError, fail, ok, type Result } from '../errors.ts';
import type { Check, Task } from '../model.ts';
import { versionsOf } from './check-versions.ts';
import { detectChecks } from './detect-checks.ts';
import { openJudge } from './judge.ts';
import type { RunHost } from './host.ts';
import { openToolVersions } from './tool-versions.ts';
import { askTrust } from './trust.ts';
import type { Workspace } from './workspace.ts';

/** `sample`: how many at most; null for all. Errors: CE_STATE_NOT_TRUSTED, and CE_INTERRUPTED on a signal: a check that was cancelled proves nothing. */
export async function executeAudit(workspace: Workspace, sample: number | null, host: RunHost): Promise<Result<Audit>> {
  const trusted = await askTrust(workspace, [], host);
  if (!trusted.ok) return trusted;
  const detection = await detectChecks(workspace, host.environment);
  const judge = await openJudge(workspace, { jobs: 1, use: 'refresh' }, { ...host, subscribers: [] });
  if (!judge.ok) return judge;
  const { run, cache, close } = judge.value;
  const checks = detection.checks.filter((check) => check.cache && check.inputs !== null);
  try {
    const versions = await versionsOf(checks, workspace.root, detection, openToolVersions(workspace, host.environment));
    return ok(
      await auditCache(cache, {
        checks,
        sample,
        versionsOf: versions,
        async run(check) {
          const [result] = await run(taskOf(check, checks.indexOf(check)), [check], 1, host.signal);
          if (host.signal.aborted || result === undefined)
            throw new CeError({ code: 'CE_INTERRUPTED', message: 'the audit was interrupted', next: 'ce cache audit' });
          return result;
        },
      }),
    );
  } catch (thrown) {
    if (thrown instanceof CeError) return fail(thrown.failure);
    throw thrown;
  } finally {
    await close();
  }
}

function taskOf(check: Check, index: number): Task {
  return { id: `audit-${index + 1}`, kind: 'gate', title: `audit of ${check.validator}`, prp: null, phase: null, level: check.level, dependsOn: [] };
}
