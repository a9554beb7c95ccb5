/** Confidence: every rule of E13, the reading of E33, and the law that less evidence never scores higher. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LEVELS, type Level } from '../../core/model.ts';
import { type ScoreInput, type ScoredGate, scoreConfidence } from '../../core/run/score.ts';

function passed(level: Level, rest: Partial<ScoredGate> = {}): ScoredGate {
  return { level, outcome: 'executed', passed: true, attempts: 1, unverified: [], ...rest };
}

function without(level: Level, outcome: ScoredGate['outcome']): ScoredGate {
  return { level, outcome, passed: false, attempts: outcome === 'failed' ? 4 : 0, unverified: [] };
}

const allFour = LEVELS.map((level) => passed(level));

function input(rest: Partial<ScoreInput> = {}): ScoreInput {
  return {
    phases: [
      { phase: 'phase1', gates: allFour },
      { phase: 'phase2', gates: allFour },
    ],
    heals: 0,
    result: 'done',
    byHand: [],
    ...rest,
  };
}

function phase2(...gates: readonly ScoredGate[]): ScoreInput {
  const own = allFour.map((gate) => gates.find((other) => other.level === gate.level) ?? gate);
  return input({
    phases: [
      { phase: 'phase1', gates: allFour },
      { phase: 'phase2', gates: own },
    ],
  });
}

test('E13 all four levels at the first attempt are 10, and E33 reads it as production-ready', () => {
  assert.equal(scoreConfidence(input()), { score: 10, reasons: ['all four levels passed at the first attempt'], reading: 'production-ready' });
});

test('E13 heals are counted over all phases: 1 and 2 are 9, 3 and more are 8', () => {
  assert.equal(
    [1, 2, 3, 5, 6, 20].map((heals) => scoreConfidence(input({ heals })).score),
    [9, 9, 8, 8, 8, 8],
  );
  assert.equal(scoreConfidence(input({ heals: 1 })), { score: 9, reasons: ['1 heal'], reading: 'test by hand what was healed' });
  assert.match(scoreConfidence(input({ heals: 6 })).reasons[0] ?? '', /6 heals: more than 5/);
});

test('E13 a gate that passed only when it was run again is no first attempt', () => {
  const score = scoreConfidence(phase2(passed('L1', { attempts: 2 })));
  assert.equal(score, { score: 9, reasons: ['passed only when run again: L1 of phase2'], reading: 'test by hand what was not verified' });
});

test('E13 L1-L3 passed without L4 is 7, whether it was skipped, not applicable or had nothing to run', () => {
  for (const outcome of ['skipped', 'not-applicable', 'unverified'] as const) assert.is(scoreConfidence(phase2(without('L4', outcome))).score, 7);
  assert.equal(scoreConfidence(phase2(without('L4', 'not-applicable'))).reasons, ['L4 without evidence: phase2 (not applicable)']);
});

test('E13 L3 that could not be verified is 8, L1 and L2 are 7', () => {
  assert.equal(scoreConfidence(phase2(without('L3', 'unverified'))), {
    score: 8,
    reasons: ['L3 without evidence: phase2 (unverified)'],
    reading: 'test by hand what was not verified',
  });
  assert.is(scoreConfidence(phase2(without('L2', 'unverified'))).score, 7);
  assert.is(scoreConfidence(phase2(without('L1', 'unverified'))).score, 7);
});

test('E13 a level that the final gates passed is verified for the whole PRP', () => {
  const phases = [...phase2(without('L3', 'unverified')).phases, { phase: 'final', gates: [passed('L3')] }];
  assert.is(scoreConfidence(input({ phases })).score, 10);
  assert.is(scoreConfidence(input({ phases: [...input().phases, { phase: 'final', gates: [without('L3', 'unverified')] }] })).score, 8);
});

test('E13 what only a person can judge caps at 8 and is named', () => {
  const score = scoreConfidence(phase2(passed('L3', { unverified: ['the page looks right'] })));
  assert.is(score.score, 8);
  assert.equal(score.reasons, ['only a person can judge phase2: the page looks right']);
});

test('E13 phases taken as done by hand are not evidence', () => {
  const score = scoreConfidence(input({ byHand: ['phase1'] }));
  assert.is(score.score, 8);
  assert.match(score.reasons[0] ?? '', /not observed: phase1/);
});

test('E13 no validation is 6, and so is a run in which nothing passed with evidence', () => {
  assert.equal(scoreConfidence(input({ result: 'validation-skipped', phases: [] })), {
    score: 6,
    reasons: ['no validation: --skip-validation'],
    reading: 'needs review',
  });
  assert.is(scoreConfidence(phase2()).score, 10);
  const nothing = LEVELS.map((level) => without(level, 'unverified'));
  assert.is(scoreConfidence(input({ phases: [{ phase: 'phase1', gates: nothing }] })).score, 6);
  assert.is(scoreConfidence(input({ phases: [] })).score, 6);
});

test('E13 a failure is 5 and names the gate', () => {
  assert.equal(scoreConfidence({ ...phase2(without('L2', 'failed')), result: 'failed' }), {
    score: 5,
    reasons: ['L2 of phase2 failed'],
    reading: 'needs review',
  });
  assert.is(scoreConfidence(phase2(without('L2', 'failed'))).score, 5, 'a failed gate is a failure, whatever the caller says');
  assert.is(scoreConfidence(input({ result: 'failed' })).score, 5);
});

test('E33 10 is production-ready, 8 and 9 are to be tested by hand, below 8 needs review', () => {
  const readings = [input(), input({ heals: 1 }), input({ heals: 3 }), phase2(without('L4', 'unverified')), input({ result: 'failed' })].map((each) =>
    scoreConfidence(each),
  );
  assert.equal(
    readings.map(({ score, reading }) => `${score} ${reading}`),
    ['10 production-ready', '9 test by hand what was healed', '8 test by hand what was healed', '7 needs review', '5 needs review'],
  );
});

test('less evidence never scores higher, and every score has a reason', () => {
  const gate = (level: Level) =>
    fc.oneof(
      fc.constant(passed(level)),
      fc.constant(without(level, 'unverified')),
      fc.constant(without(level, 'not-applicable')),
      fc.constant(passed(level, { attempts: 2 })),
      fc.constant(without(level, 'failed')),
    );
  const gates = fc.tuple(gate('L1'), gate('L2'), gate('L3'), gate('L4'));
  fc.assert(
    fc.property(fc.array(gates, { minLength: 1, maxLength: 3 }), fc.nat(8), fc.nat(3), fc.nat(2), (all, heals, level, at) => {
      const phases = all.map((own, index) => ({ phase: `phase${index + 1}`, gates: own }));
      const weaker = phases.map((each, index) => ({
        ...each,
        gates: each.gates.map((own, which) => (index === at && which === level && own.outcome !== 'failed' ? without(own.level, 'unverified') : own)),
      }));
      const before = scoreConfidence(input({ phases, heals }));
      assert.ok(before.reasons.length > 0 && before.score >= 5 && before.score <= 10);
      assert.ok(scoreConfidence(input({ phases: weaker, heals })).score <= before.score);
      assert.ok(
        scoreConfidence(input({ phases, heals: heals + 1 })).score <= before.score || before.reasons.some((reason) => reason.startsWith('passed only')),
      );
    }),
  );
});

test.run();
