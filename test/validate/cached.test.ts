/** `ce validate` judges the tree as it is: what is known is not run again, what changed is, with the reason; only what was asked for is judged. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, lines, NODE_PROJECT, outcomes, phase, ROOT, subjects, tags, verdicts, type Place } from '../run/rig.ts';

/** Each check notes that it ran. */
const check = (name: string, level: string, body: string, inputs: readonly string[] | null): object => ({
  level,
  command: `echo ${name} >> ../ran\n${body}`,
  ...(inputs === null ? {} : { inputs }),
});

function orchard(place: Place): void {
  const validators = {
    apples: check('apples', 'L1', "! grep -n rotten apples.txt | sed 's/^/apples.txt:/; s/:rotten/: error: rotten/' | grep .", ['apples.txt']),
    pears: check('pears', 'L1', 'test -s pears.txt', ['pears.txt']),
    harvest: check('harvest', 'L2', 'test -s apples.txt', ['*.txt']),
    market: check('market', 'L3', 'test -s pears.txt', null),
  };
  place.write('ce.config.json', JSON.stringify({ detect: false, validators }));
  place.write('apples.txt', 'red\n');
  place.write('pears.txt', 'green\n');
  place.commit('orchard');
}

/** Names of the checks that ran since the last question. */
function ran(place: Place): readonly string[] {
  const names = place.has('../ran') ? lines(place.read('../ran').trim()) : [];
  place.remove('../ran');
  return [...names].sort();
}

test('verdicts are kept: the second time only what declares no inputs runs; a changed input runs its checks alone, and says why', async () => {
  await inPlace(async (place) => {
    orchard(place);
    assert.is((await place.json('validate')).exit_code, 0);
    assert.equal(ran(place), ['apples', 'harvest', 'market', 'pears']);
    assert.is(verdicts(place), 3);
    const second = await place.json('validate');
    assert.equal(ran(place), ['market']);
    assert.equal(Object.values(outcomes(second)).sort(), ['cached', 'cached', 'executed']);
    assert.is((await place.json('validate', '--up-to', '2')).exit_code, 0);
    assert.equal(ran(place), []);

    place.write('apples.txt', 'red\nrotten\n');
    const why = await place.json('validate', '--up-to', '2', '--dry-run');
    assert.equal(ran(place), []);
    assert.equal(
      why.tasks.map(({ outcome, reason }) => `${outcome}: ${reason}`),
      ['planned: apples.txt changed', 'planned: apples.txt changed'],
    );
    const third = await place.json('validate', '--up-to', '2');
    assert.equal(ran(place), ['apples', 'harvest']);
    assert.is(third.exit_code, 1);
    assert.is(third.diagnostics[0]?.file, 'apples.txt');
    assert.is(third.diagnostics[0]?.line, 2);
    place.write('apples.txt', 'red\n');
    assert.is((await place.json('validate', '--up-to', '2')).exit_code, 0);
    assert.equal(ran(place), []);
    assert.is((await place.json('validate', '--force')).exit_code, 0);
    assert.equal(ran(place), ['apples', 'harvest', 'market', 'pears']);
    assert.equal(tags(place), []);
    assert.is(subjects(place).length, 2);
    assert.is(place.git('status', '--porcelain'), '');
  });
});

test('--level is that level alone and may be repeated, --up-to all up to it; with one level the document says the verdict', async () => {
  await inPlace(async (place) => {
    orchard(place);
    const second = await place.json('validate', '--level', '2');
    assert.equal(ran(place), ['harvest']);
    assert.is(second.level, 'L2');
    assert.is(second.verdict, 'pass');
    assert.is((await place.json('validate', '--level', '1', '--level', '3')).exit_code, 0);
    assert.equal(ran(place), ['apples', 'market', 'pears']);
    const none = await place.json('validate', '--level', '4');
    assert.is(none.exit_code, 3);
    assert.is(none.failure?.code, 'CE_GATE_UNVERIFIED');
    assert.is(place.ce('validate', '--level', '5').exit, 2);
    assert.is(place.ce('validate', '--level', '1', '--up-to', '2').exit, 2);
    assert.equal(ran(place), []);
  });
});

test('--since, --affected and paths: only the projects with changes are judged', async () => {
  await inPlace(async (place) => {
    for (const name of ['a', 'b']) {
      place.write(`packages/${name}/package.json`, NODE_PROJECT);
      place.write(`packages/${name}/x.test.js`, "import test from 'node:test';\ntest('x', () => {});\n");
    }
    place.commit('two projects');
    place.git('checkout', '--quiet', '-b', 'work');
    place.write('packages/a/more.js', 'export {};\n');
    place.commit('more');
    const projects = async (...args: string[]): Promise<readonly string[]> => {
      const { validation_levels: levels, tasks } = await place.json('validate', '--level', '2', '--force', ...args);
      return tasks.length === 0 ? [] : (levels?.L2?.validators ?? []).map(({ project }) => project).sort();
    };
    assert.equal(await projects(), ['packages/a', 'packages/b']);
    assert.equal(await projects('--since', 'HEAD~1'), ['packages/a']);
    assert.equal(await projects('--affected'), ['packages/a']);
    assert.equal(await projects('packages/b'), ['packages/b']);
    assert.equal(await projects('packages/b', '--affected'), []);
    place.write('packages/b/new.js', 'export {};\n');
    assert.equal(await projects('--since', 'HEAD'), ['packages/b']);
    assert.is((await place.json('validate', '--since', 'no-such-ref')).failure?.code, 'CE_GIT_BAD_REF');
    assert.is((await place.json('validate', 'no/such/path')).exit_code, 2);
  });
});

