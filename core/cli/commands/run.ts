/** `ce run`: flags to a request, plan, and then either "all fresh", a dry run, or the run itself. */
import { fail, ok, type Result } from '../../errors.ts';
import { planRun, type Plan } from '../../run/plan.ts';
import type { RunOption, RunRequest } from '../../run/request.ts';
import type { RunHost } from '../../run/host.ts';
import { showFresh } from '../../run/fresh.ts';
import { wasKilled } from '../../run/running.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { wholeNumber } from '../invocation.ts';
import { keepHeapSmall } from '../memory.ts';
import { refuse } from '../print.ts';
import { fromRoot } from '../spec-args.ts';
import { withReporters } from '../reporting.ts';
import { approvalOf } from '../approval.ts';

const OPTIONS: readonly RunOption[] = ['force', 'allow-dirty', 'with-deps', 'skip-validation', 'worktree'];

export const command: CommandBody = async (invocation) => {
  keepHeapSmall();
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'run');
  if (invocation.args.length === 0) {
    const { listPrps } = await import('./list.ts');
    return listPrps(workspace.value, invocation.flag('json') ? 'json' : 'text');
  }
  const request = requestOf(invocation, workspace.value.root);
  if (!request.ok) return refuse(request.failure, invocation, 'run');
  return runRequest(workspace.value, request.value, invocation);
};

/** Also what `ce resume` does with the request of the interrupted run. */
export async function runRequest(workspace: Workspace, request: RunRequest, invocation: Invocation): Promise<number> {
  const plan = await planRun(workspace, request);
  if (!plan.ok) return refuse(plan.failure, invocation, 'run');
  if (invocation.flag('dry-run')) {
    const { showDryRun } = await import('../../run/dry-run.ts');
    return withReporters(invocation, workspace.root, (host) => showDryRun(workspace, request, plan.value, host));
  }
  if (nothingToDo(plan.value) && !(await wasKilled(workspace.paths, workspace.root))) {
    return withReporters(invocation, workspace.root, async (host) => ok(await showFresh(workspace, request, plan.value, host)));
  }
  const [{ executeRun }, { askTrust }] = await Promise.all([import('../../run/run.ts'), import('../../run/trust.ts')]);
  return withReporters(invocation, workspace.root, async (host) => {
    const approved = await askTrust(workspace, plan.value.prps, host);
    if (!approved.ok) return approved;
    const place = await placeOf(approved.value, request, plan.value, host);
    if (!place.ok) return place;
    const now = place.value === workspace ? plan : await planRun(place.value, request);
    return now.ok ? executeRun(place.value, request, now.value, host) : now;
  });
}

/** Where the run happens: here, or in a worktree of its own. */
async function placeOf(workspace: Workspace, request: RunRequest, plan: Plan, host: RunHost): Promise<Result<Workspace>> {
  const [prp, ...others] = plan.prps;
  if (!request.options.includes('worktree') || prp === undefined) return ok(workspace);
  if (others.length > 0) return fail({ code: 'CE_USAGE_BAD_VALUE', message: '--worktree takes one PRP', next: `ce run ${prp.id} --worktree` });
  const { enterWorktree } = await import('../../run/in-worktree.ts');
  const entered = await enterWorktree(workspace, prp, request, host.version);
  if (entered.ok) process.stderr.write(`in ${entered.value.root}\n`);
  return entered;
}

function nothingToDo(plan: Plan): boolean {
  return plan.tasks.every(({ outcome }) => outcome !== 'planned');
}

function requestOf(invocation: Invocation, root: string): Result<RunRequest> {
  const jobs = invocation.value('jobs');
  const count = jobs === null ? ok(null) : wholeNumber('jobs', jobs, 1);
  if (!count.ok) return count;
  const implementer = invocation.value('implementer');
  if (implementer === '') return fail({ code: 'CE_USAGE_BAD_VALUE', message: '--implementer takes a name', next: '--implementer blueprint' });
  return ok({
    command: 'run',
    targets: fromRoot(invocation.args, invocation.cwd, root),
    startPhase: invocation.value('start-phase'),
    endPhase: invocation.value('end-phase'),
    jobs: count.value,
    implementer,
    options: OPTIONS.filter((option) => invocation.flag(option)),
  });
}
