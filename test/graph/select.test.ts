/** Selection, order, priority and export of a graph. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildGraph } from '../../core/graph/build.ts';
import { criticalPath } from '../../core/graph/critical-path.ts';
import { findCycle, orderNodes } from '../../core/graph/cycles.ts';
import { formatGraph } from '../../core/graph/format.ts';
import { matchesPrp, selectTargets } from '../../core/graph/select.ts';
import type { Level, Prp, Target, TaskGraph } from '../../core/model.ts';
import { after, gate, phase, prp } from './specs.ts';

const PRPS: readonly Prp[] = [
  prp('PRP-5', [phase('phase1'), phase('phase2'), phase('phase10.1')], { gates: [gate('L3')] }),
  prp('PRP-47.1', [phase('phase1')]),
  prp('PRP-47.2', [phase('phase1'), phase('phase2')], { dependencies: after('PRP-47.1') }),
  prp('PRP-471', [phase('step1', { kind: 'step' })]),
];

function graphOf(prps: readonly Prp[] = PRPS): TaskGraph {
  const graph = buildGraph(prps);
  if (!graph.ok) throw new Error(graph.failure.message);
  return graph.value;
}

const target = (prpId: string, phaseId: string | null = null, level: Level | null = null): Target => ({ prp: prpId, phase: phaseId, level });

async function select(...targets: readonly Target[]): Promise<readonly string[]> {
  const selected = await selectTargets(graphOf(), PRPS, targets);
  if (!selected.ok) throw new Error(selected.failure.message);
  return selected.value.tasks.map((task) => task.id);
}

async function refusal(wanted: Target) {
  const selected = await selectTargets(graphOf(), PRPS, [wanted]);
  if (selected.ok) throw new Error('a failure was expected');
  return selected.failure;
}

test('PRP-5:phase2 pulls phase 1 and leaves what comes after', async () => {
  const ids = await select(target('PRP-5', 'phase2'));
  assert.is(ids.length, 12);
  assert.is(ids[0], 'PRP-5:phase1:implement');
  assert.is(ids.at(-1), 'PRP-5:phase2:checkpoint');
});

test('PRP-5:phase2:L1 ends at that gate and makes no checkpoint of phase 2', async () => {
  const ids = await select(target('PRP-5', 'phase2', 'L1'));
  assert.equal(ids.slice(-3), ['PRP-5:phase1:checkpoint', 'PRP-5:phase2:implement', 'PRP-5:phase2:L1']);
});

test('PRP-5 is all of it, PRP-5:final is its last gates and what they stand on', async () => {
  const whole = await select(target('PRP-5'));
  assert.equal(await select(target('PRP-5', 'final')), whole);
  assert.is(whole.at(-1), 'PRP-5:final:checkpoint');
  assert.is((await select(target('PRP-5', 'phase10.1'))).at(-1), 'PRP-5:phase10.1:checkpoint');
});

test('PRP-47.* names the PRPs below it, exactly', async () => {
  const ids = await select(target('PRP-47.*'));
  assert.equal([...new Set(ids.map((id) => id.split(':')[0]))], ['PRP-47.1', 'PRP-47.2']);
  assert.equal((await select(target('PRP-47.*', null, 'L2'))).slice(-3), ['PRP-47.2:phase2:implement', 'PRP-47.2:phase2:L1', 'PRP-47.2:phase2:L2']);
  assert.ok(matchesPrp('PRP-47.*', 'PRP-47.1.2'));
  for (const id of ['PRP-47', 'PRP-471', 'PRP-47x1', 'PRP-4']) assert.not(matchesPrp('PRP-47.*', id));
});

test('a target that names nothing is an error that says what there is and what is near', async () => {
  const misspelt = await refusal(target('PRP-5', 'phse2'));
  assert.is(misspelt.code, 'CE_GRAPH_TARGET_NOT_FOUND');
  assert.is(misspelt.message, '`PRP-5:phse2` names nothing that exists');
  assert.is(misspelt.why, 'PRP-5 has phase1, phase2, phase10.1');
  assert.match(misspelt.next ?? '', /^Did you mean `PRP-5:phase2`/);
  assert.equal(misspelt.place, { file: 'PRPs/PRP-5.md' });
  assert.match((await refusal(target('PRP-47.1', 'final'))).why ?? '', /no gates outside its phases/);
  assert.match((await refusal(target('PRP-5', 'final', 'L1'))).why ?? '', /no L1 gate outside its phases/);
  assert.match((await refusal(target('PRP-47.1', 'phase2', 'L3'))).why ?? '', /PRP-47.1 has phase1/);
  const unknown = await refusal(target('something-else'));
  assert.is(unknown.why, 'no PRP is called something-else');
  assert.is(unknown.next, 'Type `ce list` to see what can run');
});

const anyTarget = fc.constantFrom(
  target('PRP-5'),
  target('PRP-5', 'phase1'),
  target('PRP-5', 'phase2', 'L3'),
  target('PRP-5', 'final'),
  target('PRP-47.*'),
  target('PRP-47.*', 'phase1', 'L1'),
  target('PRP-47.2', 'phase2'),
  target('PRP-471', null, 'L2'),
);

test('selection is closed under dependencies, idempotent, and does not depend on the order of targets', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyTarget, { minLength: 1, maxLength: 4 }), async (targets) => {
      const once = await selectTargets(graphOf(), PRPS, targets);
      if (!once.ok) throw new Error(once.failure.message);
      const ids = new Set(once.value.tasks.map((task) => task.id));
      for (const task of once.value.tasks) for (const id of task.dependsOn) assert.ok(ids.has(id));
      assert.equal(await selectTargets(once.value, PRPS, targets), once);
      assert.equal(await selectTargets(graphOf(), PRPS, [...targets].reverse()), once);
    }),
    { numRuns: 60 },
  );
});

const edgeLists = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 }).map((pairs) => {
  const edges = new Map<string, string[]>(Array.from({ length: 8 }, (_, at) => [String(at), []]));
  for (const [from, to] of pairs) edges.get(String(from))?.push(String(to));
  return edges;
});

/** Reachability by powers: slow, and of another making than the walk under test. */
function hasCircle(edges: ReadonlyMap<string, readonly string[]>): boolean {
  let reach = new Map([...edges].map(([node, to]) => [node, new Set(to)]));
  for (let round = 0; round < edges.size; round++)
    reach = new Map([...reach].map(([node, to]) => [node, new Set([...to].flatMap((next) => [next, ...(edges.get(next) ?? [])]))]));
  return [...reach].some(([node, to]) => to.has(node));
}

