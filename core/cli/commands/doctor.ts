/** `ce doctor`: what ce found here, and how to mend what is missing. Changes nothing. */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../../run/checks-runner.ts';
import { detectChecks } from '../../run/detect-checks.ts';
import { describeCheck } from '../../run/describe.ts';
import { holderOf } from '../../run/running.ts';
import { openWorkspace, type Workspace } from '../../run/workspace.ts';
import { checkStateDir } from '../../state/dir.ts';
import { openGit } from '../../vcs/git.ts';
import { repositoryNotes, repositoryState } from '../../vcs/preconditions.ts';
import { count } from '../../report/format.ts';
import type { CommandBody } from '../invocation.ts';
import { printJson, printLines, refuse } from '../print.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly detail: string;
  readonly fix?: string;
}

const MARK = { ok: '✓ ok     ', note: '! note   ', problem: '✗ problem' } as const;

export const command: CommandBody = async (invocation) => {
  const findings: Finding[] = [nodeFinding()];
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'doctor');
  findings.push(
    ...(await gitFindings(workspace.value)),
    configFinding(workspace.value),
    ...stateFindings(workspace.value),
    await lockFinding(workspace.value),
    ...(await toolFindings(workspace.value)),
    ...limitFindings(workspace.value),
  );
  if (invocation.flag('json')) printJson({ v: 1, findings });
  else
    printLines(
      findings.flatMap((finding) => [
        `${MARK[finding.state]}  ${finding.what}: ${finding.detail}`,
        ...(finding.fix === undefined ? [] : [`             ${finding.fix}`]),
      ]),
    );
  return findings.some((finding) => finding.state === 'problem') ? 1 : 0;
};

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return good
    ? { what: 'node', state: 'ok', detail: process.version }
    : { what: 'node', state: 'problem', detail: process.version, fix: 'ce needs Node 20.19 or newer.' };
}

async function gitFindings(workspace: Workspace): Promise<readonly Finding[]> {
  const git = await openGit(workspace.repo, { hooks: 'off' });
  if (!git.ok) return [{ what: 'git', state: 'problem', detail: git.failure.message, ...(git.failure.next === undefined ? {} : { fix: git.failure.next }) }];
  const version = await git.value.ask(['version']);
  const found: Finding[] = [{ what: 'git', state: 'ok', detail: version.stdout.trim().replace('git version ', '') }];
  for (const failure of await repositoryState(workspace.repo, git.value))
    found.push({ what: 'repository', state: 'problem', detail: failure.message, ...(failure.next === undefined ? {} : { fix: failure.next }) });
  for (const note of repositoryNotes(workspace.repo)) found.push({ what: 'repository', state: 'note', detail: note });
  return found;
}

function configFinding(workspace: Workspace): Finding {
  const { source } = workspace.config;
  if (source === null) return { what: 'config', state: 'ok', detail: 'none; defaults and detection' };
  const file = source.file.slice(workspace.root.length + 1);
  return source.code && !workspace.trusted
    ? { what: 'config', state: 'note', detail: `${file} was not loaded: this clone was not approved yet`, fix: 'ce run … asks once; CE_TRUST=1 in CI' }
    : { what: 'config', state: 'ok', detail: file };
}

/** Nothing when `.ce` is as it should be. */
function stateFindings({ paths }: Workspace): readonly Finding[] {
  const checked = checkStateDir(paths);
  return checked.ok
    ? []
    : [{ what: '.ce', state: 'problem', detail: checked.failure.message, ...(checked.failure.next === undefined ? {} : { fix: checked.failure.next }) }];
}

async function lockFinding(workspace: Workspace): Promise<Finding> {
  const holder = await holderOf(workspace.paths);
  return holder === null ? { what: 'lock', state: 'ok', detail: 'free' } : { what: 'lock', state: 'note', detail: holder };
}

async function toolFindings(workspace: Workspace): Promise<readonly Finding[]> {
  const { checks, projects } = await detectChecks(workspace, process.env);
  const found = checks.map(
    (check): Finding => ({
      what: `${check.level} ${nameOf(check)}${check.project === '.' ? '' : ` in ${check.project}`}`,
      state: 'ok',
      detail: `${describeCheck(check)} (${check.origin})`,
    }),
  );
  return found.length > 0
    ? found
    : [
        {
          what: 'validators',
          state: 'note',
          detail: `none detected in ${count(projects.length, 'project')}`,
          fix: 'Add validators to the config, or commands to the phases.',
        },
      ];
}

function limitFindings(workspace: Workspace): readonly Finding[] {
  const found: Finding[] = [];
  const watches = '/proc/sys/fs/inotify/max_user_watches';
  if (existsSync(watches)) {
    const most = Number(readFileSync(watches, 'utf8'));
    found.push(
      most < 65_536
        ? { what: 'inotify watches', state: 'note', detail: String(most), fix: 'sudo sysctl fs.inotify.max_user_watches=524288' }
        : { what: 'inotify watches', state: 'ok', detail: String(most) },
    );
  }
  const disk = statfsSync(workspace.root);
  const free = (disk.bavail * disk.bsize) / 1_073_741_824;
  found.push(
    free < 1
      ? { what: 'disk', state: 'problem', detail: `${free.toFixed(1)} GiB free`, fix: 'ce cache gc' }
      : { what: 'disk', state: 'ok', detail: `${free.toFixed(0)} GiB free` },
  );
  try {
    accessSync(existsSync(workspace.paths.ce) ? workspace.paths.ce : join(workspace.paths.ce, '..'), constants.W_OK);
  } catch {
    found.push({ what: '.ce', state: 'problem', detail: 'not writable', fix: `chmod u+w ${workspace.paths.ce}` });
  }
  return found;
}
