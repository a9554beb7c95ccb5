/** Freshness: the truth table of the decision record, and laws against a model that replays whole histories. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FreshnessInput, type PhaseDecision, type PhaseEvidence, decidePhases, phaseSpecs } from '../../core/graph/freshness.ts';
import { phase, prp } from './specs.ts';

// ---------------------------------------------------------------- the table of the decision record

const COMMIT = { phase1: 'c1'.repeat(20), phase2: 'c2'.repeat(20), phase3: 'c3'.repeat(20) } as const;

interface Row {
  readonly checkpoint: string;
  readonly spec: string;
  readonly earlier: string;
  readonly asked: string;
  readonly outcome: string;
  readonly reason: string;
}

function tableRows(): readonly Row[] {
  const page = readFileSync(new URL('../../docs/decisions/0001-freshness.md', import.meta.url), 'utf8');
  const lines = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return lines.map((line) => {
    const [checkpoint = '', spec = '', , earlier = '', asked = '', outcome = '', reason = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { checkpoint, spec, earlier, asked, outcome, reason };
  });
}

function inputOf(row: Row): FreshnessInput {
  const texts = ['one', 'two', 'three'];
  const specsOf = (own: readonly string[]) =>
    phaseSpecs(
      prp(
        'PRP-5',
        own.map((text, at) => phase(`phase${at + 1}`, { spec: text })),
      ),
    );
  const now = specsOf([row.earlier === 'done again for a changed spec' ? 'new one' : 'one', row.spec === 'changed' ? 'new two' : 'two', 'three']);
  const then = specsOf(texts);
  const evidence = (id: keyof typeof COMMIT, order: number, tree: 'clean' | 'dirty', specs = then): PhaseEvidence => ({
    spec: specs.get(id) ?? '',
    commit: COMMIT[id],
    tree,
    source: 'ref',
    order,
  });
  const firstOf = (): PhaseEvidence | null => {
    switch (row.earlier) {
      case 'done':
        return evidence('phase1', 1, 'clean');
      case 'no checkpoint':
        return null;
      case 'dirty checkpoint':
        return evidence('phase1', 1, 'dirty');
      case 'spec changed':
        return evidence('phase1', 1, 'clean', specsOf(['old one']));
      case 'done again for a changed spec':
        return evidence('phase1', 4, 'clean', now);
      case 'run again later':
        return evidence('phase1', 4, 'clean');
      default:
        throw new Error(`the table has an unknown word: ${row.earlier}`);
    }
  };
  const own = row.checkpoint.startsWith('none') ? null : evidence('phase2', 2, row.checkpoint === 'dirty' ? 'dirty' : 'clean');
  const flag = (name: string): number | null => {
    const found = new RegExp(`${name}(\\d)`).exec(row.asked)?.[1];
    return found === undefined ? null : Number(found) - 1;
  };
  return {
    phases: [
      { phase: 'phase1', spec: now.get('phase1') ?? '', checkpoint: firstOf() },
      { phase: 'phase2', spec: now.get('phase2') ?? '', checkpoint: own },
      { phase: 'phase3', spec: now.get('phase3') ?? '', checkpoint: evidence('phase3', 3, 'clean') },
    ],
    force: row.asked.includes('--force') ? 'all' : 'none',
    startPhase: flag('--start-phase '),
    endPhase: flag('--end-phase '),
    targetPhase: flag('PRP-5:phase'),
  };
}

test('every row of the truth table in the decision record holds', () => {
  const rows = tableRows();
  assert.ok(rows.length > 20, `only ${rows.length} rows were read`);
  for (const row of rows) {
    const decision = decidePhases(inputOf(row))[1];
    assert.equal({ outcome: decision?.decision, reason: decision?.reason }, { outcome: row.outcome, reason: row.reason }, JSON.stringify(row));
  }
});

test('a checkpoint names the evidence that it was read from', () => {
  for (const source of ['ref', 'tag', 'trailer'] as const) {
    const phases = [{ phase: 'step3', spec: 's', checkpoint: { spec: 's', commit: '3f2a91c0aa', tree: 'clean', source, order: null } }] as const;
    assert.is(decidePhases({ phases, force: 'none', startPhase: null, endPhase: null, targetPhase: null })[0]?.reason, `done at 3f2a91c (${source})`);
  }
});

// ---------------------------------------------------------------- a model that replays histories

const PHASES = 4;
type Action =
  | { readonly do: 'edit'; readonly phase: number }
  | { readonly do: 'work' }
  | { readonly do: 'reset'; readonly commits: number }
  | { readonly do: 'run'; readonly start: number; readonly end: number; readonly force: boolean; readonly dirty: boolean; readonly dies: number };

interface Commit {
  readonly id: string;
  readonly made: { readonly phase: number; readonly specs: readonly string[]; readonly clean: boolean } | null;
}

interface World {
  specs: string[];
  commits: Commit[];
  made: number;
}

type Decide = (input: FreshnessInput) => readonly PhaseDecision[];

/** What `vcs/` would read from git: the newest checkpoint of every phase among the commits of HEAD. */
function observe(world: World): FreshnessInput['phases'] {
  const identity = (specs: readonly string[]) =>
    phaseSpecs(
      prp(
        'PRP-5',
        specs.map((spec, at) => phase(`phase${at + 1}`, { spec })),
      ),
    );
  const now = identity(world.specs);
  return world.specs.map((_, at) => {
    const id = `phase${at + 1}`;
    const order = world.commits.findLastIndex((commit) => commit.made?.phase === at);
    const commit = world.commits[order];
    const made = commit?.made ?? null;
    const checkpoint: PhaseEvidence | null =
      commit === undefined || made === null
        ? null
        : { spec: identity(made.specs).get(id) ?? '', commit: commit.id, tree: made.clean ? 'clean' : 'dirty', source: 'trailer', order };
    return { phase: id, spec: now.get(id) ?? '', checkpoint };
  });
}

