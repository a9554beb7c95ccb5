/** A check in one line, as a person would type it. */
import type { Check } from '../model.ts';

export function describeCheck(check: Check): string {
  const command = 'script' in check.command ? firstLine(check.command.script) : check.command.argv.join(' ');
  return `${command === '' ? check.validator : command}${check.cwd === '.' ? '' : ` (in ${check.cwd})`}`;
}

function firstLine(script: string): string {
  const [first = '', ...rest] = script.trim().split('\n');
  return rest.length > 0 ? `${first} …` : first;
}
