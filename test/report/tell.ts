/** Makes streams of events: the parts of a run of which `streams.ts` tells whole ones. */
import { createBus, type Body, type Event, type PhaseBrief } from '../../core/events.ts';
import type { Check, Checkpoint, Diagnostic, GateResult, Level, Outcome, PlannedTask, Task, TaskKind, ValidatorResult } from '../../core/model.ts';

const START = Date.parse('2026-11-20T08:00:00.000Z');

/** Emits through the real bus, on a clock that only moves when told to. */
export function record(tell: (emit: (body: Body) => void, wait: (ms: number) => void) => void): readonly Event[] {
  let now = START;
  const events: Event[] = [];
  const bus = createBus(
    '20261120-080000-7f3a',
    () => new Date(now),
    (body) => body,
  );
  bus.subscribe('test', (event) => events.push(event));
  tell(bus.emit, (ms) => {
    now += ms;
  });
  return events;
}

export const BRIEF: PhaseBrief = {
  number: '1',
  name: 'Core Logic Implementation',
  kind: 'phase',
  goal: 'Implement main authentication flow',
  files: [
    { path: 'src/auth.py', action: 'create', description: 'Authentication logic' },
    { path: 'src/config.py', action: 'modify', description: '' },
  ],
  functions: ['authenticate_user', 'validate_token'],
};
export const SECOND: PhaseBrief = {
  number: '2',
  name: 'Session store',
  kind: 'phase',
  goal: null,
  files: [{ path: 'src/store.py', action: 'create', description: 'Sessions in memory' }],
  functions: [],
};

const KINDS: readonly (readonly [string, TaskKind, Level | null])[] = [
  ['implement', 'implement', null],
  ['L1', 'gate', 'L1'],
  ['L2', 'gate', 'L2'],
  ['L3', 'gate', 'L3'],
  ['L4', 'gate', 'L4'],
  ['checkpoint', 'checkpoint', null],
];

const TITLES: Readonly<Record<string, string>> = { '1': 'Core Logic Implementation', '2': 'Session store' };

export function phaseTasks(prp: string, phase: string, outcome: PlannedTask['outcome'], reason: string): readonly PlannedTask[] {
  return KINDS.map(([name, kind, level], index) => {
    const previous = KINDS[index - 1];
    const number = phase.replace('phase', '');
    const title = kind === 'implement' ? `Phase ${number}: ${TITLES[number] ?? ''}` : kind === 'checkpoint' ? `Checkpoint of Phase ${number}` : name;
    const task: Task = {
      id: `${prp}:${phase}:${name}`,
      kind,
      title,
      prp,
      phase,
      level,
      dependsOn: previous === undefined ? [] : [`${prp}:${phase}:${previous[0]}`],
    };
    return { task, outcome, reason };
  });
}

export function check(validator: string, level: Level, argv: readonly string[]): Check {
  return {
    validator,
    level,
    project: '.',
    command: { argv },
    cwd: '.',
    inputs: ['src/**/*.py'],
    env: [],
    version: [validator, '--version'],
    timeout: 600_000,
    cache: true,
    needsTests: level === 'L2',
    origin: 'pyproject.toml',
  };
}

export function result(name: string, verdict: ValidatorResult['verdict'], more: Partial<ValidatorResult>): ValidatorResult {
  return { name, project: '.', command: name, verdict, diagnostics: [], durationMs: 420, cached: false, log: null, ...more };
}

export function gate(level: Level, outcome: Outcome, validators: readonly ValidatorResult[], more: Partial<GateResult>): GateResult {
  const passed = validators.length > 0 && validators.every(({ verdict }) => verdict === 'pass');
  return { level, outcome, passed, attempts: validators.length > 0 ? 1 : 0, validators, unverified: [], reason: '', ...more };
}