/** The model: walks the whole history forwards and keeps, per phase, the specs that its work stands on. */
function doneByReplay(world: World): readonly boolean[] {
  const standsOn: (readonly string[] | null)[] = world.specs.map(() => null);
  for (const { made } of world.commits) {
    if (made === null) continue;
    standsOn.fill(null, made.phase);
    if (made.clean) standsOn[made.phase] = made.specs.slice(0, made.phase + 1);
  }
  return standsOn.map((specs, at) => specs !== null && JSON.stringify(specs) === JSON.stringify(world.specs.slice(0, at + 1)));
}

/** From the first selected phase that is not done, everything is planned. */
function expected(world: World, start: number, end: number, force: boolean): readonly string[] {
  const done = doneByReplay(world);
  const broken = force ? start : done.findIndex((isDone, at) => at >= start && !isDone);
  return done.map((_, at) => (at < start ? 'skipped' : at > end ? 'not-selected' : broken !== -1 && at >= broken ? 'planned' : 'fresh'));
}

function step(world: World, action: Action, decide: Decide): void {
  switch (action.do) {
    case 'edit':
      world.specs[action.phase] = `${world.specs[action.phase] === 'a' ? 'b' : 'a'}`;
      return;
    case 'work':
      world.commits.push({ id: `work${world.made++}`, made: null });
      return;
    case 'reset':
      world.commits.length = Math.max(0, world.commits.length - action.commits);
      return;
    case 'run': {
      const { start, end, force } = action;
      const decisions = decide({ phases: observe(world), force: force ? 'all' : 'none', startPhase: start, endPhase: end, targetPhase: null });
      assert.equal(
        decisions.map(({ decision }) => decision),
        expected(world, start, end, force),
      );
      const planned = decisions.flatMap(({ decision }, at) => (decision === 'planned' ? [at] : []));
      for (const at of planned.slice(0, action.dies))
        world.commits.push({ id: `run${world.made++}`, made: { phase: at, specs: [...world.specs], clean: !action.dirty } });
      return;
    }
  }
}

const index = fc.nat(PHASES - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('edit' as const), phase: index }),
  fc.record({ do: fc.constant('work' as const) }),
  fc.record({ do: fc.constant('reset' as const), commits: fc.integer({ min: 1, max: 6 }) }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      start: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, index),
      end: fc.oneof({ weight: 3, arbitrary: fc.constant(PHASES - 1) }, index),
      force: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      dirty: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      dies: fc.oneof({ weight: 2, arbitrary: fc.constant(PHASES) }, index),
    }),
  },
);

function newWorld(): World {
  return { specs: Array.from({ length: PHASES }, () => 'a'), commits: [], made: 0 };
}

/** The law: after any history, each run decides as the model does. */
function agreesWithReplay(decide: Decide) {
  return fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
    const world = newWorld();
    for (const next of actions) step(world, next, decide);
  });
}

test('after any history of edits, work, resets, killed, forced and dirty runs, the decision is that of a replay of the history', () => {
  fc.assert(agreesWithReplay(decidePhases), { numRuns: 1_000 });
});

const cloneInput = (input: FreshnessInput, change: (state: FreshnessInput['phases'][number]) => FreshnessInput['phases'][number]): FreshnessInput => ({
  ...input,
  phases: input.phases.map(change),
});
const withCheckpoint = (edit: (evidence: PhaseEvidence, spec: string) => PhaseEvidence) => (input: FreshnessInput) =>
  decidePhases(cloneInput(input, (state) => ({ ...state, checkpoint: state.checkpoint && edit(state.checkpoint, state.spec) })));

const mutants: Readonly<Record<string, Decide>> = {
  'a dirty checkpoint counts': withCheckpoint((evidence) => ({ ...evidence, tree: 'clean' })),
  'the spec does not matter': withCheckpoint((evidence, spec) => ({ ...evidence, spec })),
  'the specs of earlier phases do not matter': withCheckpoint((evidence, spec) => ({ ...evidence, spec: evidence.spec.slice(0, 32) + spec.slice(32) })),
  'the order of checkpoints does not matter': withCheckpoint((evidence) => ({ ...evidence, order: null })),
  'later phases stay fresh': (input) =>
    decidePhases(input).map((decision, at) =>
      input.phases[at]?.checkpoint && decision.reason.startsWith('after phase') && decision.decision === 'planned'
        ? { ...decision, decision: 'fresh' }
        : decision,
    ),
  'force is forgotten': (input) => decidePhases({ ...input, force: 'none' }),
  'the start is forgotten': (input) => decidePhases({ ...input, startPhase: null }),
  'the end is forgotten': (input) => decidePhases({ ...input, endPhase: null }),
};

