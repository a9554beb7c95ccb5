import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resultOf, resultWithoutRun, toJsonText } from '../../core/report/json.ts';
import { levelLines } from '../../core/report/levels.ts';
import { createNdjsonReporter } from '../../core/report/ndjson.ts';
import { validateAgainst } from '../../core/schema.ts';
import { capture, play } from './rig.ts';
import { STREAMS } from './streams.ts';
import { gate, phaseTasks, record, result } from './tell.ts';

for (const [name, events] of Object.entries(STREAMS)) {
  test(`the document of a run that is ${name} follows result.schema.json`, async () => {
    assert.equal(await validateAgainst('result', JSON.parse(toJsonText(resultOf(play(events))))), []);
  });
}

test("E28 a green run gives the seeds' fields with the seeds' values", () => {
  const document = resultOf(play(STREAMS.green));
  assert.is(document.success, true);
  assert.is(document.prp_id, 'PRP-6');
  assert.is(document.phases_completed, 2);
  assert.is(document.phases_total, 2);
  assert.equal(Object.keys(document.validation_results), ['Phase1', 'Phase2']);
  const levels = document.validation_results['Phase1']?.validation_levels;
  assert.is(document.validation_results['Phase1']?.success, true);
  for (const level of ['L1', 'L2', 'L3', 'L4'] as const) {
    assert.is(levels?.[level]?.passed, true);
    assert.is(levels?.[level]?.attempts, 1);
    assert.equal(levels?.[level]?.errors, []);
  }
  assert.is(levels?.L4?.drift_score, null, 'nothing has measured it');
  assert.equal(document.checkpoints_created, ['checkpoint-PRP-6-phase1-20261120-080003', 'checkpoint-PRP-6-phase2-20261120-080003']);
  assert.is(document.confidence_score, '10/10');
  assert.is(document.confidence, 10);
  assert.is(document.execution_time, '45m 23s');
  assert.is(document.exit_code, 0);
  assert.is(document.tasks.length, 12);
});

test('a healed level says how often it ran, what was wrong, and what the edit was', () => {
  const document = resultOf(play(STREAMS.healed));
  const phase = document.validation_results['Phase1'];
  assert.equal(phase?.self_healed, ['L1: Fixed after 2 attempts']);
  assert.is(phase?.validation_levels.L1?.attempts, 2);
  assert.equal(phase?.validation_levels.L1?.errors, ['`os` imported but unused']);
  assert.is(document.heals_attempted, 1);
  assert.is(document.heals_succeeded, 1);
  assert.equal(document.heals[0]?.edits, [{ line: 1, removed: ['import os'], added: [] }]);
  assert.equal(document.diagnostics, [], 'what was healed is not open');
});

test('unverified and not applicable are no pass, and are no failure', () => {
  const phase = resultOf(play(STREAMS.healed)).validation_results['Phase1'];
  assert.is(phase?.validation_levels.L3?.passed, false);
  assert.is(phase?.validation_levels.L3?.outcome, 'unverified');
  assert.equal(phase?.validation_levels.L3?.unverified, ['log in with a real account']);
  assert.is(phase?.validation_levels.L4?.outcome, 'not-applicable');
  assert.is(phase?.success, true);
});

test('a failing run holds the open finding, the failure, and what was never reached', () => {
  const document = resultOf(play(STREAMS.failing));
  assert.is(document.success, false);
  assert.is(document.exit_code, 1);
  assert.is(document.phases_completed, 0);
  assert.is(document.validation_results['Phase1']?.success, false);
  assert.equal(document.diagnostics, [
    { source: 'pytest', code: 'AssertionError', severity: 'error', message: 'assert 401 == 200', file: 'tests/test_auth.py', line: 4, column: null },
  ]);
  assert.is(document.failure?.code, 'CE_GATE_FAILED');
  assert.is(document.validation_results['Phase2']?.validation_levels.L1?.outcome, 'blocked');
  assert.is(document.validation_results['Phase1']?.validation_levels.L2?.validators[0]?.tests?.failed, 1);
});

test('an escalation is there with its evidence and actions, and reverted heals did not succeed', () => {
  const document = resultOf(play(STREAMS.escalated));
  assert.is(document.exit_code, 3);
  assert.is(document.escalations[0]?.trigger, 'persistent');
  assert.is(document.escalations[0]?.troubleshooting.length, 3);
  assert.is(document.heals_attempted, 2);
  assert.is(document.heals_succeeded, 0);
  assert.equal(document.validation_results['Phase1']?.self_healed, []);
});

