/** Hostile and broken specs, configs and state: a clear error with code and line, nothing executed, nothing lost. Rows count as in the threat list. */
import { chownSync, cpSync, existsSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, lines, outcomes, phase, prp, subjects, type Answer, type Place } from './rig.ts';

const CANARY = 'touch "$CANARY_FOLDER/canary"; touch ../canary';

/** A spec is refused: its code and place are said, nothing ran, nothing changed. */
function assertRefused(place: Place, answer: Answer, code: RegExp, what: string): void {
  const said = answer.stdout + answer.stderr;
  assert.is(answer.exit, 2, `${what}: exit ${answer.exit}\n${said.slice(0, 2000)}`);
  assert.match(said, code, what);
  assertUntouched(place, what);
}

function assertUntouched(place: Place, what: string): void {
  for (const file of ['canary', 'repo/canary']) assert.not.ok(existsSync(join(place.around, file)), `${what}: something was executed`);
  assert.equal(subjects(place), ['base'], what);
  const changed = lines(place.git('status', '--porcelain')).filter((line) => !/^\?\? (?:PRPs\/|ce\.config)/.test(line));
  assert.equal(changed, [], what);
  assert.is(({} as { isAdmin?: boolean }).isAdmin, undefined);
}

const body = (command = CANARY): string => `# PRP-1: t\n\n## Implementation Blueprint\n\n${phase(1, { command })}`;
const withFront = (front: string, opener = '---'): string => `${opener}\nprp_id: PRP-1\ntitle: t\n${front}\n---\n\n${body()}`;

/** Runs the spec as PRP-1 by its path, and removes it. */
function runText(place: Place, text: string): Answer {
  place.write('PRPs/PRP-1.md', text);
  return place.ce('run', 'PRPs/PRP-1.md');
}

test('rows 1-5: other front matter languages, alias bombs, deep nesting, tags and prototype keys are refused where they stand', async () => {
  await inPlace((place) => {
    for (const language of ['js', 'coffee', 'json5', 'javascript']) {
      const text = `---${language}\nmodule.exports = (require('fs').writeFileSync('../canary', ''), { prp_id: 'PRP-1' })\n---\n\n${body()}`;
      assertRefused(place, runText(place, text), /CE_SPEC_FRONTMATTER_LANGUAGE/, `row 1 ${language}`);
    }
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${new Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`),
    ].join('\n');
    assertRefused(place, runText(place, withFront(bomb)), /CE_SPEC_FRONTMATTER/, 'row 2');
    assertRefused(place, runText(place, withFront(`deep: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)), /CE_SPEC_FRONTMATTER/, 'row 3');
    for (const tag of ['!!js/function "function () {}"', '!!python/object/apply:os.system ["touch ../canary"]']) {
      const answer = runText(place, withFront(`evil: ${tag}`));
      assertRefused(place, answer, /CE_SPEC_FRONTMATTER/, `row 4 ${tag}`);
      assert.match(answer.stdout + answer.stderr, /PRPs\/PRP-1\.md:4/, 'row 4: the line');
    }
    for (const key of ['__proto__:\n  isAdmin: true', 'constructor:\n  prototype:\n    isAdmin: true'])
      assertRefused(place, runText(place, withFront(key)), /CE_SPEC_FRONTMATTER/, `row 5 ${key}`);
    place.remove('PRPs/PRP-1.md');
    place.write('ce.config.json', '{ "__proto__": { "isAdmin": true }, "jobs": 1 }');
    assertRefused(place, place.ce('validate'), /CE_CONFIG_INVALID/, 'row 5 config');
  });
});

