/** `ce validate`: flags to a selection; known verdicts are told at once, the rest is judged. */
import { openCache } from '../../cache/lookup.ts';
import { taskEnvironment } from '../../environment.ts';
import { fail, ok, type Result } from '../../errors.ts';
import { LEVELS, type Level } from '../../model.ts';
import { versionsOf } from '../../run/check-versions.ts';
import { detectChecks } from '../../run/detect-checks.ts';
import { openToolVersions } from '../../run/tool-versions.ts';
import { lookUp, planValidate } from '../../run/validate-plan.ts';
import { showKnown } from '../../run/validate-known.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import { approvalOf } from '../approval.ts';
import { wholeNumber, type CommandBody, type Invocation } from '../invocation.ts';
import { refuse } from '../print.ts';
import { withReporters } from '../reporting.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'validate');
  const levels = levelsOf(invocation);
  if (!levels.ok) return refuse(levels.failure, invocation, 'validate');
  const jobs = invocation.value('jobs') === null ? ok(null) : wholeNumber('jobs', invocation.value('jobs') ?? '', 1);
  if (!jobs.ok) return refuse(jobs.failure, invocation, 'validate');
  const changed = await changedOf(workspace.value, invocation);
  if (!changed.ok) return refuse(changed.failure, invocation, 'validate');
  const detection = await detectChecks(workspace.value, process.env);
  const candidates = await planValidate(workspace.value, { levels: levels.value, targets: invocation.args, changed: changed.value }, detection);
  if (!candidates.ok) return refuse(candidates.failure, invocation, 'validate');

  const use = invocation.flag('force') ? 'refresh' : 'read';
  const checks = candidates.value.flatMap(({ gate }) => gate.checks);
  const cache = openCache({
    root: workspace.value.root,
    ceDir: workspace.value.paths.ce,
    env: taskEnvironment(process.env, workspace.value.config.data.env),
    warn: () => undefined,
  });
  const versions = await versionsOf(checks, workspace.value.root, detection, openToolVersions(workspace.value, process.env));
  const plan = await lookUp(candidates.value, cache, versions, use);
  if (invocation.flag('dry-run') || plan.tasks.every(({ known }) => known !== null)) {
    return withReporters(invocation, workspace.value.root, async (host) =>
      ok(showKnown(workspace.value, invocation.args, plan, host, invocation.flag('dry-run') ? 'dry-run' : 'result')),
    );
  }
  const { executeValidate } = await import('../../run/validate.ts');
  const { askTrust } = await import('../../run/trust.ts');
  const editable = invocation.flag('heal') ? await editableFiles(workspace.value) : [];
  return withReporters(invocation, workspace.value.root, async (host) => {
    const trusted = await askTrust(workspace.value, [], host);
    return trusted.ok
      ? executeValidate(
          workspace.value,
          { targets: invocation.args, heal: invocation.flag('heal') ? 'yes' : 'no', editable, use, jobs: jobs.value },
          plan,
          host,
        )
      : trusted;
  });
};

function levelsOf(invocation: Invocation): Result<readonly Level[]> {
  const only = invocation.values('level');
  const upTo = invocation.value('up-to');
  if (only.length > 0 && upTo !== null)
    return fail({ code: 'CE_USAGE_BAD_VALUE', message: '--level and --up-to exclude each other', next: 'Use one of them.' });
  if (upTo !== null) {
    const most = wholeNumber('up-to', upTo, 1);
    return most.ok ? ok(LEVELS.slice(0, most.value)) : most;
  }
  const chosen = new Set<Level>();
  for (const word of only.filter((value) => value !== 'all')) {
    const level = LEVELS.find((known) => known === `L${word.replace(/^L/i, '')}`);
    if (level === undefined) return fail({ code: 'CE_USAGE_BAD_VALUE', message: `--level takes 1 to 4, not "${word}"`, next: 'ce validate --level 1' });
    chosen.add(level);
  }
  return ok(chosen.size === 0 ? LEVELS : LEVELS.filter((level) => chosen.has(level)));
}

async function changedOf(workspace: Workspace, invocation: Invocation): Promise<Result<readonly string[] | null>> {
  const since = invocation.value('since');
  if (since === null && !invocation.flag('affected')) return ok(null);
  const { pathsChangedSince } = await import('../../run/changed.ts');
  return pathsChangedSince(workspace, since ?? 'affected');
}

/** Outside a PRP every tracked file may be healed; the guard still keeps tests, configs and lockfiles out. */
async function editableFiles(workspace: Workspace): Promise<readonly string[]> {
  const { openGit } = await import('../../vcs/git.ts');
  const git = await openGit(workspace.repo, { hooks: 'off' });
  if (!git.ok) return [];
  const listed = await git.value.raw(['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  return listed.ok ? listed.value.split('\0').filter((path) => path !== '') : [];
}