test('a dry run says so, and tasks are planned with their reason', () => {
  const document = resultOf(play(STREAMS.dryRun));
  assert.is(document.dry_run, true);
  const planned = document.tasks.filter((task) => task.id.startsWith('PRP-6:phase2'));
  assert.ok(planned.every((task) => task.outcome === 'planned' && task.reason === 'spec changed since 3f2a91c' && task.duration_ms === null));
  assert.is(document.phases_completed, 1);
  assert.is(document.validation_results['Phase2']?.validation_levels.L1?.passed, false);
  assert.is(document.validation_results['Phase2']?.success, false);
  assert.not.ok('dry_run' in resultOf(play(STREAMS.green)));
});

test('validate with one level outside a PRP gives the levels at the top, the level and its verdict', () => {
  const document = resultOf(play(STREAMS.loose));
  assert.is(document.level, 'L2');
  assert.is(document.verdict, 'tool-missing');
  assert.is(document.validation_levels?.L2?.passed, false);
  assert.equal(document.validation_levels?.L2?.errors, ['pytest is not installed: uv add --dev pytest']);
  assert.is(document.prp_id, null);
});

test('with several PRPs each phase is named by its PRP, and no PRP by the document', () => {
  const document = resultOf(play(STREAMS.mixed));
  assert.equal(Object.keys(document.validation_results), ['PRP-6:Phase1', 'PRP-7:Phase1']);
  assert.is(document.prp_id, null);
});

test('a run that was cut off before its end is no success', () => {
  const document = resultOf(play(STREAMS.green.slice(0, -1)));
  assert.is(document.success, false);
  assert.is(document.exit_code, 1);
});

test('a fresh gate without evidence of its own level stays unverified', () => {
  const plan = phaseTasks('PRP-6', 'phase1', 'fresh', 'checkpoint stands').map((planned) =>
    planned.task.level === 'L3' ? { ...planned, outcome: 'unverified' as const } : planned,
  );
  const levels = resultOf(play(record((emit) => emit({ type: 'graph', plan })))).validation_results['Phase1']?.validation_levels;
  assert.is(levels?.L2?.passed, true);
  assert.is(levels?.L3?.passed, false);
});

test('a request that never became a run is a document too', async () => {
  const document = resultWithoutRun('run', { code: 'CE_SPEC_NOT_FOUND', message: 'PRP file not found: PRP-5' }, 2);
  assert.equal(await validateAgainst('result', document), []);
  assert.is(document.exit_code, 2);
  assert.is(document.failure?.message, 'PRP file not found: PRP-5');
});

test('B27 the four lines of the seeds, in their own numbering', () => {
  assert.equal(levelLines(play(STREAMS.green)), [
    'Level 1 (structure): PASS',
    'Level 2 (syntax): PASS',
    'Level 3 (tests): PASS',
    'Level 4 (integration, drift <30%): PASS',
  ]);
  assert.equal(
    levelLines(play(STREAMS.failing)),
    ['Level 1 (structure): PASS', 'Level 2 (syntax): NOT RUN', 'Level 3 (tests): FAIL', 'Level 4 (integration, drift <30%): NOT RUN'],
    'phase 2 was never judged',
  );
  assert.equal(levelLines(play(STREAMS.healed)).at(-1), 'Level 4 (integration, drift <30%): UNVERIFIED', 'L3 without evidence is no pass');
  assert.equal(levelLines(play(STREAMS.loose)), [
    'Level 1 (structure): NOT APPLICABLE',
    'Level 2 (syntax): NOT RUN',
    'Level 3 (tests): FAIL',
    'Level 4 (integration, drift <30%): NOT RUN',
  ]);
});

test('a gate that ran and found no evidence is not a pass on the four lines', () => {
  const events = record((emit) => {
    emit({ type: 'graph', plan: phaseTasks('PRP-6', 'phase1', 'planned', 'x') });
    emit({
      type: 'task.end',
      task: 'PRP-6:phase1:L1',
      kind: 'gate',
      outcome: 'executed',
      reason: '',
      durationMs: 1,
      gate: gate('L1', 'executed', [result('ruff', 'empty', {})], {}),
      failure: null,
    });
  });
  assert.is(levelLines(play(events))[1], 'Level 2 (syntax): NOT RUN');
});

test('--events prints every event as it is, one a line', () => {
  const out = capture(80);
  play(STREAMS.mixed, createNdjsonReporter(out));
  const lines = out.text().trimEnd().split('\n');
  assert.equal(
    lines.map((line) => JSON.parse(line) as unknown),
    STREAMS.mixed.map((event) => JSON.parse(JSON.stringify(event)) as unknown),
  );
});

test.run();