test('rows 6-7: a spec that is too large is refused; long lines, headings and tables are read', async () => {
  await inPlace((place) => {
    assertRefused(place, runText(place, `${body()}\n${'x'.repeat(40 << 20)}`), /CE_SPEC_TOO_LARGE/, 'row 6');
    for (const text of ['#'.repeat(50_000), '`'.repeat(10_001), '| a | b |\n'.repeat(100_000), `${'['.repeat(20_000)}`, '> '.repeat(5_000)]) {
      place.write('PRPs/PRP-1.md', `${body('true')}\n\n${text}\n`);
      const { exit, stdout, stderr } = place.ce('show', 'PRPs/PRP-1.md', '--json');
      assert.ok(exit === 0 || exit === 2, `row 7 ${text.slice(0, 5)}: ${exit} ${stderr.slice(0, 500)}`);
      assert.ok(JSON.parse(stdout) !== null);
    }
    assertUntouched(place, 'row 7');
  });
});

test('rows 8-10: paths that leave the tree, are absolute, or name git are refused with their line, and nothing is written', async () => {
  await inPlace((place) => {
    const paths = [
      '../../.ssh/authorized_keys',
      '../canary',
      `${place.around}/absolute.txt`,
      '.git/hooks/pre-commit',
      '.GIT/config',
      'git~1/config',
      '.git\u200c/config',
      '.ce/cache/x',
      'a/../../canary',
    ];
    for (const path of paths) {
      const answer = runText(place, prp('PRP-1', [phase(1, { command: CANARY, files: { [path]: 'x\n' } })]));
      assert.not.ok(existsSync(join(place.around, 'absolute.txt')));
      assert.is.not(answer.exit, 0, `${path}: ${answer.stdout}`);
      assert.match(answer.stdout + answer.stderr, /CE_SPEC_PATH|CE_IMPLEMENT_NOTHING|CE_IMPLEMENT_NEEDS_PERSON/, path);
      assert.match(answer.stdout + answer.stderr, /PRPs\/PRP-1\.md:\d+/, path);
      assertUntouched(place, path);
      assert.equal(
        readdirSync(join(place.root, '.git/hooks')).filter((name) => !name.endsWith('.sample')),
        [],
        path,
      );
    }
    for (const path of ['C:\\x', '\\\\srv\\x']) {
      runText(place, prp('PRP-1', [phase(1, { command: "printf '%s' *", files: { [path]: 'x\n' } })]));
      assert.equal(readdirSync(place.root).sort(), ['.ce', '.git', 'PRPs', 'base.txt'], path);
    }
    place.git('reset', '--quiet', '--hard', 'HEAD~2');
    const listed = runText(place, withFront('files_modified: ["../../.ssh/authorized_keys"]'));
    assertRefused(place, listed, /CE_SPEC_PATH/, 'row 8 front matter');
    place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1, { command: CANARY, files: { 'out/x.txt': 'x\n' } })]));
    symlinkSync(place.around, join(place.root, 'out'));
    const linked = place.ce('run', 'PRP-1', '--allow-dirty');
    assert.is.not(linked.exit, 0);
    assert.not.ok(existsSync(join(place.around, 'x.txt')), 'a link was followed out of the tree');
  });
});

test('rows 11-14: places, branches, revisions and remotes of a spec or the command line never reach git as options or commands', async () => {
  await inPlace((place) => {
    for (const front of [
      'worktree_path: ../../..',
      'branch_name: "--upload-pack=touch ../canary"',
      'merge_into_branch: "x.lock"',
      'remote: "ext::sh -c touch% ../canary"',
    ]) {
      place.write('PRPs/PRP-1.md', `---\nprp_id: PRP-1\ntitle: t\n${front}\n---\n\n${body('true')}`);
      place.ce('run', 'PRP-1', '--dry-run');
      assertUntouched(place, front);
    }
    place.remove('PRPs/PRP-1.md');
    for (const ref of [
      '--upload-pack=touch ../canary',
      '-b',
      'a..b',
      '@{u}',
      'x.lock',
      'refs/heads/../../x',
      'HEAD:../../x',
      ':/text',
      '$(touch ../canary)',
      '',
    ]) {
      assertRefused(place, place.ce('validate', `--since=${ref}`), /CE_GIT_BAD_REF|CE_USAGE_BAD_VALUE/, `--since=${ref}`);
    }
    for (const name of ['../../x', '--force', 'a b', '$(touch ../canary)']) assertRefused(place, place.ce('prp', 'restore', 'PRP-1', '--', name), /CE_/, name);
  });
});

