/** Runs as streams of events, as an engine emits them: what every reporter is held against. */
import type { PlannedTask, Task } from '../../core/model.ts';
import { BRIEF, SECOND, UNUSED, FAILING, begin, check, checkpoint, gate, implement, phaseTasks, record, result, runGate, wholePhase } from './tell.ts';

const TEN = { score: 10, reasons: ['all four levels passed first time'], reading: 'production-ready' };
const twoPhases = (): readonly PlannedTask[] => [
  ...phaseTasks('PRP-6', 'phase1', 'planned', 'never run'),
  ...phaseTasks('PRP-6', 'phase2', 'planned', 'never run'),
];

/** Two phases, everything at first try. */
const green = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'run', ['PRP-6']);
  emit({ type: 'graph', plan: twoPhases() });
  wholePhase(teller, 'phase1', BRIEF);
  wholePhase(teller, 'phase2', SECOND);
  emit({ type: 'run.end', exitCode: 0, success: true, durationMs: 2_723_000, confidence: TEN, failure: null });
});

/** Nothing changed since the last run. */
const fresh = record((emit, wait) => {
  begin({ emit, wait }, 'run', ['PRP-6']);
  emit({
    type: 'graph',
    plan: [...phaseTasks('PRP-6', 'phase1', 'fresh', 'checkpoint ab3118f stands'), ...phaseTasks('PRP-6', 'phase2', 'fresh', 'checkpoint cd4229a stands')],
  });
  emit({ type: 'run.end', exitCode: 0, success: true, durationMs: 80, confidence: null, failure: null });
});

/** L1 finds an unused import, the tool's own fix removes it; L3 has nothing to run. */
const healed = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'run', ['PRP-6:phase1']);
  emit({ type: 'graph', plan: phaseTasks('PRP-6', 'phase1', 'planned', 'spec changed since 3f2a91c') });
  implement(teller, 'phase1', BRIEF);
  const task = 'PRP-6:phase1:L1';
  const ruff = check('ruff', 'L1', ['ruff', 'check', '.']);
  emit({ type: 'task.start', task, kind: 'gate', title: 'L1', reason: 'src/auth.py changed', usualMs: 400 });
  emit({ type: 'check.start', task, check: ruff, attempt: 1 });
  wait(200);
  emit({ type: 'check.end', task, level: 'L1', result: result('ruff', 'fail', { diagnostics: [UNUSED] }), attempt: 1 });
  emit({
    type: 'heal',
    task,
    attempt: 1,
    heal: {
      healer: 'ce:safe-fixes',
      title: 'Remove unused import: `os`',
      file: 'src/auth.py',
      applied: true,
      reverted: false,
      diff: '--- a/src/auth.py\n+++ b/src/auth.py\n@@ -1,3 +1,2 @@\n import sys\n-import os\n \n',
    },
  });
  emit({ type: 'check.start', task, check: ruff, attempt: 2 });
  wait(210);
  const clean = result('ruff', 'pass', {});
  emit({ type: 'check.end', task, level: 'L1', result: clean, attempt: 2 });
  emit({
    type: 'task.end',
    task,
    kind: 'gate',
    outcome: 'executed',
    reason: '',
    durationMs: 410,
    gate: gate('L1', 'executed', [clean], { attempts: 2 }),
    failure: null,
  });
  runGate(teller, 'phase1', 'L2', 'pytest', ['pytest', 'tests/test_auth.py', '-v'], 1230);
  emit({
    type: 'task.end',
    task: 'PRP-6:phase1:L3',
    kind: 'gate',
    outcome: 'unverified',
    reason: 'no integration command is configured',
    durationMs: 0,
    gate: gate('L3', 'unverified', [], { unverified: ['log in with a real account'] }),
    failure: null,
  });
  emit({
    type: 'task.end',
    task: 'PRP-6:phase1:L4',
    kind: 'gate',
    outcome: 'not-applicable',
    reason: 'no comparable site',
    durationMs: 0,
    gate: gate('L4', 'not-applicable', [], {}),
    failure: null,
  });
  checkpoint(teller, 'phase1', 'L1=pass L2=pass L3=unverified L4=n/a');
  emit({
    type: 'run.end',
    exitCode: 0,
    success: true,
    durationMs: 2_400,
    confidence: { score: 8, reasons: ['1 heal', 'L3 is unverified'], reading: 'test by hand what was healed' },
    failure: null,
  });
});

