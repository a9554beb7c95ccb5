/** Completion scripts: read by their own shell, and asked as a shell asks them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spec, withCe, type Bench } from './ce.ts';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** What bash offers after this line. */
function offers(bench: Bench, line: string): readonly string[] {
  const script = `source <(ce completion bash); COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'; _ce; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { exit, stdout, stderr } = bench.shell(script);
  assert.is(exit, 0, stderr);
  assert.is(stderr, '');
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash: commands, second words, flags, PRP ids and phases', async () => {
  await withCe((bench) => {
    bench.write('PRPs/PRP-5.md', spec('PRP-5', 2));
    bench.write('PRPs/PRP-51.md', spec('PRP-51', 1));
    assert.ok(offers(bench, 'ce ').includes('validate'));
    assert.equal(offers(bench, 'ce val'), ['validate']);
    assert.ok(offers(bench, 'ce prp ').includes('restore'));
    assert.equal(offers(bench, 'ce prp res'), ['restore']);
    assert.ok(offers(bench, 'ce cache ').includes('audit'));
    assert.equal(offers(bench, 'ce run --dry'), ['--dry-run']);
    assert.equal(offers(bench, 'ce execute PRP-5 --dry'), ['--dry-run']);
    assert.equal(offers(bench, 'ce prp restore PRP-5 --dry'), ['--dry-run']);
    assert.equal(offers(bench, 'ce run PRP-51'), ['PRP-51', 'PRP-51:phase1']);
    assert.ok(offers(bench, 'ce run ').includes('PRP-5:phase2'));
    // Bash takes a colon as the end of a word: what stands before it is on the line already.
    assert.equal(offers(bench, 'ce run PRP-5:ph'), ['phase1', 'phase2']);
    assert.equal(offers(bench, 'ce run PRP-5:'), ['phase1', 'phase2']);
    assert.equal(offers(bench, 'ce prp checkpoint PRP-5:phase2'), ['phase2']);
  });
});

test('outside a repository nothing is offered and nothing is said', async () => {
  await withCe((bench) => {
    const { exit, stdout, stderr } = bench.ce('completion', 'targets', '--cwd', bench.around);
    assert.equal([exit, stdout, stderr], [0, '', '']);
  });
});

test('bash reads its script without a fault, zsh and fish theirs where they are installed; each names the commands', async () => {
  await withCe((bench) => {
    for (const [shell, args] of [
      ['bash', ['-n']],
      ['zsh', ['-n']],
      ['fish', ['--no-execute']],
    ] as const) {
      const { exit, stdout } = bench.ce('completion', shell);
      assert.is(exit, 0);
      for (const word of ['run', 'validate', 'explain', 'restore', '--dry-run'.replace('--', shell === 'fish' ? '-l ' : '--')])
        assert.ok(stdout.includes(word), `${shell} ${word}`);
      if (shell !== 'bash' && !has(shell)) continue;
      const file = join(bench.around, `ce.${shell}`);
      writeFileSync(file, stdout);
      execFileSync(shell, [...args, file]);
    }
  });
});

test.run();
