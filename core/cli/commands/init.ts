/** `ce init`: a first PRP where there is none, and a config that spells out the defaults. Existing files are never touched. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { detectChecks } from '../../run/detect-checks.ts';
import { testCommandOf } from '../../run/test-command.ts';
import { openWorkspace } from '../../run/workspace.ts';
import type { CommandBody } from '../invocation.ts';
import { note, printLines, refuse } from '../print.ts';
import { prpTemplate } from '../template.ts';

export const command: CommandBody = async (invocation) => {
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'init');
  const { root, specs, config } = workspace.value;
  const { checks } = await detectChecks(workspace.value, process.env);
  const files: { readonly path: string; readonly text: string }[] = [];
  if ((await specs.list()).length === 0) files.push({ path: 'PRPs/PRP-1-first.md', text: prpTemplate('PRP-1', 'First', testCommandOf(root)) });
  if (config.source === null && !existsSync(join(root, 'ce.config.json'))) files.push({ path: 'ce.config.json', text: configText() });
  for (const check of checks) note(`detected ${check.level} ${check.validator}${check.project === '.' ? '' : ` in ${check.project}`} (${check.origin})`);
  if (checks.length === 0) note('no validator was detected; add some to the config, or commands to the phases');
  if (files.length === 0) {
    note('nothing to write: there are PRPs and a config already');
    return 0;
  }
  for (const { path, text } of files) {
    if (invocation.flag('dry-run')) printLines([`would write ${path}:`, '', text.trimEnd(), '']);
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { flag: 'wx' });
      printLines([path]);
    }
  }
  if (!invocation.flag('dry-run')) note('  next: fill in the PRP, commit it, then ce run --dry-run PRP-1');
  return 0;
};

function configText(): string {
  return `${JSON.stringify({ prps: ['PRPs/**/*.md'], implementer: 'blueprint', validators: {}, heal: { attempts: 3 } }, null, 2)}\n`;
}