/** A test fails and nothing can repair it. */
const failing = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'run', ['PRP-6']);
  emit({ type: 'graph', plan: twoPhases() });
  implement(teller, 'phase1', BRIEF);
  runGate(teller, 'phase1', 'L1', 'ruff', ['ruff', 'check', '.'], 450);
  const task = 'PRP-6:phase1:L2';
  emit({ type: 'task.start', task, kind: 'gate', title: 'L2', reason: 'never run', usualMs: 42_000 });
  emit({ type: 'check.start', task, check: check('pytest', 'L2', ['pytest', 'tests/test_auth.py', '-v']), attempt: 1 });
  wait(500);
  emit({ type: 'task.output', task, stream: 'stdout', text: 'collected 3 items\ntests/test_auth.py F.' });
  wait(500);
  emit({ type: 'task.output', task, stream: 'stdout', text: '.\nFAILED tests/test_auth.py::test_login\n' });
  const bad = result('pytest', 'fail', {
    command: 'pytest tests/test_auth.py -v',
    diagnostics: [FAILING],
    tests: { run: 3, passed: 2, failed: 1, skipped: 0 },
    log: '/repo/.ce/runs/x/L2',
  });
  emit({ type: 'check.end', task, level: 'L2', result: bad, attempt: 1 });
  const failure = {
    code: 'CE_GATE_FAILED',
    message: 'L2 of PRP-6 phase 1: 1 of 3 tests failed',
    place: { file: 'tests/test_auth.py', line: 4 },
    next: 'ce validate PRP-6:phase1:L2',
  } as const;
  emit({
    type: 'task.end',
    task,
    kind: 'gate',
    outcome: 'failed',
    reason: '1 of 3 tests failed',
    durationMs: 1000,
    gate: gate('L2', 'failed', [bad], {}),
    failure,
  });
  for (const { task: waiting } of twoPhases().slice(3)) {
    emit({ type: 'task.end', task: waiting.id, kind: waiting.kind, outcome: 'blocked', reason: `${task} failed`, durationMs: 0, gate: null, failure: null });
  }
  emit({ type: 'run.end', exitCode: 1, success: false, durationMs: 1_600, confidence: { score: 5, reasons: ['L2 failed'], reading: 'needs review' }, failure });
});

/** The same failure three times running: a person is needed. */
const escalated = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'run', ['PRP-6:phase1']);
  emit({ type: 'graph', plan: phaseTasks('PRP-6', 'phase1', 'planned', 'never run') });
  implement(teller, 'phase1', BRIEF);
  const task = 'PRP-6:phase1:L1';
  const bad = result('ruff', 'fail', { diagnostics: [UNUSED] });
  emit({ type: 'task.start', task, kind: 'gate', title: 'L1', reason: 'never run', usualMs: null });
  for (const attempt of [1, 2, 3]) {
    emit({ type: 'check.start', task, check: check('ruff', 'L1', ['ruff', 'check', '.']), attempt });
    wait(150);
    emit({ type: 'check.end', task, level: 'L1', result: bad, attempt });
    if (attempt < 3)
      emit({
        type: 'heal',
        task,
        attempt,
        heal: {
          healer: 'ce:safe-fixes',
          title: 'Remove unused import: `os`',
          file: 'src/auth.py',
          applied: true,
          reverted: true,
          diff: '@@ -2,1 +2,0 @@\n-import os\n',
        },
      });
  }
  const failure = { code: 'CE_ESCALATE_PERSISTENT', message: 'the same failure three times running', next: 'ce answer e1' } as const;
  emit({
    type: 'escalation',
    escalation: {
      id: 'e1',
      trigger: 'persistent',
      code: 'CE_ESCALATE_PERSISTENT',
      task,
      message: 'the same failure three times running',
      evidence: ['src/auth.py:2:8 F401 `os` imported but unused'],
      troubleshooting: [
        'Review error details - same error occurred 3 times',
        'Check if fix logic matches error type',
        'Consider if architectural change needed',
      ],
      actions: ['ruff check . --diff'],
    },
  });
  emit({
    type: 'task.end',
    task,
    kind: 'gate',
    outcome: 'failed',
    reason: '1 error',
    durationMs: 450,
    gate: gate('L1', 'failed', [bad], { attempts: 3 }),
    failure,
  });
  emit({ type: 'run.end', exitCode: 3, success: false, durationMs: 700, confidence: { score: 5, reasons: ['L1 failed'], reading: 'needs review' }, failure });
});

/** Ctrl-C while the tests run. */
const cancelled = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'run', ['PRP-6']);
  emit({ type: 'graph', plan: twoPhases() });
  implement(teller, 'phase1', BRIEF);
  const task = 'PRP-6:phase1:L1';
  emit({ type: 'task.start', task, kind: 'gate', title: 'L1', reason: 'never run', usualMs: null });
  emit({ type: 'check.start', task, check: check('ruff', 'L1', ['ruff', 'check', '.']), attempt: 1 });
  wait(3_000);
  const failure = { code: 'CE_INTERRUPTED', message: 'interrupted by SIGINT', next: 'ce run PRP-6' } as const;
  for (const { task: open } of twoPhases().slice(1))
    emit({ type: 'task.end', task: open.id, kind: open.kind, outcome: 'cancelled', reason: 'interrupted', durationMs: 0, gate: null, failure: null });
  emit({ type: 'run.end', exitCode: 130, success: false, durationMs: 3_150, confidence: null, failure });
});

