import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Fix } from '../../core/api.ts';
import { fail } from '../../core/errors.ts';
import { escalation } from '../../plugins/escalation.ts';
import { safeFixes } from '../../plugins/safe-fixes.ts';
import { createRig, eslintGate, gateOf, heals, loop, replacing, result, wordGate, type Rig } from './rig.ts';

async function inRig(files: Readonly<Record<string, string>>, story: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = createRig(files);
  try {
    await story(rig);
  } finally {
    rig.remove();
  }
}

const counted = (gate: (attempt: number) => ReturnType<ReturnType<typeof wordGate>>) => {
  const attempts: number[] = [];
  const run = (attempt: number) => {
    attempts.push(attempt);
    return gate(attempt);
  };
  return { attempts, run };
};

test('E10 real eslint fails, its own safe fixes are applied, and it passes', () =>
  inRig(
    {
      'eslint.config.mjs': "export default [{ rules: { 'prefer-const': 'error', 'no-var': 'error', eqeqeq: 'error' } }];\n",
      'a.js': 'let one = 1;\nvar two = 2;\nexport const sum = one + two;\n',
    },
    async (rig) => {
      for (const plugin of [safeFixes(), escalation()]) plugin.apply({ hooks: rig.hooks });
      const outcome = await loop(rig, eslintGate(rig, 'a.js'), { files: ['a.js'] });
      assert.is(outcome.gate.passed, true);
      assert.is(outcome.escalation, null);
      assert.is(rig.read('a.js'), 'const one = 1;\nconst two = 2;\nexport const sum = one + two;\n');
      assert.is(outcome.gate.attempts, 3, '`var` becomes `let` at first: what is new then has a fix of its own');
      assert.ok(outcome.heals.every(({ applied, reverted, healer }) => applied && !reverted && healer === 'safe-fixes'));
      assert.match(outcome.heals[0]?.diff ?? '', '-let one = 1;\n+const one = 1;');
      assert.is(rig.events.filter(({ type }) => type === 'heal').length, outcome.heals.length);
    },
  ));

test('E10 what eslint cannot fix stays a located failure: what helped is kept, and nobody is asked', () =>
  inRig(
    {
      'eslint.config.mjs': "export default [{ rules: { 'prefer-const': 'error', 'no-undef': 'error' } }];\n",
      'a.js': 'let one = 1;\nexport const two = one + missing;\n',
    },
    async (rig) => {
      for (const plugin of [safeFixes(), escalation()]) plugin.apply({ hooks: rig.hooks });
      const outcome = await loop(rig, eslintGate(rig, 'a.js'), { files: ['a.js'] });
      assert.is(outcome.gate.outcome, 'failed');
      assert.is(outcome.gate.attempts, 2);
      assert.is(outcome.escalation, null);
      assert.match(rig.read('a.js'), /^const one/);
    },
  ));

test('a gate runs again only after an edit: without a fix there is one attempt', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    const gate = counted(wordGate(rig, 'a.ts'));
    const outcome = await loop(rig, gate.run);
    assert.equal(gate.attempts, [1]);
    assert.equal([outcome.gate.outcome, outcome.gate.attempts, outcome.heals], ['failed', 1, []]);
  }));

test('C15 one run and up to three heals: the fourth run is the last', () =>
  inRig({ 'a.ts': 'BAD 1\nBAD 2\nBAD 3\nBAD 4\nBAD 5\n' }, async (rig) => {
    heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
    const gate = counted(wordGate(rig, 'a.ts'));
    const outcome = await loop(rig, gate.run);
    assert.equal(gate.attempts, [1, 2, 3, 4]);
    assert.is(outcome.gate.attempts, 4);
    assert.is(rig.read('a.ts'), 'good 1\ngood 2\ngood 3\nBAD 4\nBAD 5\n');
    assert.equal(
      outcome.heals.map(({ healer, applied, reverted }) => [healer, applied, reverted]),
      Array.from({ length: 3 }, () => ['words', true, false]),
    );
  }));