test('nothing that could be verified is exit 3, and says what to add', async () => {
  await inPlace(async (place) => {
    const result = await place.json('validate');
    assert.is(result.exit_code, 3);
    assert.is(result.success, false);
    assert.is(result.failure?.code, 'CE_GATE_UNVERIFIED');
    assert.match(result.failure?.next ?? '', /ce doctor|config/);
  });
});

test('E8 a PRP: the gates of its phases on the tree as it is, whatever is done; a phase and a level name their gates', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [
      phase(1, { command: "echo one >> ../ran; grep -q 'part 1' part1.txt" }),
      phase(2, { command: "echo two >> ../ran; grep -q 'part 2' part2.txt" }),
    ]);
    const before = await place.json('validate', 'PRP-1:phase1');
    assert.is.not(before.exit_code, 0);
    assert.equal(ran(place), ['one']);
    assert.not.ok(place.has('part1.txt'));
    assert.is(place.ce('run', 'PRP-1').exit, 0);
    ran(place);
    assert.is((await place.json('validate', 'PRP-1')).exit_code, 0);
    assert.equal(ran(place), ['one', 'two']);
    assert.is((await place.json('validate', 'PRP-1:phase2:L2')).exit_code, 0);
    assert.equal(ran(place), ['two']);
    const contract = await place.json('validate', 'PRPs/PRP-1.md', '--level', '4');
    assert.is(contract.exit_code, 0);
    assert.is(contract.level, 'L4');
    place.write('part2.txt', '');
    assert.is.not((await place.json('validate', 'PRP-1', '--level', '4')).exit_code, 0);
  });
});

test('--format levels prints the four lines of the batch seeds', async () => {
  await inPlace((place) => {
    orchard(place);
    const good = place.ce('validate', '--format', 'levels');
    assert.is(good.exit, 0);
    assert.equal(lines(good.stdout.trim()), [
      'Level 1 (structure): NOT APPLICABLE',
      'Level 2 (syntax): PASS',
      'Level 3 (tests): PASS',
      'Level 4 (integration, drift <30%): PASS',
    ]);
    place.write('apples.txt', 'rotten\n');
    const bad = place.ce('validate', '--format', 'levels');
    assert.is(bad.exit, 1);
    assert.match(bad.stdout, /^Level 2 \(syntax\): FAIL$/m);
    given(place, 'PRP-1', [phase(1)]);
    assert.match(place.ce('validate', 'PRP-1', '--format', 'levels').stdout, /^Level 1 \(structure\): PASS\n/);
  });
});

test('E6 E10 --heal lets the tool mend what it calls safe, and only then; the rest stays a located failure', async () => {
  await inPlace(async (place) => {
    place.write('.gitignore', 'node_modules\n');
    place.write('package.json', JSON.stringify({ name: 'p', type: 'module', scripts: { lint: 'eslint .' }, devDependencies: { eslint: '*' } }));
    place.write('eslint.config.js', "export default [{ rules: { 'prefer-const': 'error', 'no-undef': 'error' } }];\n");
    place.write('a.js', 'let a = 1;\nexport default a;\n');
    symlinkSync(join(ROOT, 'node_modules'), join(place.root, 'node_modules'));
    place.commit('a project');
    const plain = await place.json('validate', '--level', '1');
    assert.is(plain.exit_code, 1, JSON.stringify(plain.failure));
    assert.is(plain.diagnostics[0]?.code, 'prefer-const');
    assert.is(plain.diagnostics[0]?.line, 1);
    assert.is(place.read('a.js'), 'let a = 1;\nexport default a;\n');
    const healed = await place.json('validate', '--level', '1', '--heal');
    assert.is(healed.exit_code, 0, JSON.stringify(healed.failure));
    assert.is(place.read('a.js'), 'const a = 1;\nexport default a;\n');
    assert.is(healed.heals_attempted, 1);
    assert.is(healed.heals_succeeded, 1);
    assert.equal(healed.heals[0]?.edits[0]?.added, ['const a = 1;']);
    place.write('a.js', 'let a = 1;\nexport default a + b;\n');
    const left = await place.json('validate', '--level', '1', '--heal');
    assert.is(left.exit_code, 1);
    assert.equal(
      left.diagnostics.map(({ code, line }) => `${code}:${line}`),
      ['no-undef:2'],
    );
  });
});

test.run();
