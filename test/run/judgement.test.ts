/** From failures to heals, scores and people: what is mended counts, what only a person can decide is asked with the seeds' advice. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNothingClaimed, given, inPlace, outcomes, phase, ROOT, verdicts, type Place } from './rig.ts';

const PROJECT = JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'node --test' }, devDependencies: { eslint: '*' } });

/** A node project that eslint and node:test judge. */
function project(place: Place): void {
  place.write('.gitignore', 'node_modules\n');
  place.write('package.json', PROJECT);
  place.write('eslint.config.js', "export default [{ rules: { 'prefer-const': 'error', 'no-undef': 'error' } }];\n");
  symlinkSync(join(ROOT, 'node_modules'), join(place.root, 'node_modules'));
}

test('E6 E7 E10 E13 a phase with one fault that its tool can mend: L1 heals, L2 runs the tests, the checkpoint holds the mended file, the score says 9', async () => {
  await inPlace(async (place) => {
    project(place);
    const files = {
      'src/add.js': 'let one = 1;\nexport const add = (a) => a + one;\n',
      'src/add.test.js':
        "import test from 'node:test';\nimport assert from 'node:assert';\nimport { add } from './add.js';\ntest('add', () => assert.equal(add(1), 2));\n",
    };
    given(place, 'PRP-1', [phase(1, { files, command: 'node --test src/' })], {
      end: '\n## Validation Gates\n\n### Gate 1: L3 integration\n\n```bash\nnode -e "import(\'./src/add.js\').then(({ add }) => process.exit(add(2) - 3))"\n```\n',
    });
    const result = await place.json('run', 'PRP-1');
    assert.is(result.exit_code, 0, JSON.stringify(result.failure));
    const first = result.validation_results['Phase1'];
    assert.equal(first?.self_healed, ['L1: Fixed after 2 attempts']);
    assert.is(first?.validation_levels.L1?.attempts, 2);
    assert.equal(first?.validation_levels.L2?.validators[0]?.tests, { run: 1, passed: 1, failed: 0, skipped: 0 });
    assert.is(result.heals_succeeded, 1);
    assert.is(place.git('show', 'HEAD~1:src/add.js').split('\n')[0], 'const one = 1;');
    assert.match(place.git('log', '-2', '--format=%(trailers:key=Ce-Gates,valueonly)'), /L1=pass L2=pass/);
    assert.is(place.git('status', '--porcelain'), '');
    assert.is(result.confidence, 9, JSON.stringify(result.confidence_reasons));
    const again = await place.json('run', 'PRP-1');
    assert.ok(Object.values(outcomes(again)).every((outcome) => outcome === 'fresh'));
  });
});

test('E16 E7 a missing import is located at L2, never invented: the phase fails and nothing is claimed', async () => {
  await inPlace(async (place) => {
    project(place);
    const files = { 'src/a.test.js': "import test from 'node:test';\nimport { gone } from './gone.js';\ntest('a', () => gone());\n" };
    given(place, 'PRP-1', [phase(1, { files, command: 'node --test src/' })]);
    const head = place.git('rev-parse', 'HEAD');
    const result = await place.json('run', 'PRP-1');
    assert.is.not(result.exit_code, 0);
    assert.equal(result.heals, []);
    assert.is(place.git('rev-parse', 'HEAD'), head);
    assert.ok(
      result.diagnostics.some(({ file }) => file === 'src/a.test.js'),
      JSON.stringify(result.diagnostics),
    );
  });
});

const ESCALATIONS: readonly (readonly [string, string, string, RegExp])[] = [
  ['E18', 'something went wrong', 'ambiguous', /by hand|logs/],
  ['E19', 'part1.txt:1: error: ImportError: cannot import name x (most likely due to a circular import)', 'architectural', /refactor|structure|design/i],
  ['E20', 'ECONNREFUSED 127.0.0.1:5432', 'dependency', /connect|network|registry|access/i],
  ['E21', 'CVE-2024-12345 in left-pad', 'security', /never|not|advisory|review/i],
];

test('E18 E19 E20 E21 what a tool says decides whom it needs: exit 3, the trigger, the advice, no checkpoint', async () => {
  await inPlace(async (place) => {
    for (const [row, text, trigger, advice] of ESCALATIONS) {
      given(place, `PRP-${row.slice(1)}`, [phase(1, { command: `echo '${text}' >&2; exit 1` })]);
      const head = place.git('rev-parse', 'HEAD');
      const result = await place.json('run', `PRP-${row.slice(1)}`);
      assert.is(result.exit_code, 3, row);
      assert.is(result.escalations[0]?.trigger, trigger, row);
      assert.match((result.escalations[0]?.troubleshooting ?? []).join('\n'), advice, row);
      assert.equal(result.heals, [], row);
      assertNothingClaimed(place, head, row);
      place.git('clean', '--quiet', '-fd');
    }
  });
});

