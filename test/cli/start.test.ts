/** The first minutes: init, a new PRP, doctor, and the one question before anything of a clone runs. */
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prpTemplate, slug } from '../../core/cli/template.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { strictDiagnostics } from '../../core/spec/show.ts';
import { CONFIG, spec, withCe } from './ce.ts';

test('the template parses without a warning, also by the strict rule, whatever the title', () => {
  for (const title of ['First', 'Rate limits: "hard" & soft', "it's `code` # not a heading", '日本語', '- [ ] x', '{{a}}', 'a\\b']) {
    const prp = parsePrp(`PRPs/PRP-3-${slug(title)}.md`, prpTemplate('PRP-3', title, 'npm test'));
    assert.equal(prp.diagnostics, [], title);
    assert.equal(strictDiagnostics(prp), [], title);
    assert.is(prp.id, 'PRP-3');
    assert.is(prp.title, title);
    assert.is(prp.executable, true);
    assert.is(prp.phases[0]?.validate[0]?.command, 'npm test');
  }
});

test('init in a repository without PRPs: says what it detected, writes a PRP and a config that ce accepts, and touches nothing twice', async () => {
  await withCe((bench) => {
    bench.write('package.json', JSON.stringify({ name: 'x', scripts: { test: 'node --test' } }));
    bench.write('test/x.test.js', "require('node:test')('x', () => {});\n");
    bench.commit('a project');
    const dry = bench.ce('init', '--dry-run');
    assert.is(dry.exit, 0);
    assert.match(dry.stdout, /would write PRPs\/PRP-1-first\.md/);
    assert.is(bench.git('status', '--porcelain'), '');
    const { exit, stdout, stderr } = bench.ce('init');
    assert.is(exit, 0);
    assert.equal(stdout.trim().split('\n'), ['PRPs/PRP-1-first.md', 'ce.config.json']);
    assert.match(stderr, /detected L2 \S+ \(.*package\.json/);
    assert.match(stderr, /next: .*ce run --dry-run PRP-1/);
    assert.equal(bench.json<{ diagnostics: unknown[] }>('show', 'PRP-1', '--json').diagnostics, []);
    assert.is(bench.ce('show', 'PRP-1', '--strict').exit, 0);
    assert.match(bench.ce('run', 'PRP-1', '--dry-run').stdout, /npm test/);
    const text = bench.read('ce.config.json');
    const again = bench.ce('init');
    assert.is(again.exit, 0);
    assert.is(again.stdout, '');
    assert.match(again.stderr, /nothing to write/);
    assert.is(bench.read('ce.config.json'), text);
  });
});

test('init in an empty repository says that nothing was detected; list says how to begin', async () => {
  await withCe((bench) => {
    assert.match(bench.ce('list').stderr, /next: ce init/);
    const { exit, stderr } = bench.ce('init');
    assert.is(exit, 0);
    assert.match(stderr, /no validator was detected/);
    assert.is(bench.ce('list').stdout.trim().split(/\s+/)[0], 'PRP-1');
  });
});

test('prp new takes the next free number, and refuses an id that is taken or is none', async () => {
  await withCe((bench) => {
    bench.write('PRPs/PRP-7.md', spec('PRP-7', 1));
    assert.is(bench.ce('prp', 'new', 'Rate', 'limits').stdout.trim(), 'PRPs/PRP-8-rate-limits.md');
    assert.equal(bench.json<{ diagnostics: unknown[] }>('show', 'PRP-8', '--json').diagnostics, []);
    assert.match(bench.ce('prp', 'new', 'Third', '--dry-run').stdout, /would write PRPs\/PRP-9-third\.md/);
    assert.not.ok(existsSync(join(bench.root, 'PRPs/PRP-9-third.md')));
    assert.is(bench.ce('prp', 'new', 'By id', '--id', '12.1').stdout.trim(), 'PRPs/PRP-12.1-by-id.md');
    assert.match(bench.ce('prp', 'new', 'Twice', '--id', 'PRP-7').stderr, /PRP-7 exists already/);
    for (const args of [[], ['x', '--id', '../../etc']]) assert.is(bench.ce('prp', 'new', ...args).exit, 2);
  });
});

test('doctor: all is well here; a broken place is a problem with its fix, exit 1', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.commit('config');
    const well = bench.ce('doctor');
    assert.is(well.exit, 0, well.stdout);
    for (const word of ['node', 'git', 'config', 'lock', 'L1 clean', 'disk']) assert.ok(well.stdout.includes(word), word);
    const { findings } = bench.json<{ findings: { what: string; state: string }[] }>('doctor', '--json');
    assert.ok(findings.every(({ state }) => state !== 'problem'));
    bench.git('checkout', '-q', '--detach');
    const detached = bench.ce('doctor');
    assert.is(detached.exit, 1);
    assert.match(detached.stdout, /problem +repository: HEAD is not on a branch\n +git switch/);
  });
});

