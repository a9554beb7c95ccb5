/** SARIF 2.1.0 of a run: one SARIF run for each tool that found something, and one of ce that says whether the gates passed. */
import { createHash } from 'node:crypto';
import type { Diagnostic, Fix, Json } from '../model.ts';
import { oneLine } from './format.ts';
import { failedTasks, openDiagnostics } from './phases.ts';
import type { RunView } from './view.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** A log without results is not a pass: ce's own run holds `executionSuccessful` and what stopped a gate without a finding. */
export function sarifOf(view: RunView, version: string): Json {
  const bySource = new Map<string, Diagnostic[]>();
  for (const diagnostic of openDiagnostics(view)) bySource.set(diagnostic.source, [...(bySource.get(diagnostic.source) ?? []), diagnostic]);
  const tools = [...bySource].map(([source, diagnostics]) => toolRun(source, diagnostics));
  return { $schema: SCHEMA, version: '2.1.0', runs: [ceRun(view, version), ...tools] };
}

function ceRun(view: RunView, version: string): Json {
  const notices = failedTasks(view).map((task) => {
    const bad = task.gate?.validators.find((result) => result.verdict !== 'pass');
    const text = task.failure?.message ?? bad?.message ?? task.reason;
    return {
      level: 'error',
      message: { text: oneLine(`${task.id}: ${text === '' ? 'failed' : text}`) },
      ...(task.failure === null ? {} : { descriptor: { id: task.failure.code } }),
    };
  });
  const failure = view.end?.failure ?? null;
  const all = failure === null ? notices : [...notices, { level: 'error', message: { text: oneLine(failure.message) }, descriptor: { id: failure.code } }];
  return {
    tool: { driver: { name: 'ce', version, rules: [] } },
    columnKind: 'utf16CodeUnits',
    automationDetails: { id: `ce/${view.command}/` },
    invocations: [{ executionSuccessful: view.end?.success ?? false, exitCode: view.end?.exitCode ?? 1, toolExecutionNotifications: all }],
    results: [],
  };
}

function toolRun(source: string, diagnostics: readonly Diagnostic[]): Json {
  const rules = [...new Set(diagnostics.map(({ code }) => code))];
  return {
    tool: { driver: { name: source, rules: rules.map((id) => ({ id })) } },
    columnKind: 'utf16CodeUnits',
    automationDetails: { id: `ce/${source}/` },
    results: diagnostics.map((diagnostic) => resultOf(diagnostic, rules.indexOf(diagnostic.code))),
  };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number): Json {
  const { file, line, column, endLine, endColumn } = diagnostic;
  const region =
    line === undefined
      ? null
      : {
          startLine: line,
          ...(column === undefined ? {} : { startColumn: column }),
          ...(endLine === undefined ? {} : { endLine }),
          ...(endColumn === undefined ? {} : { endColumn }),
        };
  const fixes = (diagnostic.fixes ?? []).filter((fix) => fix.edits.length > 0).map(fixOf);
  return {
    ruleId: diagnostic.code,
    ruleIndex,
    level: LEVELS[diagnostic.severity],
    message: { text: diagnostic.message === '' ? diagnostic.code : diagnostic.message },
    ...(file === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: artifactOf(file), ...(region === null ? {} : { region }) } }] }),
    partialFingerprints: { 'ceFinding/v1': fingerprint(diagnostic) },
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

function fixOf(fix: Fix): Json {
  const files = [...new Set(fix.edits.map((edit) => edit.file))];
  return {
    description: { text: fix.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactOf(file),
      replacements: fix.edits
        .filter((edit) => edit.file === file)
        .map(({ start, end, text }) => ({ deletedRegion: { charOffset: start, charLength: end - start }, insertedContent: { text } })),
    })),
  };
}

/** Relative to the root of the sources, as code scanning wants it. */
function artifactOf(file: string): Json {
  const encodable = file.replace(/\p{Surrogate}/gu, '\ufffd');
  return { uri: encodable.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

/** Without the line, which moves; numbers in the message do not count. */
function fingerprint({ source, code, file, message }: Diagnostic): string {
  return createHash('sha256')
    .update(JSON.stringify([source, code, file ?? '', message.replace(/\d+/g, '0')]))
    .digest('hex')
    .slice(0, 32);
}
