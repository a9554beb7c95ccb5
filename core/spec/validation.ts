/** What a spec says must be checked: commands with their expectations, and sentences that only a person can judge. */
import type { Diagnostic, Level, Validation } from '../model.ts';
import { activeLines, isPlaceholder, isShell, isSlashCommand, looksLikeCommand, scriptOf } from './commands.ts';
import { diagnose } from './diagnostic.ts';
import { inlineCodes, plainText, type Entry } from './labels.ts';
import { lineOf, sourceOf, type RootContent } from './markdown.ts';
import type { Outline } from './outline.ts';

const COMMAND_LABEL =
  /^(?:(?:validation |verification |test |check |run |manual test )?commands?|(?:command )?to run|run|bash|shell|verification steps?|test steps?|automated checks?|how to (?:test|verify|run)|script|execute)$/;
const CHECK_LABEL =
  /^(?:validat(?:e|ion)(?: (?:gate|gates|steps?|checks?|criteria|script|test))?|verif(?:y|ication)|(?:unit |integration |e2e |manual )?tests?|testing|checks?|quality gates?|gate(?: \d+)?|validation gate \d+|validation commands?.*)$/;
const EXPECT_LABEL =
  /^(?:expect(?:ed|s|ation)?(?: (?:output|result|results|outcome|exit code))?|exit code|should (?:show|print|output|return)|pass(?:es)? (?:if|when)|passes|expected behaviou?r)$/;
const ASIDE_LABEL =
  /^(?:on failure|if (?:it )?fails?.*|if failing|rollback.*|before|after|example.*|output|sample.*|troubleshooting|current.*|success criteria|note|notes|fallback|debug.*|fix|expected.*|exit code|validates|coverage targets?|setup notes?)$/;

/** ``Run `npm start` and check that …``: the command alone would tell nothing, or never end. */
const JUDGED = /\b(?:verify|check|confirm|ensure|observe|look|watch|inspect|should|see that|make sure)\b/i;

interface Sink {
  readonly level: Level;
  readonly name: string;
  readonly found: Validation[];
  readonly outline: Outline;
}

/** The level that words name: syntax and style, unit, integration, pattern; null when they name none. */
function levelOfWords(text: string): Level | null {
  const words = text.toLowerCase();
  if (/\bconformance\b|\bpatterns? (?:check|compliance|validation|drift|adherence)|\bdrift\b(?!.*\btests?\b)/.test(words)) return 'L4';
  if (/\b(?:integration|e2e|end[- ]to[- ]end|smoke|system tests?|acceptance)\b/.test(words)) return 'L3';
  if (/\bunit\b/.test(words)) return 'L2';
  if (
    /\b(?:syntax|style|lint(?:ing|er|s)?|format(?:ting)?|typ(?:es?|ing|echeck(?:ing)?|escript)|type[- ]check(?:s|ing)?|static|compil(?:e|ation))\b/.test(words)
  )
    return 'L1';
  return /\b(?:tests?|coverage)\b/.test(words) ? 'L2' : null;
}

/** `Level 3: Unit Testing` is L2 by its words; `Level 3` alone is L3; numbers above 4 run beside L3. */
export function levelOfHeading(text: string): Level | null {
  const match = /\b(?:level|l)\s*[-_]?(\d)\b/i.exec(text);
  const words = levelOfWords(text.replace(/\b(?:level|l)\s*[-_]?\d\b/i, '').replace(/\bvalidation\b/i, ''));
  if (match?.[1] === undefined) return words;
  if (words !== null) return words;
  return match[1] === '1' ? 'L1' : match[1] === '2' ? 'L2' : match[1] === '4' ? 'L4' : 'L3';
}

/** The level that a command's own words tell, for gates without a number. */
function levelOfCommand(command: string): Level | null {
  const first = activeLines(command).join(' ');
  if (/\b(?:playwright|cypress|test:e2e|test:integration|curl|docker)\b|tests?\/(?:integration|e2e)/.test(first)) return 'L3';
  if (/\b(?:pytest|vitest|jest|mocha|uvu|npm (?:run )?test|yarn test|pnpm test|bun (?:run )?test|cargo test|go test|node --test)\b/.test(first)) return 'L2';
  return /\b(?:ruff|mypy|eslint|tsc|pylint|prettier|black|flake8|lint|type-?check|json\.tool|py_compile|build)\b/.test(first) ? 'L1' : null;
}

