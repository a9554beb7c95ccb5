/** `ce validate`: flags to a selection; known verdicts are told at once, the rest is judged. */
import { openCache, type Use } from '../../cache/lookup.ts';
import { taskEnvironment } from '../../environment.ts';
import { fail, ok, type Result } from '../../errors.ts';
import { LEVELS, type Level } from '../../model.ts';
import { versionsOf } from '../../run/check-versions.ts';
import type { Detection } from '../../run/detect.ts';
import { detectChecks } from '../../run/detect-checks.ts';
import { openToolVersions } from '../../run/tool-versions.ts';
import { lookUp, planValidate, type ValidatePlan, type ValidateSelection } from '../../run/validate-plan.ts';
import { showKnown } from '../../run/validate-known.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import { approvalOf } from '../approval.ts';
import { wholeNumber, type CommandBody, type Invocation } from '../invocation.ts';
import { keepHeapSmall } from '../memory.ts';
import { refuse } from '../print.ts';
import { fromRoot } from '../spec-args.ts';
import { withReporters } from '../reporting.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'validate');
  const selection = await selectionOf(workspace.value, invocation);
  if (!selection.ok) return refuse(selection.failure, invocation, 'validate');
  if (workspace.value.trusted) return validate(workspace.value, selection.value, invocation);
  // Even asking a tool for its version runs something of the clone, so a person comes first.
  const { askTrust } = await import('../../run/trust.ts');
  return withReporters(invocation, workspace.value.root, async (host) => {
    if (invocation.flag('dry-run'))
      return ok(showKnown(workspace.value, selection.value.targets, await untold(workspace.value, selection.value), host, 'dry-run'));
    const approved = await askTrust(workspace.value, [], host);
    return approved.ok ? ok(await validate(approved.value, selection.value, invocation)) : approved;
  });
};

async function validate(workspace: Workspace, selection: Selection, invocation: Invocation): Promise<number> {
  const detection = await detectChecks(workspace, process.env);
  const candidates = await planValidate(workspace, selection, detection);
  if (!candidates.ok) return refuse(candidates.failure, invocation, 'validate');
  const checks = candidates.value.flatMap(({ gate }) => gate.checks);
  const { root, paths, config } = workspace;
  const cache = openCache({ root, ceDir: paths.ce, env: taskEnvironment(process.env, config.data.env), warn: () => undefined });
  const versions = await versionsOf(checks, root, detection, openToolVersions(workspace, process.env));
  const found = await lookUp(candidates.value, cache, versions, selection.use);
  const plan: ValidatePlan = { ...found, affected: candidates.value.length > 0 ? 'some' : await affectedOf(workspace, selection, detection) };
  if (invocation.flag('dry-run') || plan.tasks.every(({ known }) => known !== null)) {
    return withReporters(invocation, root, async (host) =>
      ok(showKnown(workspace, selection.targets, plan, host, invocation.flag('dry-run') ? 'dry-run' : 'result')),
    );
  }
  keepHeapSmall();
  const { executeValidate } = await import('../../run/validate.ts');
  const heal = invocation.flag('heal') ? 'yes' : 'no';
  const editable = heal === 'yes' ? await editableFiles(workspace) : [];
  return withReporters(invocation, root, (host) => executeValidate(workspace, { ...selection, heal, editable }, plan, host));
}

/** `none` when the changed files alone are why there is nothing to judge. */
async function affectedOf(workspace: Workspace, selection: Selection, detection: Detection): Promise<ValidatePlan['affected']> {
  if (selection.changed === null) return 'some';
  const whole = await planValidate(workspace, { ...selection, changed: null }, detection);
  return whole.ok && whole.value.length > 0 ? 'none' : 'some';
}

/** The plan of a clone that nobody approved: what would run, with no verdict looked up. */
async function untold(workspace: Workspace, selection: Selection): Promise<ValidatePlan> {
  const candidates = await planValidate(workspace, selection, await detectChecks(workspace, process.env));
  const tasks = candidates.ok ? candidates.value : [];
  return {
    tasks: tasks.map(({ task, gate }) => ({ planned: { task, outcome: 'planned', reason: 'this clone was not approved yet' }, gate, known: null })),
    nothing: null,
    affected: 'some',
  };
}

interface Selection extends ValidateSelection {
  readonly use: Use;
  readonly jobs: number | null;
}

async function selectionOf(workspace: Workspace, invocation: Invocation): Promise<Result<Selection>> {
  const levels = levelsOf(invocation);
  if (!levels.ok) return levels;
  const jobs = invocation.value('jobs') === null ? ok(null) : wholeNumber('jobs', invocation.value('jobs') ?? '', 1);
  if (!jobs.ok) return jobs;
  const changed = await changedOf(workspace, invocation);
  if (!changed.ok) return changed;
  return ok({
    levels: levels.value,
    targets: fromRoot(invocation.args, invocation.cwd, workspace.root),
    changed: changed.value,
    use: invocation.flag('force') ? 'refresh' : 'read',
    jobs: jobs.value,
  });
}

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