for (const [name, mutant] of Object.entries(mutants)) {
  test(`the law catches a decision in which ${name}`, () => {
    assert.ok(fc.check(agreesWithReplay(mutant), { numRuns: 5_000, endOnFailure: true }).failed);
  });
}

// ---------------------------------------------------------------- laws in their own words

const evidence = fc.option(
  fc.record({
    spec: fc.constantFrom('a', 'b'),
    commit: fc.constantFrom('1111111aaa', '2222222bbb'),
    tree: fc.constantFrom('clean' as const, 'dirty' as const),
    source: fc.constantFrom('ref' as const, 'tag' as const, 'trailer' as const),
    order: fc.option(fc.nat(9)),
  }),
);
const anyInput: fc.Arbitrary<FreshnessInput> = fc.record({
  phases: fc
    .array(fc.record({ spec: fc.constantFrom('a', 'b'), checkpoint: evidence }), { minLength: 1, maxLength: 6 })
    .map((states) => states.map((state, at) => ({ phase: `phase${at + 1}`, ...state }))),
  force: fc.constantFrom('all', 'none'),
  startPhase: fc.option(index),
  endPhase: fc.option(index),
  targetPhase: fc.option(index),
});

test('no phase is ever fresh without a clean checkpoint of the same spec, and none is after --force', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      decidePhases(input).forEach(({ decision, reason }, at) => {
        const state = input.phases[at];
        if (decision !== 'fresh') return;
        assert.is(input.force, 'none');
        assert.is(state?.checkpoint?.tree, 'clean');
        assert.is(state?.checkpoint?.spec, state?.spec);
        assert.match(reason, state?.checkpoint?.commit.slice(0, 7) ?? 'nothing');
      });
    }),
  );
});

test('every phase gets one decision, in order, and after a planned phase none is fresh', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const decisions = decidePhases(input);
      assert.equal(
        decisions.map((decision) => decision.phase),
        input.phases.map((state) => state.phase),
      );
      const planned = decisions.findIndex(({ decision }) => decision === 'planned');
      if (planned !== -1) assert.not(decisions.slice(planned).some(({ decision }) => decision === 'fresh'));
    }),
  );
});

test('after a full run everything is fresh, and an edit of phase k plans exactly k to the end', () => {
  fc.assert(
    fc.property(index, (edited) => {
      const world = newWorld();
      const run: Action = { do: 'run', start: 0, end: PHASES - 1, force: false, dirty: false, dies: PHASES };
      const ask = () =>
        decidePhases({ phases: observe(world), force: 'none', startPhase: null, endPhase: null, targetPhase: null }).map(({ decision }) => decision);
      step(world, run, decidePhases);
      assert.equal(
        ask(),
        world.specs.map(() => 'fresh'),
      );
      step(world, { do: 'edit', phase: edited }, decidePhases);
      assert.equal(
        ask(),
        world.specs.map((_, at) => (at < edited ? 'fresh' : 'planned')),
      );
      step(world, run, decidePhases);
      assert.equal(
        ask(),
        world.specs.map(() => 'fresh'),
      );
    }),
  );
});

test('a run that is killed after it has redone phase 1 of a changed spec goes on with phase 2', () => {
  const world = newWorld();
  step(world, { do: 'run', start: 0, end: PHASES - 1, force: false, dirty: false, dies: PHASES }, decidePhases);
  step(world, { do: 'edit', phase: 0 }, decidePhases);
  step(world, { do: 'run', start: 0, end: PHASES - 1, force: false, dirty: false, dies: 1 }, decidePhases);
  const phases = observe(world).map((state) => ({ ...state, checkpoint: state.checkpoint && { ...state.checkpoint, order: null } }));
  const decisions = decidePhases({ phases, force: 'none', startPhase: null, endPhase: null, targetPhase: null });
  assert.equal(
    decisions.map(({ decision }) => decision),
    ['fresh', 'planned', 'planned', 'planned'],
  );
  assert.match(decisions[1]?.reason ?? '', /^the spec of an earlier phase changed since run1$/);
});

test('a spec identity is 64 hex digits, differs by phase text and by earlier text, and final has one when there are final gates', () => {
  const plain = phaseSpecs(prp('PRP-5', [phase('phase1', { spec: 'x' }), phase('phase2', { spec: 'x' })]));
  assert.equal([...plain.keys()], ['phase1', 'phase2']);
  for (const spec of plain.values()) assert.match(spec, /^[0-9a-f]{64}$/);
  assert.is.not(plain.get('phase1'), plain.get('phase2'));
  const gate = { level: 'L3', name: 'Gate 1', command: 'npm test', kind: 'command', line: 9 } as const;
  assert.ok(phaseSpecs(prp('PRP-5', [phase('phase1')], { gates: [gate] })).has('final'));
});

test.run();