test('row 15: a title with a line break or a forged trailer stays one subject line, and a forged commit is no evidence', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1, { name: 'Innocent Ce-Phase: phase9' })], { title: '"t\\n\\nCe-PRP: PRP-9\\nCe-Phase: phase1"' });
    place.git('commit', '--quiet', '--allow-empty', '-m', 'PRP-1: Phase 1 - Part 1\n\nCe-PRP: PRP-1\nCe-Phase: phase1');
    assert.is(outcomes(await place.json('run', 'PRP-1', '--dry-run'))['PRP-1:phase1:implement'], 'planned');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.is(place.git('log', '-1', '--format=%s').split('\n').length, 1);
    assert.is(place.git('log', '-1', '--format=%(trailers:key=Ce-PRP,valueonly)').trim(), 'PRP-1');
    assert.is(place.git('log', '-1', '--format=%(trailers:key=Ce-Phase,valueonly)').trim(), 'phase1');
    assert.match(place.ce('run', 'PRP-9').stderr, /PRP file not found: PRP-9/);
  });
});

test('rows 16-17: ids match whole; an id that two files have is an error that lists them', async () => {
  await inPlace((place) => {
    place.write('PRPs/a.md', prp('PRP-12', [phase(1)]));
    place.write('PRPs/b.md', prp('PRP-47x1', [phase(1)]));
    place.commit('specs');
    for (const id of ['PRP-1', 'PRP-47.1', '2']) assert.match(place.ce('run', id, '--dry-run').stderr, /CE_SPEC_NOT_FOUND/, id);
    place.write('PRPs/c.md', prp('PRP-12', [phase(1)]));
    const twice = place.ce('run', 'PRP-12');
    assert.is(twice.exit, 2);
    assert.match(twice.stderr, /CE_SPEC_AMBIGUOUS/);
    for (const path of ['PRPs/a.md', 'PRPs/c.md']) assert.ok(twice.stderr.includes(path), path);
    assert.is(place.ce('run', 'PRPs/c.md', '--dry-run').exit, 0);
    assert.not.ok(place.has('part1.txt'));
  });
});

test('row 18: a cycle is shown as a path; dependencies on itself and on nothing are errors; a long chain is no stack overflow', async () => {
  await inPlace((place) => {
    const depends = (id: string, on: string): void =>
      place.write(`PRPs/${id}.md`, prp(id, [phase(1, { command: CANARY })], { front: `dependencies: [${on}]\n` }));
    depends('PRP-1', 'PRP-2');
    depends('PRP-2', 'PRP-3');
    depends('PRP-3', 'PRP-1');
    for (const more of [[], ['--with-deps']]) {
      const cycle = place.ce('run', 'PRP-1', ...more);
      assertRefused(place, cycle, /CE_GRAPH_CYCLE/, `cycle ${more.join()}`);
      assert.match(cycle.stderr, /PRP-1 (→|->) PRP-2 (→|->) PRP-3 (→|->) PRP-1/);
    }
    depends('PRP-4', 'PRP-4');
    const itself = place.ce('show', 'PRP-4');
    assert.match(itself.stdout, /PRPs\/PRP-4\.md:\d+ warning CE_SPEC_DEPENDENCY PRP-4 depends on itself/);
    depends('PRP-5', 'PRP-404');
    assertRefused(place, place.ce('run', 'PRP-5'), /PRP-404: no such PRP/, 'unknown');
    for (let n = 1000; n < 1400; n += 1) depends(`PRP-${n}`, `PRP-${n + 1}`);
    place.write('PRPs/PRP-1400.md', prp('PRP-1400', [phase(1)]));
    assertRefused(place, place.ce('run', 'PRP-1000'), /CE_GRAPH_DEPENDENCY_INCOMPLETE/, 'chain');
  });
});