test('E17 E31 the same failure three times running escalates as persistent, and the file is byte for byte what it was', () =>
  inRig({ 'a.ts': '\ufeffBAD\r\nnext\n' }, async (rig) => {
    escalation().apply({ hooks: rig.hooks });
    heals(rig, 'useless', () => [replacing(rig, 'a.ts', 'next', 'other')]);
    const gate = counted(wordGate(rig, 'a.ts'));
    const outcome = await loop(rig, gate.run);
    assert.equal(gate.attempts, [1, 2, 3]);
    assert.is(outcome.escalation?.trigger, 'persistent');
    assert.is(outcome.escalation?.code, 'CE_ESCALATE_PERSISTENT');
    assert.is(outcome.gate.attempts, 3);
    assert.is(rig.read('a.ts'), '\ufeffBAD\r\nnext\n');
    assert.equal(
      outcome.heals.map(({ applied, reverted }) => [applied, reverted]),
      [
        [true, true],
        [true, true],
      ],
    );
  }));

test('a fix that adds a diagnostic is reverted, though it removed two', () =>
  inRig({ 'a.ts': 'BAD\nBAD\nkeep\n' }, async (rig) => {
    heals(rig, 'eager', () => [{ title: 'both', edits: [{ file: 'a.ts', start: 0, end: 7, text: 'x\nWORSE' }] }]);
    const outcome = await loop(rig, wordGate(rig, 'a.ts'));
    assert.is(rig.read('a.ts'), 'BAD\nBAD\nkeep\n');
    assert.ok(outcome.heals.every(({ reverted }) => reverted));
  }));

test('one bad fix does not hold up the good ones: it waits until nothing else is left', () =>
  inRig({ 'a.ts': 'BAD\n', 'b.ts': 'fine\n' }, async (rig) => {
    heals(rig, 'both', () => [replacing(rig, 'a.ts', 'BAD', 'good'), replacing(rig, 'b.ts', 'fine', 'BAD')]);
    const [one, two] = [wordGate(rig, 'a.ts'), wordGate(rig, 'b.ts')];
    const outcome = await loop(
      rig,
      async (attempt) => gateOf('L1', attempt, ...[await one(attempt), await two(attempt)].flatMap(({ validators }) => validators)),
      { files: ['a.ts', 'b.ts'] },
    );
    assert.is(outcome.gate.passed, true);
    assert.is(outcome.gate.attempts, 3);
    assert.equal([rig.read('a.ts'), rig.read('b.ts')], ['good\n', 'fine\n']);
  }));

test('a heal after which fewer tests pass is reverted, even when the gate passes', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
    const located: Diagnostic = { source: 'tests', code: 'fail', severity: 'error', message: 'expected 1', file: 'a.ts', line: 1 };
    const outcome = await loop(rig, async (attempt) =>
      rig.read('a.ts').includes('BAD')
        ? gateOf('L2', attempt, result('tests', 'fail', [located], { tests: { run: 10, passed: 9, failed: 1, skipped: 0 } }))
        : gateOf('L2', attempt, result('tests', 'pass', [], { tests: { run: 4, passed: 4, failed: 0, skipped: 0 } })),
    );
    assert.is(outcome.gate.passed, false);
    assert.is(rig.read('a.ts'), 'BAD\n');
  }));

for (const level of ['L3', 'L4'] as const) {
  test(`${level} is never healed, and policies are asked all the same`, () =>
    inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
      let asked = 0;
      rig.hooks.escalate.tap('count', () => void asked++);
      heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
      const outcome = await loop(rig, wordGate(rig, 'a.ts', level), { limits: { attempts: 3, levels: ['L1', 'L2', 'L3', 'L4'], maxLines: 50 } });
      assert.equal([outcome.gate.attempts, asked, rig.read('a.ts')], [1, 1, 'BAD\n']);
    }));
}

test('policies are asked before healers: what escalates is not healed', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    rig.hooks.escalate.tap('house', ({ task }) => ({
      trigger: 'policy',
      code: 'CE_ESCALATE_POLICY',
      task: task.id,
      message: 'ask first',
      evidence: Array.from({ length: 30 }, String),
      troubleshooting: [],
      actions: [],
    }));
    heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
    const outcome = await loop(rig, wordGate(rig, 'a.ts'));
    assert.is(outcome.escalation?.id, 'PRP-5:phase2:L1/policy');
    assert.is(outcome.escalation?.evidence.length, 20);
    assert.is(rig.read('a.ts'), 'BAD\n');
  }));