/** What a phase asks for by its labels. Its own command is L2 unless the label's words say otherwise. */
export function readPhaseValidation(entries: readonly Entry[], outline: Outline): readonly Validation[] {
  const found: Validation[] = [];
  let last: { label: string; count: number } | null = null;
  for (const entry of entries) {
    if (EXPECT_LABEL.test(entry.key) && last !== null) {
      applyExpectation(found, last.count, expectationOf(entry, outline));
      continue;
    }
    const commands = COMMAND_LABEL.test(entry.key) && (/command/.test(entry.key) || CHECK_LABEL.test(entry.under));
    const check = CHECK_LABEL.test(entry.key) || (entry.kind === 'text' && CHECK_LABEL.test(entry.under));
    if ((!commands && !check) || (entry.kind === 'heading' && entry.blocks.length === 0)) continue;
    last = { label: entry.label, count: found.length };
    const heading = entry.label === '' ? entry.under : entry.label;
    readEntry(
      entry,
      { level: levelOfHeading(`${heading}`.replace(/\btests?\b|\bvalidation\b/gi, '')) ?? 'L2', name: plainText(heading), found, outline },
      commands || /command/.test(entry.key),
    );
  }
  return found;
}

/** The gates under one heading: each shell block and each inline command is one; prose alone is one for a person. */
export function readGate(name: string, level: Level | null, line: number, entries: readonly Entry[], outline: Outline): readonly Validation[] {
  const found: Validation[] = [];
  let count = 0;
  let under = '';
  let below = level;
  for (const entry of entries) {
    if (entry.kind === 'heading') {
      under = entry.label;
      below = levelOfHeading(entry.label) ?? level;
    }
    if (EXPECT_LABEL.test(entry.key)) {
      applyExpectation(found, count, expectationOf(entry, outline));
      continue;
    }
    if (ASIDE_LABEL.test(entry.key) || (entry.kind !== 'heading' && ASIDE_LABEL.test(entry.under))) continue;
    count = found.length;
    const full = under === '' ? name : `${name}: ${plainText(under)}`;
    readEntry(entry, { level: below ?? 'L3', name: full, found, outline }, COMMAND_LABEL.test(entry.key));
  }
  const commands = found
    .filter(({ kind }) => kind === 'command')
    .map((gate) => (level === null && gate.level === 'L3' ? { ...gate, level: levelOfCommand(gate.command) ?? 'L3' } : gate));
  if (commands.length > 0) return commands;
  const [first] = found;
  return found.length > 1 && entries.every((entry) => entry.kind === 'text')
    ? found
    : [
        {
          level: first?.level ?? level ?? 'L3',
          name,
          command: first?.command ?? name,
          kind: 'manual',
          line: first?.line ?? line,
          ...(first?.expect === undefined ? {} : { expect: first.expect }),
        },
      ];
}

export function reportManual(validations: readonly Validation[], diagnostics: Diagnostic[]): void {
  for (const gate of validations) {
    if (gate.kind === 'manual')
      diagnostics.push(diagnose('CE_SPEC_GATE_MANUAL', 'info', `nothing here can check this, a person must: ${gate.command.slice(0, 120)}`, gate.line));
  }
}

function readEntry(entry: Entry, sink: Sink, explicit: boolean): void {
  const before = sink.found.length;
  if (entry.value !== '') readText(entry.value, entry.line, sink, explicit);
  const spoken = sink.found.slice(before).some(({ kind }) => kind === 'command');
  if (spoken) return;
  const prose = sink.found.splice(before);
  for (const block of entry.blocks) readBlock(block, sink, explicit);
  if (!sink.found.slice(before).some(({ kind }) => kind === 'command') && prose.length > 0) sink.found.splice(before, 0, ...prose);
}

function readBlock(block: RootContent, sink: Sink, explicit: boolean): void {
  if (block.type === 'code') readFence(lineOf(block), sink);
  else if (block.type === 'paragraph') {
    const source = sourceOf(block, sink.outline.text);
    if (explicit || inlineCodes(source).some(({ code }) => looksLikeCommand(code)) || sink.found.length === 0) readText(source, lineOf(block), sink, explicit);
  } else if (block.type === 'list') {
    for (const item of block.children) {
      const [first, ...rest] = item.children;
      if (first?.type === 'paragraph') readText(sourceOf(first, sink.outline.text).replace(/^\[[ xX-]\]\s+/, ''), lineOf(first), sink, explicit);
      for (const child of rest) if (child.type === 'code') readFence(lineOf(child), sink);
    }
  }
}