test("E17 E31 a heal that changes nothing for the better: three times the same failure is a person's, and the file is as it was", async () => {
  await inPlace(async (place) => {
    place.write(
      'ce.config.ts',
      `export default {
  validators: { rule: { level: 'L1' as const, command: "if grep -q bad part1.txt; then echo 'part1.txt:1: error: bad word'; exit 1; fi" } },
  plugins: [{ name: 'useless', apply: ({ hooks }: { hooks: { heal: { tap(name: string, body: (healing: { fixes: object[] }) => object): void } } }) =>
    hooks.heal.tap('useless', (healing) => ({ open: [], fixes: [...healing.fixes, { title: 'add a word', edits: [{ file: 'part1.txt', start: 3, end: 3, text: '!' }] }] })) }],
};
`,
    );
    given(place, 'PRP-1', [phase(1, { files: { 'part1.txt': 'bad part 1\n' } })]);
    const head = place.git('rev-parse', 'HEAD');
    const { exit, stdout } = place.ce('run', 'PRP-1');
    assert.is(exit, 3, stdout);
    assert.match(stdout, /❌ L1 failed after 3 attempts - escalating/);
    assert.match(stdout, /🔧 Troubleshooting:\n.*same error/);
    assert.match(stdout, /CE_ESCALATE_PERSISTENT/);
    assert.is(place.read('part1.txt'), 'bad part 1\n');
    assertNothingClaimed(place, head, 'persistent');
  });
});

test('E9 L4 compares what the phase declares with what is there: a stub or a missing function fails, with its place', async () => {
  await inPlace(async (place) => {
    const extra = '**Functions**:\n\n- `add(a, b)` - adds\n\n';
    given(place, 'PRP-1', [
      phase(1, { files: { 'src/add.js': "export function add(a, b) {\n  throw new Error('not implemented');\n}\n" }, extra, command: 'test -f src/add.js' }),
    ]);
    const result = await place.json('run', 'PRP-1');
    assert.is.not(result.exit_code, 0, JSON.stringify(outcomes(result)));
    assert.is(result.validation_results['Phase1']?.validation_levels.L4?.passed, false);
    assert.is(result.diagnostics[0]?.file, 'src/add.js');
    assert.is(result.phases_completed, 0);
  });
});

test('E4 E22 while a phase runs its session says PRP, phase and attempts, for people and scripts, and afterwards there is none', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: 'cp .ce/active_prp_session ../session.json; test -f part2.txt' })]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    const session = JSON.parse(place.read('../session.json')) as { prp_id: string; phase: string; validation_attempts: object };
    assert.is(session.prp_id, 'PRP-1');
    assert.match(String(session.phase), /2$/);
    assert.type(session.validation_attempts, 'object');
    assert.not.ok(place.has('.ce/active_prp_session'));
  });
});

test('a verdict is not kept when the check changed what it judged', async () => {
  await inPlace(async (place) => {
    const command = 'date +%N >> apples.txt; grep -q red apples.txt';
    place.write('ce.config.json', JSON.stringify({ detect: false, validators: { restless: { level: 'L1', command, inputs: ['apples.txt'] } } }));
    place.write('apples.txt', 'red\n');
    place.commit('orchard');
    place.ce('validate');
    assert.is(verdicts(place), 0);
    assert.is((await place.json('validate', '--dry-run')).tasks[0]?.outcome, 'planned');
  });
});

test("a plugin that throws is the plugin's failure, by name of the hook, and never a pass", async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1)]);
    for (const [hook, tap] of [
      ['gate', 'tap'],
      ['graph', 'tap'],
      ['checkpoint', 'tap'],
    ] as const) {
      place.write(
        'ce.config.mjs',
        `export default { plugins: [{ name: 'x', apply: ({ hooks }) => hooks.${hook}.${tap}('x', () => { throw new Error('boom'); }) }] };\n`,
      );
      place.commit(hook);
      const result = await place.json('run', 'PRP-1');
      assert.is(result.exit_code, 1, hook);
      assert.is(result.failure?.code, 'CE_PLUGIN_THREW', hook);
      assert.match(result.failure?.message ?? '', new RegExp(`hooks\\.${hook}: boom`));
    }
  });
});

test.run();