/** `ce run PRP-6 --dry-run` after a change. */
const dryRun = record((emit, wait) => {
  emit({ type: 'run.start', command: 'run', targets: ['PRP-6'], root: '/repo', pid: 4242, version: '0.1.0', jobs: 2, dryRun: true });
  wait(40);
  emit({
    type: 'graph',
    plan: [...phaseTasks('PRP-6', 'phase1', 'fresh', 'checkpoint ab3118f stands'), ...phaseTasks('PRP-6', 'phase2', 'planned', 'spec changed since 3f2a91c')],
  });
  emit({ type: 'run.end', exitCode: 0, success: true, durationMs: 55, confidence: null, failure: null });
});

/** `ce validate --level 2` in a repository, outside any PRP; the tool is not installed. */
const loose = record((emit, wait) => {
  begin({ emit, wait }, 'validate', []);
  const task: Task = { id: 'L2', kind: 'gate', title: 'L2', prp: null, phase: null, level: 'L2', dependsOn: [] };
  emit({ type: 'graph', plan: [{ task, outcome: 'planned', reason: 'never run' }] });
  emit({ type: 'task.start', task: 'L2', kind: 'gate', title: 'L2', reason: 'never run', usualMs: null });
  emit({ type: 'check.start', task: 'L2', check: check('pytest', 'L2', ['pytest']), attempt: 1 });
  const bad = result('pytest', 'tool-missing', { message: 'pytest is not installed: uv add --dev pytest' });
  emit({ type: 'check.end', task: 'L2', level: 'L2', result: bad, attempt: 1 });
  const failure = { code: 'CE_TASK_NOT_FOUND', message: 'pytest is not installed', next: 'uv add --dev pytest' } as const;
  emit({
    type: 'task.end',
    task: 'L2',
    kind: 'gate',
    outcome: 'failed',
    reason: 'pytest is not installed',
    durationMs: 12,
    gate: gate('L2', 'failed', [bad], {}),
    failure,
  });
  emit({ type: 'run.end', exitCode: 3, success: false, durationMs: 60, confidence: null, failure });
});

/** Two PRPs side by side, a merge, a manual phase that asks, warnings, findings of a spec, and a plan that comes twice. */
const mixed = record((emit, wait) => {
  const teller = { emit, wait };
  begin(teller, 'batch', ['PRP-6', 'PRP-7']);
  const plan = [...phaseTasks('PRP-6', 'phase1', 'planned', 'never run'), ...phaseTasks('PRP-7', 'phase1', 'planned', 'never run')];
  emit({ type: 'graph', plan });
  emit({
    type: 'diagnostic',
    task: null,
    diagnostic: {
      source: 'spec',
      code: 'CE_SPEC_UNBOUND_BLOCK',
      severity: 'warning',
      message: 'a code block is bound to no file',
      file: 'PRPs/PRP-7.md',
      line: 30,
    },
  });
  implement(teller, 'phase1', BRIEF);
  emit({ type: 'graph', plan });
  emit({
    type: 'task.start',
    task: 'PRP-7:phase1:implement',
    kind: 'implement',
    title: 'Phase 1: Session store',
    reason: 'never run',
    usualMs: null,
    detail: SECOND,
  });
  emit({ type: 'input', task: 'PRP-7:phase1:implement', prompt: 'Create src/store.py, then press Enter.', detail: null });
  emit({ type: 'task.progress', task: 'PRP-7:phase1:implement', message: 'goes on' });
  emit({ type: 'log', level: 'warning', failure: null, message: 'the sarif output stopped: EACCES' });
  emit({
    type: 'task.end',
    task: 'PRP-7:phase1:implement',
    kind: 'implement',
    outcome: 'cached',
    reason: 'patch replayed',
    durationMs: 5,
    gate: null,
    failure: null,
  });
  emit({ type: 'task.start', task: 'merge', kind: 'merge', title: 'Merge PRP-6', reason: '', usualMs: null });
  emit({ type: 'task.end', task: 'merge', kind: 'merge', outcome: 'executed', reason: '', durationMs: 40, gate: null, failure: null });
  emit({
    type: 'run.end',
    exitCode: 70,
    success: false,
    durationMs: 900,
    confidence: null,
    failure: { code: 'CE_INTERNAL_BUG', message: 'a bug', why: 'Error: a bug\n    at x.ts:1', next: 'Please report it.' },
  });
});

export const STREAMS = { green, fresh, healed, failing, escalated, cancelled, dryRun, loose, mixed } as const;
