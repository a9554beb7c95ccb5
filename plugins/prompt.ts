/** A phase as text: for a person who makes its changes and for a program that takes a prompt. It says what the spec says. Pure. */
import type { FileChange, Phase, Prp } from '../core/api.ts';

/** `body` is the phase's part of the spec file as it stands there; null when it could not be read. */
export function phasePrompt(prp: Prp, phase: Phase, body: string | null): string {
  const sections = [
    `# ${prp.id}: ${prp.title}`,
    `Implement phase ${phase.number}, "${phase.name}", of the spec ${prp.path} (line ${phase.line}). Other phases are not part of this task.`,
    body === null ? fromFields(phase) : `## The phase as written\n\n${body.trim()}`,
    listed(
      '## What will judge the work',
      phase.validate.map(({ level, command, expect }) => `${level}: ${command.trim()}${expect === undefined ? '' : ` (expected: ${expect})`}`),
    ),
    '## Rules\n\n- Change only the files that the phase names, and what they need.\n- Do not change the spec, its validation commands, tool configuration or lock files, and do not silence or skip a check.\n- Do not commit: the changes are checked, and committed when they pass.',
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function fromFields(phase: Phase): string {
  return [
    phase.goal === null ? '' : `Goal: ${phase.goal}`,
    phase.approach === null ? '' : `Approach: ${phase.approach}`,
    listed('## Files', phase.files.map(fileLine)),
    listed(
      '## Functions',
      phase.functions.map(({ signature, name }) => signature || name),
    ),
    listed('## Steps', phase.steps),
    ...phase.blocks.map(({ language, path, text }) => `\`\`\`${language}${path === null ? '' : ` ${path}`}\n${text.trimEnd()}\n\`\`\``),
  ]
    .filter((section) => section !== '')
    .join('\n\n');
}

export function fileLine({ path, action, from, description }: FileChange): string {
  return `${action} ${from === undefined ? '' : `${from} -> `}${path}${description === '' ? '' : ` - ${description}`}`;
}

function listed(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}