export const UNUSED: Diagnostic = {
  source: 'ruff',
  code: 'F401',
  severity: 'error',
  message: '`os` imported but unused',
  file: 'src/auth.py',
  line: 2,
  column: 8,
  endLine: 2,
  endColumn: 10,
  fixes: [{ title: 'Remove unused import: `os`', edits: [{ file: 'src/auth.py', start: 12, end: 22, text: '' }] }],
};
export const FAILING: Diagnostic = {
  source: 'pytest',
  code: 'AssertionError',
  severity: 'error',
  message: 'assert 401 == 200',
  file: 'tests/test_auth.py',
  line: 4,
};

export interface Teller {
  readonly emit: (body: Body) => void;
  readonly wait: (ms: number) => void;
}

export function begin({ emit, wait }: Teller, command: string, targets: readonly string[]): void {
  emit({ type: 'run.start', command, targets, root: '/repo', pid: 4242, version: '0.1.0', jobs: 2 });
  wait(30);
}

export function implement({ emit, wait }: Teller, phase: string, brief: PhaseBrief): void {
  const task = `PRP-6:${phase}:implement`;
  emit({ type: 'task.start', task, kind: 'implement', title: `Phase ${brief.number}: ${brief.name}`, reason: 'never run', usualMs: null, detail: brief });
  wait(100);
  emit({
    type: 'task.end',
    task,
    kind: 'implement',
    outcome: 'executed',
    reason: `blueprint: ${brief.files.length} files`,
    durationMs: 100,
    gate: null,
    failure: null,
  });
}

export function runGate({ emit, wait }: Teller, phase: string, level: Level, tool: string, argv: readonly string[], ms: number): void {
  const task = `PRP-6:${phase}:${level}`;
  emit({ type: 'task.start', task, kind: 'gate', title: level, reason: 'src/auth.py changed', usualMs: level === 'L2' ? 42_000 : null });
  emit({ type: 'check.start', task, check: check(tool, level, argv), attempt: 1 });
  wait(ms);
  const judged = result(tool, 'pass', {
    command: argv.join(' '),
    durationMs: ms,
    ...(level === 'L2' ? { tests: { run: 3, passed: 3, failed: 0, skipped: 0 } } : {}),
  });
  emit({ type: 'check.end', task, level, result: judged, attempt: 1 });
  emit({ type: 'task.end', task, kind: 'gate', outcome: 'executed', reason: '', durationMs: ms, gate: gate(level, 'executed', [judged], {}), failure: null });
}

export function checkpoint({ emit, wait }: Teller, phase: string, gates: string): void {
  const task = `PRP-6:${phase}:checkpoint`;
  emit({ type: 'task.start', task, kind: 'checkpoint', title: `Checkpoint of ${phase}`, reason: 'gates passed', usualMs: null });
  wait(20);
  const made: Checkpoint = {
    prp: 'PRP-6',
    phase,
    commit: 'ab3118f0c2d4e5f60718293a4b5c6d7e8f901234',
    tag: `checkpoint-PRP-6-${phase}-20261120-080003`,
    ref: `refs/ce/PRP-6/${phase}`,
    spec: '0'.repeat(64),
    gates,
    tree: 'clean',
  };
  emit({ type: 'checkpoint', task, checkpoint: made });
  emit({ type: 'task.end', task, kind: 'checkpoint', outcome: 'executed', reason: '', durationMs: 20, gate: null, failure: null });
}

export function wholePhase(teller: Teller, phase: string, brief: PhaseBrief): void {
  implement(teller, phase, brief);
  runGate(teller, phase, 'L1', 'ruff', ['ruff', 'check', '--output-format=json', '.'], 450);
  runGate(teller, phase, 'L2', 'pytest', ['pytest', 'tests/test_auth.py', '-v'], 1230);
  runGate(teller, phase, 'L3', 'command', ['make', 'integration'], 2150);
  runGate(teller, phase, 'L4', 'contract', ['ce', 'contract'], 60);
  checkpoint(teller, phase, 'L1=pass L2=pass L3=pass L4=pass');
}