test('doctor tells of a .ce that leads elsewhere, and nothing is written through it', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.write('PRPs/PRP-1.md', spec('PRP-1', 1));
    bench.commit('config');
    bench.write('../elsewhere/.keep', '');
    symlinkSync(join(bench.around, 'elsewhere'), join(bench.root, '.ce'));
    const { exit, stdout } = bench.ce('doctor');
    assert.is(exit, 1);
    assert.match(stdout, /symbolic link/);
    assert.is(bench.ce('list').exit, 0);
    assert.is(bench.ce('run', 'PRP-1').exit, 2);
    assert.not.ok(existsSync(join(bench.around, 'elsewhere', 'cache')));
    assert.not.ok(existsSync(join(bench.around, 'elsewhere', 'runs')));
  });
});

test('the first run of a clone lists what it would run and stops; --yes is remembered, and another clone is asked again', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.write('PRPs/PRP-1.md', spec('PRP-1', 1));
    bench.commit('spec');
    for (const command of [['run', 'PRP-1'], ['prp', 'checkpoint', 'PRP-1:phase1'], ['validate']]) {
      const { exit, stderr } = bench.stranger(...command);
      assert.is(exit, 3, command.join(' '));
      assert.match(stderr, /CE_STATE_NOT_TRUSTED/);
      assert.match(stderr, /ce\.config\.json/);
    }
    assert.match(bench.stranger('run', 'PRP-1').stderr, /PRPs\/PRP-1\.md:\d+ +grep -q/);
    assert.is(bench.git('rev-list', '--count', 'HEAD'), '1');
    const yes = bench.stranger('run', 'PRP-1', '--yes');
    assert.is(yes.exit, 0, yes.stdout + yes.stderr);
    assert.is(bench.stranger('validate').exit, 0);
    bench.git('clone', '-q', '.', '../clone');
    assert.is(bench.stranger('validate', '--cwd', join(bench.around, 'clone')).exit, 3);
  });
});

test('a config that is code is not run by a command that reads, before a person approved the clone', async () => {
  await withCe((bench) => {
    bench.write('ce.config.ts', "import { writeFileSync } from 'node:fs';\nwriteFileSync('../ran', '');\nexport default { prps: ['specs/*.md'] };\n");
    bench.write('specs/PRP-1.md', spec('PRP-1', 1));
    bench.commit('config');
    for (const command of [['list'], ['doctor'], ['status'], ['cache', 'why'], ['completion', 'targets']])
      assert.is(bench.stranger(...command).exit, 0, command.join(' '));
    assert.not.ok(existsSync(join(bench.around, 'ran')));
    assert.match(bench.stranger('doctor').stdout, /not loaded: this clone was not approved/);
    assert.match(bench.ce('list').stdout, /PRP-1/);
    assert.ok(existsSync(join(bench.around, 'ran')));
  });
});

test('a .ce that cannot be written: reading commands work, a run says what to do', async () => {
  await withCe((bench) => {
    bench.write('PRPs/PRP-1.md', spec('PRP-1', 1));
    bench.commit('spec');
    // A file where a folder should be stops everyone, root too.
    for (const name of ['.gitignore', 'runs', 'cache']) bench.write(`.ce/${name}`, '*\n');
    for (const command of [['list'], ['status'], ['explain', 'PRP-1'], ['cache', 'status']]) {
      const { exit, stderr } = bench.ce(...command);
      assert.is(exit, 0, `${command.join(' ')}: ${stderr}`);
    }
    const { exit, stderr } = bench.ce('run', 'PRP-1');
    assert.is(exit, 1);
    assert.match(stderr, /CE_STATE_WRITE/);
    assert.match(stderr, /next /);
  });
});

test.run();