test('edits outside the phase and in protected files are not made, and said', () =>
  inRig({ 'a.ts': 'BAD\n', 'b.ts': 'fine\n', 'a.test.ts': 'fine\n' }, async (rig) => {
    heals(rig, 'far', () => [replacing(rig, 'b.ts', 'fine', 'x'), replacing(rig, 'a.test.ts', 'fine', 'x')]);
    const outcome = await loop(rig, wordGate(rig, 'a.ts'), { files: ['a.ts', 'a.test.ts'] });
    assert.is(outcome.gate.attempts, 1);
    assert.equal([rig.read('b.ts'), rig.read('a.test.ts')], ['fine\n', 'fine\n']);
    assert.equal(
      rig.events.map((event) => event.type === 'log' && event.failure?.code),
      ['CE_HEAL_OUT_OF_SCOPE', 'CE_HEAL_OUT_OF_SCOPE'],
    );
  }));

test('a file that a person saves while the fix is judged is theirs: it is not overwritten, and said', () =>
  inRig({ 'a.ts': 'BAD\nnext\n' }, async (rig) => {
    heals(rig, 'useless', () => [replacing(rig, 'a.ts', 'next', 'other')]);
    const gate = wordGate(rig, 'a.ts');
    const outcome = await loop(rig, async (attempt) => {
      if (attempt === 2) rig.write('a.ts', 'BAD mine\n');
      return gate(attempt);
    });
    assert.is(rig.read('a.ts'), 'BAD mine\n');
    assert.is(outcome.gate.attempts, 2);
    assert.ok(rig.events.some((event) => event.type === 'log' && event.failure?.code === 'CE_HEAL_NO_PROGRESS'));
  }));

test('a file that changes while healers think is not edited', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    rig.hooks.heal.tapPromise('slow', async (healing) => {
      const fix = replacing(rig, 'a.ts', 'BAD', 'good');
      rig.write('a.ts', '// mine\nBAD\n');
      return { ...healing, fixes: [fix] };
    });
    assert.is((await loop(rig, wordGate(rig, 'a.ts'))).gate.attempts, 1);
    assert.is(rig.read('a.ts'), '// mine\nBAD\n');
  }));

test('a file that is no UTF-8 is not edited: an edit by character would damage the rest', () =>
  inRig({}, async (rig) => {
    rig.write('a.ts', Buffer.from('BAD \xe9\n', 'latin1'));
    heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
    assert.is((await loop(rig, wordGate(rig, 'a.ts'))).gate.attempts, 1);
    assert.is(Buffer.from((await rig.services.readFile('a.ts')) ?? []).toString('latin1'), 'BAD \xe9\n');
  }));

test('a first heal whose follow-up does not come is taken back with it', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    const original = wordGate(rig, 'a.ts');
    heals(rig, 'half', () => [replacing(rig, 'a.ts', 'BAD', 'WORSE')]);
    // The tool offers a fix for what is new, and nobody takes it.
    const fixable = async (attempt: number) => {
      const gate = await original(attempt);
      return {
        ...gate,
        validators: gate.validators.map((one) => ({
          ...one,
          diagnostics: one.diagnostics.map((found) => ({ ...found, fixes: [replacing(rig, 'a.ts', 'WORSE', 'x')] })),
        })),
      };
    };
    const outcome = await loop(rig, fixable);
    assert.is(rig.read('a.ts'), 'BAD\n');
    assert.equal([outcome.gate.passed, outcome.gate.validators[0]?.diagnostics[0]?.code, outcome.heals.map(({ reverted }) => reverted)], [false, 'W1', [true]]);
  }));

