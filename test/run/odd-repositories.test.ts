/** Repositories that are not as one expects: each is an error with a code and a next step, or works as defined. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { given, inPlace, outcomes, phase, prp, subjects, tags, type Place } from './rig.ts';

async function refuses(place: Place, code: string, next: RegExp): Promise<void> {
  const result = await place.json('run', 'PRP-1');
  assert.is(result.exit_code, 2, JSON.stringify(result.failure));
  assert.is(result.failure?.code, code);
  assert.match(result.failure?.next ?? '', next);
  assert.not.ok(place.has('part1.txt'), 'something was done');
  assert.equal(tags(place), []);
}

test('no commit yet, no identity: refused with what to type, and nothing is done', async () => {
  await inPlace(
    async (place) => {
      place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1)]));
      await refuses(place, 'CE_GIT_NO_COMMIT', /git commit/);
      place.git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'first');
      place.git('config', 'user.useConfigOnly', 'true');
      await refuses(place, 'CE_GIT_IDENTITY', /git config --global user\.name/);
    },
    'repo',
    'without-identity',
  );
});

test('detached HEAD, and a merge, rebase or bisect under way: refused; on the branch again it runs', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1)]);
    place.git('checkout', '--quiet', '--detach');
    await refuses(place, 'CE_GIT_DETACHED', /git switch/);
    place.git('checkout', '--quiet', '-b', 'side');
    place.write('base.txt', 'side\n');
    place.commit('side');
    place.git('checkout', '--quiet', 'main');
    place.write('base.txt', 'main\n');
    place.commit('main');
    spawnSync('git', ['merge', 'side'], { cwd: place.root, env: place.environment });
    await refuses(place, 'CE_GIT_BUSY', /merge --abort/);
    place.git('merge', '--abort');
    place.git('bisect', 'start');
    await refuses(place, 'CE_GIT_BUSY', /bisect reset/);
    place.git('bisect', 'reset');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
  });
});

test('a shallow clone runs and says what it can not see; a bare repository and a folder that is none are refused', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1), phase(2)]);
    assert.is(place.ce('run', 'PRP-1:phase1').exit, 0);
    place.write('later.txt', 'x\n');
    place.commit('later');
    const shallow = join(place.around, 'shallow');
    place.gitAt(place.around, 'clone', '--quiet', '--depth', '1', `file://${place.root}`, 'shallow');
    const dry = place.ceIn({ cwd: shallow }, 'run', 'PRP-1', '--dry-run');
    assert.match(dry.stdout, /PRP-1:phase1:implement +no checkpoint/);
    assert.match(place.ceIn({ cwd: shallow }, 'doctor').stdout, /shallow/);
    assert.is(place.ceIn({ cwd: shallow }, 'run', 'PRP-1', '--start-phase', '2').exit, 0);
    place.gitAt(place.around, 'clone', '--quiet', '--bare', place.root, 'bare.git');
    for (const cwd of [join(place.around, 'bare.git'), place.around]) {
      const { exit, stderr } = place.ceIn({ cwd }, 'run', 'PRP-1');
      assert.is(exit, 2);
      assert.match(stderr, /CE_GIT_NOT_A_REPOSITORY/);
    }
  });
});

test('a linked worktree has its own branch and session, and shares the cache; a submodule is recorded as it is', async () => {
  await inPlace(async (place) => {
    place.gitAt(place.around, 'init', '--quiet', '-b', 'main', 'library');
    place.gitAt(join(place.around, 'library'), 'commit', '--quiet', '--allow-empty', '-m', 'library');
    place.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', join(place.around, 'library'), 'library');
    given(place, 'PRP-1', [phase(1)]);
    place.git('worktree', 'add', '--quiet', '-b', 'other', join(place.around, 'linked tree'));
    const linked = join(place.around, 'linked tree');
    const { exit, stdout } = place.ceIn({ cwd: linked }, 'run', 'PRP-1');
    assert.is(exit, 0, stdout);
    assert.is(place.gitAt(linked, 'log', '-1', '--format=%s %(trailers:key=Ce-Tree,valueonly)').trim(), 'PRP-1: Phase 1 - Part 1 clean');
    assert.is(place.git('rev-parse', 'main'), place.git('rev-parse', 'other~1'));
    assert.is(outcomes(await place.json('run', 'PRP-1', '--dry-run'))['PRP-1:phase1:L2'], 'planned');
    const own = await place.json('run', 'PRP-1');
    assert.is(own.exit_code, 0, JSON.stringify(own.failure));
    assert.is(outcomes(own)['PRP-1:phase1:implement'], 'cached');
    assert.match(place.git('ls-tree', 'HEAD', 'library'), /^160000 commit/);
    assert.is(place.git('status', '--porcelain'), '');
  });
});

test('blanks, quotes and other scripts in the path, from a folder below, without a config', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1, { files: { 'src/öñ.txt': 'part 1\n' }, command: "grep -q 'part 1' 'src/öñ.txt'" })]);
    mkdirSync(join(place.root, 'a b'));
    const { exit, stdout, stderr } = place.ceIn({ cwd: join(place.root, 'a b') }, 'run', 'PRP-1');
    assert.is(exit, 0, stdout + stderr);
    assert.equal(place.git('-c', 'core.quotePath=false', 'show', '--format=', '--name-only', 'HEAD'), 'src/öñ.txt');
    assert.match(place.ceIn({ cwd: join(place.root, 'a b') }, 'run', '../PRPs/PRP-1.md').stdout, /Nothing to do/);
  }, "it's a 日本 repo");
});

test('the config may be TypeScript, JSON or YAML; a wrong key is said with its place, and nothing runs', async () => {
  await inPlace((place) => {
    place.write('PRPs/PRP-1.md', prp('PRP-1', [phase(1)]));
    const forms: Readonly<Record<string, string>> = {
      'ce.config.ts': "export default { validators: { ours: { level: 'L3' as const, command: 'test -f part1.txt' } } };\n",
      'ce.config.json': '{ "validators": { "ours": { "level": "L3", "command": "test -f part1.txt" } } }\n',
      'ce.config.yaml': 'validators:\n  ours:\n    level: L3\n    command: test -f part1.txt\n',
    };
    for (const [file, text] of Object.entries(forms)) {
      place.write(file, text);
      assert.match(place.ce('run', 'PRP-1', '--dry-run').stdout, /PRP-1:phase1:L3 .*test -f part1\.txt/, file);
      place.remove(file);
    }
    for (const [file, text] of [
      ['ce.config.json', '{ "validatorz": {} }'],
      ['ce.config.yaml', 'jobs: many\n'],
      ['ce.config.json', '{ "jobs": 1,, }'],
      ['ce.config.ts', 'export default { validatorz: {} };\n'],
    ] as const) {
      place.write(file, text);
      const { exit, stderr } = place.ce('run', 'PRP-1');
      assert.is(exit, 2, `${file}: ${stderr}`);
      assert.match(stderr, /CE_CONFIG_(?:INVALID|LOAD_FAILED)/, file);
      assert.ok(stderr.includes(file), stderr);
      assert.not.ok(place.has('part1.txt'));
      place.remove(file);
    }
  });
});

test('a monorepo: the gates of a phase are those of the projects that it touches', async () => {
  await inPlace(async (place) => {
    for (const name of ['a', 'b']) {
      place.write(`packages/${name}/package.json`, JSON.stringify({ name, type: 'module', scripts: { test: 'node --test' } }));
      place.write(
        `packages/${name}/x.test.js`,
        `import test from 'node:test';\nimport { appendFileSync } from 'node:fs';\ntest('${name}', () => appendFileSync('../../../ran', '${name}\\n'));\n`,
      );
    }
    given(place, 'PRP-1', [
      phase(1, { files: { 'packages/a/part1.txt': 'part 1\n' }, command: null }),
      phase(2, { files: { 'packages/b/part2.txt': 'part 2\n' }, command: null }),
    ]);
    assert.is((await place.json('run', 'PRP-1:phase1')).exit_code, 0);
    assert.is(place.read('../ran'), 'a\n');
    assert.is((await place.json('run', 'PRP-1')).exit_code, 0);
    assert.is(place.read('../ran'), 'a\nb\n');
  });
});

test('a .ce that can not be written stops a run before anything is done, and a full disk claims nothing', async () => {
  await inPlace(async (place) => {
    given(place, 'PRP-1', [phase(1), phase(2)]);
    place.write('.ce', 'a file in the way\n');
    const blocked = await place.json('run', 'PRP-1');
    assert.is.not(blocked.exit_code, 0);
    assert.match(blocked.failure?.code ?? '', /^CE_STATE_(?:WRITE|UNSAFE)$/);
    assert.not.ok(place.has('part1.txt'));
    place.remove('.ce');
    mkdirSync(join(place.root, '.ce'), { mode: 0o700 });
    const mount = (...options: string[]): boolean =>
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', ['mode=0700', ...options].join(), 'tmpfs', join(place.root, '.ce')]).status === 0;
    // Root writes into a folder of any mode, so that only a read-only file system stops it.
    const closed = process.getuid?.() === 0 ? mount('ro') : chmodSync(join(place.root, '.ce'), 0o500) === undefined;
    if (closed) {
      const readOnly = place.ce('run', 'PRP-1', '--json');
      spawnSync('umount', [join(place.root, '.ce')]);
      chmodSync(join(place.root, '.ce'), 0o700);
      assert.is(readOnly.exit, 1);
      assert.match(readOnly.stdout, /"CE_STATE_WRITE"/);
      assert.not.ok(place.has('part1.txt'));
    }
    if (!mount('size=64k')) {
      process.stdout.write('\nskipped: a small file system can not be mounted here, so no disk is full\n');
      return;
    }
    try {
      spawnSync('dd', ['if=/dev/zero', `of=${join(place.root, '.ce/filler')}`, 'bs=1k', 'count=60'], { stdio: 'ignore' });
      const full = place.ce('run', 'PRP-1');
      assert.is.not(full.exit, 0, full.stdout);
      assert.match(full.stdout + full.stderr, /CE_STATE_WRITE/);
      rmSync(join(place.root, '.ce/filler'));
    } finally {
      spawnSync('umount', [join(place.root, '.ce')]);
    }
    assert.not.ok(existsSync(join(place.root, '.ce/filler')));
    const after = await place.json('run', 'PRP-1');
    assert.is(after.exit_code, 0, JSON.stringify(after.failure));
    assert.equal(subjects(place).slice(-2), ['PRP-1: Phase 1 - Part 1', 'PRP-1: Phase 2 - Part 2']);
    place.git('fsck', '--strict');
  });
});

test.run();