test('either every dependency comes before its dependants, or the path that is named is a circle', () => {
  fc.assert(
    fc.property(edgeLists, (edges) => {
      const cycle = findCycle(edges);
      assert.is(cycle !== null, hasCircle(edges));
      if (cycle !== null) {
        assert.ok(cycle.length >= 2);
        assert.is(cycle[0], cycle.at(-1));
        cycle.slice(1).forEach((node, at) => assert.ok(edges.get(cycle[at] ?? '')?.includes(node)));
        assert.is(new Set(cycle).size, cycle.length - 1);
        return;
      }
      const ordering = orderNodes(edges.keys(), (node) => edges.get(node) ?? []);
      assert.ok('order' in ordering);
      const order = 'order' in ordering ? ordering.order : [];
      assert.is(order.length, edges.size);
      for (const [node, to] of edges) for (const next of to) assert.ok(order.indexOf(next) < order.indexOf(node));
      assert.equal(
        orderNodes(order, (node) => edges.get(node) ?? []),
        { order },
        'a list in order stays as it is',
      );
    }),
  );
});

test('the task with the longest way behind it goes first, by history where there is one', () => {
  const graph = graphOf();
  const priority = criticalPath(graph, new Map());
  for (const task of graph.tasks) for (const id of task.dependsOn) assert.ok((priority.get(id) ?? 0) > (priority.get(task.id) ?? 0));
  const known = criticalPath(graph, new Map([['PRP-471:step1:L1', 9_000_000]]));
  assert.is([...known].sort(([, a], [, b]) => b - a)[0]?.[0], 'PRP-471:step1:implement');
});

test('a graph is printed for mermaid, dot and programs, whatever its titles hold', () => {
  const graph = graphOf([prp('PRP-5', [phase('phase1', { name: 'say "hi" <b>\\ | #x' })]), prp('PRP-6', [phase('phase1')], { dependencies: after('PRP-5') })]);
  assert.equal(JSON.parse(formatGraph(graph, 'json')), graph);
  const mermaid = formatGraph(graph, 'mermaid');
  assert.match(mermaid, /^flowchart LR\n {2}subgraph p0\["PRP-5"\]\n {4}t0\["PRP-5:phase1:implement<br\/>Phase 1: say #34;hi#34; #60;b#62;\\ #124; #35;x"\]/);
  assert.is(mermaid.match(/-->/g)?.length, 11);
  assert.match(mermaid, /\n {2}t5 --> t6\n/);
  const dot = formatGraph(graph, 'dot');
  assert.match(dot, /"PRP-5:phase1:implement" \[label="PRP-5:phase1:implement\\nPhase 1: say \\"hi\\" <b>\\\\ \| #x"\];/);
  assert.match(dot, /"PRP-5:phase1:checkpoint" -> "PRP-6:phase1:implement";/);
  assert.is(dot.split('{').length, dot.split('}').length);
});

test.run();