test('when the second of two files cannot be written, the first goes back', () =>
  inRig({ 'a.ts': 'BAD\n', 'b.ts': 'BAD\n' }, async (rig) => {
    heals(rig, 'two', () => [{ title: 'two', edits: [...replacing(rig, 'a.ts', 'BAD', 'x').edits, ...replacing(rig, 'b.ts', 'BAD', 'x').edits] }]);
    const services = {
      ...rig.services,
      writeFile: async (path: string, content: Uint8Array) =>
        path === 'b.ts' ? fail({ code: 'CE_STATE_WRITE', message: 'disk full' }) : rig.services.writeFile(path, content),
    };
    const outcome = await loop(rig, wordGate(rig, 'a.ts'), { files: ['a.ts', 'b.ts'], services });
    assert.equal([rig.read('a.ts'), rig.read('b.ts'), outcome.gate.attempts], ['BAD\n', 'BAD\n', 1]);
  }));

test('a plugin that throws heals nothing and fails nothing else', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    rig.hooks.heal.tap('broken', () => {
      throw new Error('oops');
    });
    assert.is((await loop(rig, wordGate(rig, 'a.ts'))).gate.outcome, 'failed');
    rig.hooks.escalate.tap('broken', () => {
      throw new Error('oops');
    });
    assert.is((await loop(rig, wordGate(rig, 'a.ts'))).gate.outcome, 'failed');
    assert.equal(
      rig.events.map((event) => event.type === 'log' && event.failure?.code),
      ['CE_PLUGIN_THREW', 'CE_PLUGIN_THREW'],
    );
  }));

test('a fix carries the name of its healer, however it is tapped and whatever it says', () =>
  inRig({ 'a.ts': 'BAD BAD BAD\n' }, async (rig) => {
    const at = (start: number): Fix => ({ title: 't', healer: 'somebody else', edits: [{ file: 'a.ts', start, end: start + 3, text: 'ok' }] });
    rig.hooks.heal.tap('sync', (healing) => ({ ...healing, fixes: [...healing.fixes, at(0)] }));
    rig.hooks.heal.tapPromise('promise', async (healing) => ({ ...healing, fixes: [...healing.fixes, at(4)] }));
    rig.hooks.heal.tapAsync('async', (healing, _context, done) => done(null, { ...healing, fixes: [...healing.fixes, at(8)] }));
    const outcome = await loop(rig, wordGate(rig, 'a.ts'));
    assert.equal(
      outcome.heals.map(({ healer }) => healer),
      ['sync', 'promise', 'async'],
    );
    assert.is(rig.read('a.ts'), 'ok ok ok\n');
  }));

test('nothing is healed after a cancel', () =>
  inRig({ 'a.ts': 'BAD\n' }, async (rig) => {
    const controller = new AbortController();
    heals(rig, 'words', () => [replacing(rig, 'a.ts', 'BAD', 'good')]);
    const gate = wordGate(rig, 'a.ts');
    await loop(
      rig,
      async (attempt) => {
        controller.abort();
        return gate(attempt);
      },
      { signal: controller.signal },
    );
    assert.is(rig.read('a.ts'), 'BAD\n');
  }));

test('law: whatever a healer proposes, failures never become more, and at most four runs are made', async () => {
  const edit = fc.record({ start: fc.nat(14), size: fc.nat(5), text: fc.constantFrom('', 'BAD', 'x', '\n', 'if ', 'BA') });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 5 }), (turns) =>
      inRig({ 'a.ts': 'BAD x\nx BAD\ny\n' }, async (rig) => {
        let turn = 0;
        heals(rig, 'random', () =>
          (turns[turn++] ?? []).map(({ start, size, text }) => ({ title: text, edits: [{ file: 'a.ts', start, end: start + size, text }] })),
        );
        const gate = counted(wordGate(rig, 'a.ts'));
        const outcome = await loop(rig, gate.run);
        const left = rig
          .read('a.ts')
          .split('\n')
          .filter((line) => line.includes('BAD')).length;
        assert.ok(left <= 2 && gate.attempts.length <= 4);
        assert.is(outcome.gate.validators[0]?.diagnostics.length, left, 'the result is that of the tree as it was left');
        if (outcome.heals.every(({ reverted }) => reverted)) assert.is(rig.read('a.ts'), 'BAD x\nx BAD\ny\n');
      }),
    ),
    { numRuns: 60 },
  );
});

test.run();
