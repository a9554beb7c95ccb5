/** A folder with real files, services over it, and gates for the heal loop. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic, Fix, GateResult, Healing, Level, Task, TestCounts, ValidatorResult, Verdict } from '../../core/api.ts';
import { DEFAULTS } from '../../core/config.ts';
import { ok } from '../../core/errors.ts';
import type { Body } from '../../core/events.ts';
import { combineGate } from '../../core/exec/gate.ts';
import { healGate, type HealRequest, type HealServices } from '../../core/exec/heal.ts';
import { createHooks, type Hooks } from '../../core/hooks.ts';

export interface Rig {
  readonly root: string;
  readonly hooks: Hooks;
  readonly events: Body[];
  readonly services: HealServices;
  read(path: string): string;
  write(path: string, content: string | Uint8Array): void;
  remove(): void;
}

export function createRig(files: Readonly<Record<string, string>>): Rig {
  const root = mkdtempSync(join(tmpdir(), 'ce-heal-'));
  const events: Body[] = [];
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    root,
    hooks: createHooks(),
    events,
    services: {
      readFile: async (path) => (existsSync(join(root, path)) ? new Uint8Array(readFileSync(join(root, path))) : null),
      writeFile: async (path, content) => {
        writeFileSync(join(root, `${path}.tmp`), content);
        renameSync(join(root, `${path}.tmp`), join(root, path));
        return ok(undefined);
      },
      emit: (body) => events.push(body),
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export const task: Task = { id: 'PRP-5:phase2:L1', kind: 'gate', title: 'L1', prp: 'PRP-5', phase: 'phase2', level: 'L1', dependsOn: [] };

export function result(
  name: string,
  verdict: Verdict,
  diagnostics: readonly Diagnostic[],
  more: { readonly tests?: TestCounts; readonly message?: string } = {},
): ValidatorResult {
  return { name, project: '.', command: `${name} .`, durationMs: 1, cached: false, log: null, verdict, diagnostics, ...more };
}

export function gateOf(level: Level, attempt: number, ...validators: readonly ValidatorResult[]): GateResult {
  return combineGate(level, validators, [], attempt);
}

/** A gate that fails at each line of `file` that holds the word BAD or, of another kind, WORSE. */
export function wordGate(rig: Rig, file: string, level: Level = 'L1'): (attempt: number) => Promise<GateResult> {
  return async (attempt) => {
    const lines = rig.read(file).split('\n');
    const found = lines.flatMap((line, index): Diagnostic[] =>
      [['BAD', 'W1'] as const, ['WORSE', 'W2'] as const]
        .filter(([word]) => line.includes(word))
        .map(([word, code]) => ({ source: 'words', code, severity: 'error', message: `${word} at line ${index + 1}`, file, line: index + 1 })),
    );
    return gateOf(level, attempt, result('words', found.length === 0 ? 'pass' : 'fail', found));
  };
}

/** Replaces the first `from` by `to` in the file, as the tree is now. */
export function replacing(rig: Rig, file: string, from: string, to: string): Fix {
  const start = rig.read(file).indexOf(from);
  return { title: `${from} to ${to}`, edits: start === -1 ? [] : [{ file, start, end: start + from.length, text: to }] };
}

/** Taps a healer that proposes these fixes, and leaves `open` alone. */
export function heals(rig: Rig, name: string, propose: (healing: Healing) => readonly Fix[]): void {
  rig.hooks.heal.tap(name, (healing) => ({ ...healing, fixes: [...healing.fixes, ...propose(healing)] }));
}

export function loop(rig: Rig, runGate: HealRequest['runGate'], overrides: Partial<HealRequest> = {}): ReturnType<typeof healGate> {
  return healGate({
    task,
    files: ['a.ts'],
    runGate,
    hooks: rig.hooks,
    limits: DEFAULTS.heal,
    services: rig.services,
    signal: new AbortController().signal,
    ...overrides,
  });
}

interface EslintMessage {
  readonly ruleId: string | null;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly fix?: { readonly range: readonly [number, number]; readonly text: string };
}

/** The real eslint of this repository over the folder, its fixes as text edits. */
export function eslintGate(rig: Rig, file: string): (attempt: number) => Promise<GateResult> {
  const bin = fileURLToPath(new URL('../../node_modules/eslint/bin/eslint.js', import.meta.url));
  return (attempt) =>
    new Promise((resolve, reject) => {
      execFile(process.execPath, [bin, '--format', 'json', file], { cwd: rig.root }, (error, stdout) => {
        if (stdout === '') return reject(error ?? new Error('eslint said nothing'));
        const [report] = JSON.parse(stdout) as readonly { readonly messages: readonly EslintMessage[] }[];
        const diagnostics = (report?.messages ?? []).map(
          ({ ruleId, message, line, column, fix }): Diagnostic => ({
            source: 'eslint',
            code: ruleId ?? '',
            severity: 'error',
            message,
            file,
            line: line ?? 1,
            column: column ?? 1,
            ...(fix === undefined ? {} : { fixes: [{ title: 'fix', edits: [{ file, start: fix.range[0], end: fix.range[1], text: fix.text }] }] }),
          }),
        );
        resolve(gateOf('L1', attempt, result('eslint', diagnostics.length === 0 ? 'pass' : 'fail', diagnostics)));
      });
    });
}
