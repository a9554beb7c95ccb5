/** From specs to tasks: the chain of a phase, of a PRP, and of several; what plugins add; what a circle says. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildGraph, buildValidateGraph, projectOf } from '../../core/graph/build.ts';
import { orderTasks } from '../../core/graph/order.ts';
import type { Result } from '../../core/errors.ts';
import type { Task, TaskGraph } from '../../core/model.ts';
import { after, gate, phase, prp } from './specs.ts';

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function failureOf<T>(result: Result<T>): { code: string; message: string } {
  if (result.ok) throw new Error('a failure was expected');
  return result.failure;
}

const ids = (graph: TaskGraph): readonly string[] => graph.tasks.map((task) => task.id);
const dependsOn = (graph: TaskGraph, id: string): readonly string[] | undefined => graph.tasks.find((task) => task.id === id)?.dependsOn;
const task = (id: string, ...dependencies: readonly string[]): Task => ({
  id,
  kind: 'command',
  title: id,
  prp: null,
  phase: null,
  level: null,
  dependsOn: dependencies,
});

test('a phase is implemented, judged at four levels in order, and checkpointed; phases follow one another', () => {
  const graph = unwrap(buildGraph([prp('PRP-5', [phase('phase1'), phase('phase2')])]));
  assert.equal(
    ids(graph),
    ['phase1', 'phase2'].flatMap((id) => ['implement', 'L1', 'L2', 'L3', 'L4', 'checkpoint'].map((name) => `PRP-5:${id}:${name}`)),
  );
  graph.tasks.forEach((each, at) => assert.equal(each.dependsOn, at === 0 ? [] : [graph.tasks[at - 1]?.id]));
  assert.equal(
    graph.tasks.slice(0, 3).map((each) => [each.kind, each.level, each.phase, each.title]),
    [
      ['implement', null, 'phase1', 'Phase 1: the work of phase1'],
      ['gate', 'L1', 'phase1', 'L1: Syntax & Style'],
      ['gate', 'L2', 'phase1', 'L2: Unit Tests'],
    ],
  );
});

test('gates outside phases are the gates of `final`, only at the levels that the document has', () => {
  const graph = unwrap(buildGraph([prp('PRP-5', [phase('step1', { kind: 'step' })], { gates: [gate('L3'), gate('L1'), gate('L3')] })]));
  assert.equal(ids(graph).slice(-3), ['PRP-5:final:L1', 'PRP-5:final:L3', 'PRP-5:final:checkpoint']);
  assert.equal(dependsOn(graph, 'PRP-5:final:L1'), ['PRP-5:step1:checkpoint']);
  assert.is(graph.tasks[0]?.title, 'Step 1: the work of step1');
});

test('a PRP waits for the last task of those it depends on, when they are part of the request', () => {
  const five = prp('PRP-5', [phase('phase1')], { dependencies: after('PRP-4', 'PRP-99') });
  const four = prp('PRP-4', [phase('phase1')], { gates: [gate('L3')] });
  assert.equal(dependsOn(unwrap(buildGraph([five, four])), 'PRP-5:phase1:implement'), ['PRP-4:final:checkpoint']);
  assert.equal(dependsOn(unwrap(buildGraph([five])), 'PRP-5:phase1:implement'), []);
});

test('a soft dependency orders and never blocks, even when it closes a circle', () => {
  const one = prp('PRP-1', [phase('phase1')], { dependencies: [{ id: 'PRP-2', soft: true }] });
  const graph = unwrap(buildGraph([one, prp('PRP-2', [phase('phase1')])]));
  assert.is(ids(graph)[0], 'PRP-2:phase1:implement');
  assert.equal(dependsOn(graph, 'PRP-1:phase1:implement'), []);
  assert.ok(buildGraph([one, prp('PRP-2', [phase('phase1')], { dependencies: after('PRP-1') })]).ok);
});

test('a PRP without tasks of its own hands on what it waits for', () => {
  const prps = [
    prp('PRP-3', [phase('phase1')], { dependencies: after('PRP-2') }),
    prp('PRP-2', [], { dependencies: after('PRP-1') }),
    prp('PRP-1', [phase('phase1')]),
  ];
  assert.equal(dependsOn(unwrap(buildGraph(prps)), 'PRP-3:phase1:implement'), ['PRP-1:phase1:checkpoint']);
});

test('PRPs in a circle are an error with the path, from the first to itself', () => {
  const circle = (...names: readonly string[]) =>
    names.map((id, at) => prp(id, [phase('phase1')], { dependencies: after(names[(at + 1) % names.length] ?? '') }));
  assert.is(failureOf(buildGraph(circle('PRP-1', 'PRP-2', 'PRP-3'))).message, 'PRPs depend on each other in a circle: PRP-1 → PRP-2 → PRP-3 → PRP-1');
  assert.is(failureOf(buildGraph(circle('PRP-1'))).message, 'PRPs depend on each other in a circle: PRP-1 → PRP-1');
  assert.is(failureOf(buildGraph(circle('PRP-1', 'PRP-2'))).code, 'CE_GRAPH_CYCLE');
});

test('ten thousand PRPs in one chain are built without a deep stack', () => {
  const prps = Array.from({ length: 10_000 }, (_, at) =>
    prp(`PRP-${at}`, [phase('phase1')], { dependencies: at === 0 ? [] : after(`PRP-${at - 1}`) }),
  ).reverse();
  const graph = unwrap(buildGraph(prps));
  assert.is(graph.tasks.length, 60_000);
  assert.is(graph.tasks[0]?.id, 'PRP-0:phase1:implement');
});

test('validate has one gate a level and project, and none waits for another', () => {
  const graph = buildValidateGraph(
    ['L2', 'L1'],
    [
      { dir: '.', kinds: ['node'] },
      { dir: 'packages/a', kinds: ['node'] },
    ],
  );
  assert.equal(ids(graph), ['L1', 'L2', 'packages/a:L1', 'packages/a:L2']);
  assert.equal(graph.tasks.map(projectOf), ['.', '.', 'packages/a', 'packages/a']);
  assert.ok(graph.tasks.every((each) => each.dependsOn.length === 0 && each.prp === null));
});

test('tasks that a plugin adds in any place are put in order; what it gets wrong is said', () => {
  const tasks = [task('publish', 'build'), task('build'), task('lint')];
  assert.equal(ids(unwrap(orderTasks(tasks))), ['build', 'publish', 'lint']);
  assert.match(failureOf(orderTasks([task('a'), task('a')])).message, /two tasks have the id `a`/);
  assert.match(failureOf(orderTasks([task('a', 'b')])).message, /`a` depends on `b`, which is not in the graph/);
  assert.match(failureOf(orderTasks([task('x'), task('a', 'b'), task('b', 'a')])).message, /a → b → a/);
});

test.run();
