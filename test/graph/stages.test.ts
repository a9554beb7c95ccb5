/** Stages: dependencies in layers, PRPs with a common file one after the other, whoever depends on them moves along. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Prp } from '../../core/model.ts';
import { computeStages } from '../../core/graph/stages.ts';
import { after, changes, phase, prp } from './specs.ts';

function stagesOf(prps: readonly Prp[]): readonly (readonly string[])[] {
  const stages = computeStages(prps);
  if (!stages.ok) throw new Error(stages.failure.message);
  stages.value.forEach((stage, at) => assert.is(stage.number, at + 1));
  return stages.value.map((stage) => stage.prps);
}

const spec = (id: string, dependencies: readonly string[] = [], files: readonly string[] = []) =>
  prp(id, [phase('phase1', { files: changes(...files) })], { dependencies: after(...dependencies) });

test('a chain is a stage each, a fan-out shares one, a diamond has three', () => {
  assert.equal(stagesOf([spec('C', ['B']), spec('B', ['A']), spec('A')]), [['A'], ['B'], ['C']]);
  assert.equal(stagesOf([spec('A'), spec('B', ['A']), spec('C', ['A']), spec('D', ['B', 'C'])]), [['A'], ['B', 'C'], ['D']]);
  assert.equal(stagesOf([spec('A'), spec('B', ['A']), spec('C', ['A']), spec('D', ['B']), spec('E', ['C']), spec('F', ['D', 'E'])]), [
    ['A'],
    ['B', 'C'],
    ['D', 'E'],
    ['F'],
  ]);
  assert.equal(stagesOf([]), []);
});

test('ids stand in natural order and do not depend on the order of the input', () => {
  assert.equal(stagesOf([spec('PRP-10'), spec('PRP-2'), spec('PRP-2.1')]), [['PRP-2', 'PRP-2.1', 'PRP-10']]);
});

test('two PRPs that touch one file are serialised, and a dependant of the moved one moves too', () => {
  assert.equal(stagesOf([spec('B', [], ['x.ts']), spec('A', [], ['x.ts'])]), [['A'], ['B']]);
  assert.equal(stagesOf([spec('A', [], ['x.ts']), spec('B', [], ['x.ts']), spec('C', ['B']), spec('D', ['A'])]), [['A'], ['B', 'D'], ['C']]);
  assert.equal(stagesOf([spec('A', [], ['x.ts']), spec('B', [], ['x.ts']), spec('C', [], ['x.ts'])]), [['A'], ['B'], ['C']]);
});

test('a conflict between PRPs that already wait for each other moves nothing', () => {
  const prps = [spec('1', [], ['shared.py']), spec('2', ['1'], ['shared.py']), spec('3', ['1']), spec('4', ['2', '3'])];
  assert.equal(stagesOf(prps), [['1'], ['2', '3'], ['4']]);
});

test('files of the header, of any phase, and both ends of a move count', () => {
  const moved = prp('A', [phase('phase1'), phase('phase2', { files: [{ path: 'new.ts', action: 'move', from: 'old.ts', description: '', line: 1 }] })]);
  assert.equal(stagesOf([moved, prp('B', [], { files: changes('old.ts') }), prp('C', [], { files: changes('new.ts') })]), [['A'], ['B', 'C']]);
});

test('a batch of ten with cross dependencies has the stages that its edges force', () => {
  const batch = [
    spec('47.1.1'),
    spec('47.2.1', ['47.1.1']),
    spec('47.2.2', ['47.2.1']),
    spec('47.3.1', ['47.2.1']),
    spec('47.5.2', ['47.2.1']),
    spec('47.3.2', ['47.3.1']),
    spec('47.5.1', ['47.2.2', '47.3.1']),
    spec('47.4.1', ['47.3.2']),
    spec('47.6.1', ['47.5.1']),
    spec('47.7.1', ['47.4.1', '47.6.1']),
  ];
  assert.equal(stagesOf(batch), [['47.1.1'], ['47.2.1'], ['47.2.2', '47.3.1', '47.5.2'], ['47.3.2', '47.5.1'], ['47.4.1', '47.6.1'], ['47.7.1']]);
});

test('a circle is an error with its path', () => {
  const stages = computeStages([spec('A', ['B']), spec('B', ['A'])]);
  assert.is(stages.ok ? '' : stages.failure.code, 'CE_GRAPH_CYCLE');
});

const batches = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, at) =>
      fc.record({
        dependencies:
          at === 0
            ? fc.constant([])
            : fc.subarray(
                Array.from({ length: at }, (__, before) => `PRP-${before}`),
                { maxLength: Math.min(at, 3) },
              ),
        files: fc.subarray(['a', 'b', 'c'], { maxLength: 2 }),
      }),
    ),
  ),
);

test('stages respect every edge, never hold one file twice, name every PRP once, and ignore the order of the input', () => {
  fc.assert(
    fc.property(batches, fc.nat(), (batch, turn) => {
      const prps = batch.map(({ dependencies, files }, at) => spec(`PRP-${at}`, dependencies, files));
      const stages = stagesOf(prps);
      const stageOf = new Map(stages.flatMap((members, at) => members.map((id) => [id, at] as const)));
      assert.is(stageOf.size, prps.length);
      for (const { id, dependencies } of prps) for (const dependency of dependencies) assert.ok((stageOf.get(dependency.id) ?? 99) < (stageOf.get(id) ?? -1));
      for (const members of stages) {
        const files = members.flatMap((id) => prps.find((each) => each.id === id)?.phases.flatMap((each) => each.files.map((file) => file.path)) ?? []);
        assert.is(new Set(files).size, files.length);
        assert.ok(members.length > 0);
      }
      const at = turn % prps.length;
      assert.equal(stagesOf([...prps.slice(at), ...prps.slice(0, at)]), stages);
    }),
  );
});

test.run();