test('row 19: control sequences and direction marks of a title never reach the terminal', async () => {
  await inPlace((place) => {
    place.write(
      'PRPs/PRP-1.md',
      `---\nprp_id: PRP-1\ntitle: "t \\e]52;c;aGk=\\a \\e[2J \\r \\u202E end"\n---\n\n# t \u001b[2J\u202e\n\n## Implementation Blueprint\n\n${phase(1, { name: 'N \u001b]52;c;aGk=\u0007\u202e', command: "printf '\\033[2J\\033]0;x\\007'; grep -q part part1.txt" })}`,
    );
    place.commit('spec');
    for (const args of [
      ['run', 'PRP-1', '--dry-run'],
      ['show', 'PRP-1'],
      ['list'],
      ['run', 'PRP-1'],
      ['run', 'PRP-1', '--force', '--json'],
      ['logs'],
      ['explain', 'PRP-1'],
    ]) {
      const { exit, stdout, stderr } = place.ce(...args);
      assert.is(exit, 0, `${args.join(' ')}: ${stdout}${stderr}`);
      assert.not.match(stdout + stderr, /[\u0007\u001b\u202e\r]/, args.join(' '));
    }
  });
});

test('row 40: a journal that was edited, cut off or written by a newer ce is said, and nothing is written', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2, { command: "echo 'part2.txt:1: error: no'; exit 1" })]);
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    const head = place.git('rev-parse', 'HEAD');
    const [run = ''] = readdirSync(join(place.root, '.ce/runs'));
    const file = `.ce/runs/${run}/journal.jsonl`;
    const whole = place.read(file);
    place.write(file, whole.replace('"phase-paths"', '"phase-pathz"'));
    const edited = place.ce('run', 'PRP-1');
    assert.is(edited.exit, 2);
    assert.match(edited.stderr, /CE_STATE_CORRUPT/);
    assert.match(edited.stderr, new RegExp(run));
    place.write(file, whole.slice(0, -30));
    assert.is((await place.json('run', 'PRP-1')).exit_code, 1);
    place.write('.ce/version', '999\n');
    const newer = place.ce('run', 'PRP-1');
    assert.is(newer.exit, 2);
    assert.match(newer.stderr, /CE_STATE_VERSION/);
    assert.is(place.git('rev-parse', 'HEAD'), head);
  });
});

test("row 40: a repository that was moved or copied with its .ce goes on; a .ce that is a link or another user's is refused", async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2)]);
    assert.is(place.ce('run', 'PRP-1:phase1').exit, 0);
    const copy = join(place.around, 'copy');
    cpSync(place.root, copy, { recursive: true });
    assert.is(place.ceIn({ cwd: copy }, 'run', 'PRP-1').exit, 0);
    const moved = join(place.around, 'moved here');
    renameSync(copy, moved);
    assert.match(place.ceIn({ cwd: moved }, 'run', 'PRP-1').stdout, /Nothing to do/);
    renameSync(join(place.root, '.ce'), join(place.around, 'elsewhere'));
    symlinkSync(join(place.around, 'elsewhere'), join(place.root, '.ce'));
    const linked = place.ce('run', 'PRP-1');
    assert.is(linked.exit, 2, linked.stdout);
    assert.match(linked.stderr, /CE_STATE_UNSAFE/);
    assert.not.ok(place.has('part2.txt'));
    if (process.getuid?.() !== 0) {
      process.stdout.write('\nskipped: only root can give .ce to another user\n');
      return;
    }
    chownSync(join(moved, '.ce'), 12_345, 12_345);
    const foreign = place.ceIn({ cwd: moved }, 'run', 'PRP-1', '--force');
    assert.is(foreign.exit, 2, foreign.stdout);
    assert.match(foreign.stderr, /CE_STATE_UNSAFE/);
  });
});

test.run();
