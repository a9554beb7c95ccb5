/** `ce cache audit`: holds cached verdicts against what their tools say now. Exit 1 when one does not hold. */
import { executeAudit } from '../../run/audit.ts';
import { ok } from '../../errors.ts';
import { openWorkspace } from '../../run/workspace.ts';
import { approvalOf } from '../approval.ts';
import { wholeNumber, type CommandBody } from '../invocation.ts';
import { printJson, printLines, refuse, stdoutTheme } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const asked = invocation.value('sample');
  const sample = asked === null ? ok(null) : wholeNumber('sample', asked, 1);
  if (!sample.ok) return refuse(sample.failure, invocation, 'cache audit');
  const workspace = await openWorkspace(invocation.cwd, approvalOf(invocation));
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'cache audit');
  const { withReporters } = await import('../reporting.ts');
  return withReporters(invocation, workspace.value.root, async (host) => {
    const audit = await executeAudit(workspace.value, sample.value, host);
    if (!audit.ok && audit.failure.code === 'CE_INTERRUPTED') {
      await refuse(audit.failure, invocation, 'cache audit');
      return ok(host.signal.reason === 'SIGTERM' ? 143 : 130);
    }
    if (!audit.ok) return audit;
    const { lines, cached } = audit.value;
    const [{ auditLines }, { describeCheck }] = await Promise.all([import('../../report/cache.ts'), import('../../run/describe.ts')]);
    if (!invocation.flag('json')) printLines(auditLines(audit.value, await stdoutTheme()));
    else {
      printJson({
        v: 1,
        cached,
        audited: lines.map(({ check, key, finding, cached: before, actual }) => ({
          level: check.level,
          validator: check.validator,
          project: check.project,
          command: describeCheck(check),
          key,
          finding,
          cached: before.verdict,
          actual: actual.verdict,
          message: actual.message ?? null,
        })),
      });
    }
    return ok(lines.some(({ finding }) => finding === 'different') ? 1 : 0);
  });
};