/** A shell block is one script. What it says of its output in a comment `# Expected: …` is its expectation. */
function readFence(line: number, sink: Sink): void {
  const fence = sink.outline.code.get(line);
  if (fence === undefined || !(isShell(fence.language) || (fence.language === '' && looksLikeCommand(activeLines(fence.text)[0] ?? '')))) return;
  const script = scriptOf(fence.text);
  const active = activeLines(script);
  const text = script.replace(/\n$/, '');
  if (active.length === 0 || active.every((each) => isSlashCommand(each)) || isPlaceholder(active.join('\n'))) {
    const said = fence.text
      .split('\n')
      .map((each) => each.replace(/^\s*#\s*/, '').trim())
      .filter((each) => each !== '')
      .join('; ');
    if (said !== '') sink.found.push({ level: sink.level, name: sink.name, command: said, kind: 'manual', line: fence.start + 1 });
    return;
  }
  const comment = /^\s*#\s*(?:expected(?: output)?|expect|should (?:return|output|print|show))\s*:\s*(\S.*)$/im.exec(fence.text)?.[1]?.trim();
  sink.found.push({
    level: sink.level,
    name: sink.name,
    command: text,
    kind: 'command',
    line: fence.start + 1,
    ...(comment === undefined ? {} : { expect: comment }),
  });
}

/** Inline code that is a command, or the sentence itself. `explicit`: the label promises a command. */
function readText(text: string, line: number, sink: Sink, explicit: boolean): void {
  const codes = inlineCodes(text);
  const said = plainText(text);
  const [first] = codes;
  const alone =
    first !== undefined &&
    plainText(text.slice(0, first.start))
      .replace(/[-–:]$/, '')
      .trim() === '';
  const runnable = codes.filter(
    ({ code }) =>
      !isSlashCommand(code) && !isPlaceholder(code) && (looksLikeCommand(code) || (explicit && alone && code === first?.code && /\s/.test(code.trim()))),
  );
  // `npm test` or `yarn test` are one check said twice.
  const [chosen] = runnable;
  const judged = chosen !== undefined && !explicit && (/\bmanual/i.test(sink.name) || JUDGED.test(plainText(text.slice(chosen.end))));
  if (chosen === undefined || judged) {
    const only = codes.length === 1 && alone && text.slice(first?.end ?? 0).trim() === '' ? (first?.code ?? said) : said;
    if (only !== '' && !only.endsWith(':')) sink.found.push({ level: sink.level, name: sink.name, command: only.slice(0, 500), kind: 'manual', line });
    return;
  }
  const after = text.slice(chosen.end);
  const expect =
    /^\s*(?:→|->|=>|➜)\s*(?:\*\*)?(?:expect(?:ed|s)?:?\s*)?(.+?)(?:\*\*)?\s*$/is.exec(after)?.[1] ??
    /^\s*\(?(?:exit(?: code)?|exits(?: with)?)\s*:?\s*(\d+)\)?/i.exec(after)?.[0];
  sink.found.push({
    level: sink.level,
    name: sink.name,
    command: chosen.code,
    kind: 'command',
    line,
    ...(expect === undefined ? {} : { expect: plainText(expect).slice(0, 500) }),
  });
}

function expectationOf(entry: Entry, outline: Outline): string {
  const fence = entry.blocks.find((block) => block.type === 'code');
  const code = fence === undefined ? undefined : outline.code.get(lineOf(fence))?.text.trim();
  const list = entry.blocks.flatMap((block) =>
    block.type === 'list' ? block.children.map((item) => plainText(sourceOf(item, outline.text).replace(/^[-*+\d.)]+\s+/, ''))) : [],
  );
  const value = entry.value.trim();
  const prefix = entry.key === 'exit code' && value !== '' ? `exit code ${value}` : value;
  return (prefix !== '' ? prefix : (code ?? list.join('; '))).slice(0, 1000);
}

/** An expectation speaks of what stands directly above it. */
function applyExpectation(found: Validation[], from: number, expect: string): void {
  if (expect === '') return;
  for (let index = Math.max(0, Math.min(from, found.length - 1)); index < found.length; index += 1) {
    const gate = found[index];
    if (gate !== undefined) found[index] = { ...gate, expect: gate.expect ?? expect };
  }
}
