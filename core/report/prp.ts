/** A PRP for people: phases with hours, files and commands, then what was not understood, each with its line. */
import type { Diagnostic, Phase, Prp, Validation } from '../model.ts';
import { codeLine } from './format.ts';

const hours = (value: number | null): string => (value === null ? '' : ` (${Number(value.toFixed(2))} h)`);

/** Lines without a line break or a control sequence. */
export function prpLines(prp: Prp): readonly string[] {
  return linesOf(prp).map((line) => codeLine(line.replaceAll('\n', ' ')));
}

function linesOf(prp: Prp): readonly string[] {
  return [
    `${prp.id}: ${prp.title}${hours(prp.hours)}`,
    `  ${[prp.path, prp.status, prp.complexity].filter((part) => part !== null && part !== '').join(' · ')}`,
    ...(prp.dependencies.length > 0
      ? [`  after ${prp.dependencies.map((dependency) => `${dependency.id}${dependency.soft ? ' (soft)' : ''}`).join(', ')}`]
      : []),
    ...(prp.executable ? [] : [`  can't be run: ${prp.reason ?? 'it has no phases'}`]),
    ...prp.phases.flatMap(phaseLines),
    ...(prp.gates.length > 0 ? ['', 'Gates outside phases:', ...prp.gates.map(validationLine)] : []),
    ...(prp.diagnostics.length > 0 ? ['', 'Not understood, or worth a look:', ...diagnosticLines(prp)] : []),
  ];
}

function phaseLines(phase: Phase): readonly string[] {
  return [
    '',
    `${phase.kind === 'step' ? 'Step' : 'Phase'} ${phase.number}: ${phase.name}${hours(phase.hours)}   ${phase.id}, line ${phase.line}`,
    ...(phase.goal === null ? [] : [`  Goal: ${phase.goal.split('\n')[0] ?? ''}`]),
    ...phase.files.map(
      (file) => `  ${file.action} ${file.from === undefined ? '' : `${file.from} → `}${file.path}${file.description === '' ? '' : ` - ${file.description}`}`,
    ),
    ...phase.functions.map((declared) => `  implement ${declared.name}`),
    ...phase.validate.map(validationLine),
  ];
}

function validationLine(validation: Validation): string {
  const lines = validation.command.trim().split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.trimStart().startsWith('#')) ?? lines[0] ?? '';
  return `  ${validation.level} ${validation.kind === 'manual' ? 'by hand' : 'command'}: ${first}${validation.command.trim().includes('\n') ? ' …' : ''}`;
}

/** Those that say the same of several lines are one line with the list of lines. */
function diagnosticLines({ path, diagnostics }: Prp): readonly string[] {
  const groups = new Map<string, { readonly diagnostic: Diagnostic; readonly lines: number[] }>();
  for (const diagnostic of diagnostics) {
    const key = JSON.stringify([diagnostic.file, diagnostic.severity, diagnostic.code, diagnostic.message]);
    const group = groups.get(key) ?? { diagnostic, lines: [] };
    if (diagnostic.line !== undefined) group.lines.push(diagnostic.line);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ diagnostic, lines }) => {
    const [first, ...more] = lines;
    const place = `${diagnostic.file ?? path}${first === undefined ? '' : `:${first}`}`;
    const others = more.length === 0 ? '' : ` (also lines ${more.slice(0, 12).join(', ')}${more.length > 12 ? `, and ${more.length - 12} more` : ''})`;
    return `  ${place} ${diagnostic.severity} ${diagnostic.code} ${diagnostic.message}${others}`;
  });
}
