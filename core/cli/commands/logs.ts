/** `ce logs`: the events of a run as lines, or with `--json` as they were recorded. Takes no lock. */
import type { Event } from '../../events.ts';
import { chooseRun, followEvents, readEvents } from '../../run/run-events.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { note, refuse, stdoutTheme } from '../print.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'logs');
  const { paths } = workspace.value;
  const run = await chooseRun(workspace.value, invocation.args[0] ?? null);
  if (!run.ok) return refuse(run.failure, invocation, 'logs');
  const take = await (invocation.flag('json') ? rawLines() : plainLines());
  const read = await (invocation.flag('follow') ? followEvents(paths, run.value, take) : readEvents(paths, run.value, take));
  if (!read.ok) return refuse(read.failure, invocation, 'logs');
  if (read.value === 'gone') note(`run ${run.value} stopped without an end\n  next: ce resume`);
  return 0;
};

async function rawLines(): Promise<(event: Event) => void> {
  const [{ createNdjsonReporter }, { createRunState }] = await Promise.all([import('../../report/ndjson.ts'), import('../../report/state.ts')]);
  const { view } = createRunState();
  const reporter = createNdjsonReporter({ write: (text) => void process.stdout.write(text) });
  return (event) => reporter.onEvent(event, view);
}

/** Sources may have changed since: no code frame is shown. */
async function plainLines(): Promise<(event: Event) => void> {
  const [{ createPlainReporter }, { createRunState }, { terminalOutput }] = await Promise.all([
    import('../../report/plain.ts'),
    import('../../report/state.ts'),
    import('../../report/terminal.ts'),
  ]);
  const state = createRunState();
  const reporter = createPlainReporter(terminalOutput(process.stdout), await stdoutTheme(), () => null);
  return (event) => {
    state.apply(event);
    reporter.onEvent(event, state.view);
  };
}
