/** `ce prp new`: a PRP from the template, with the next free number. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openWorkspace } from '../../run/workspace.ts';
import { testCommandOf } from '../../run/test-command.ts';
import type { CommandBody } from '../invocation.ts';
import { note, printLines, refuse } from '../print.ts';
import { prpTemplate, slug } from '../template.ts';

export const command: CommandBody = async (invocation) => {
  const title = invocation.args.join(' ').trim();
  if (title === '') return refuse({ code: 'CE_USAGE_BAD_VALUE', message: 'ce prp new takes a title', next: "ce prp new 'Rate limits'" }, invocation, 'prp new');
  const workspace = await openWorkspace(invocation.cwd, 'ask');
  if (!workspace.ok) return refuse(workspace.failure, invocation, 'prp new');
  const { root, specs } = workspace.value;
  const used = new Set((await specs.list()).map((prp) => prp.id.toUpperCase()));
  const asked = invocation.value('id');
  const next = [...used].reduce((most, id) => Math.max(most, Number(/^PRP-(\d+)/.exec(id)?.[1] ?? 0)), 0) + 1;
  const id = asked === null ? `PRP-${next}` : /^PRP-/i.test(asked) ? asked : `PRP-${asked}`;
  if (!/^PRP-[A-Za-z0-9][A-Za-z0-9.-]*$/i.test(id))
    return refuse({ code: 'CE_USAGE_BAD_VALUE', message: `"${id}" is not an id`, next: 'Ids look like PRP-12 or PRP-12.1.' }, invocation, 'prp new');
  const path = `PRPs/${id}-${slug(title)}.md`;
  if (used.has(id.toUpperCase()) || existsSync(join(root, path)))
    return refuse({ code: 'CE_SPEC_AMBIGUOUS', message: `${id} exists already`, next: `ce show ${id}` }, invocation, 'prp new');
  const text = prpTemplate(id, title, testCommandOf(root));
  if (invocation.flag('dry-run')) {
    printLines([`would write ${path}:`, '', text.trimEnd()]);
    return 0;
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { flag: 'wx' });
  printLines([path]);
  note(`  next: fill it in, then ce run ${id} --dry-run`);
  return 0;
};
