// time limit: 240 s
/** Help is checked by running it: every example of every page ends well in a repository that has what it speaks of. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../core/cli/table.ts';
import { CONFIG, spec, withCe, type Bench } from './ce.ts';

/** What must be so before an example is typed. Each leaves the tree clean or with the phase's own changes. */
const BEFORE: Readonly<Record<string, (bench: Bench) => void>> = {
  'ce resume': (bench) => {
    bench.write('PRPs/PRP-7.md', spec('PRP-7', 1, { 1: 'test -f ../ready' }));
    bench.commit('a PRP that waits for something');
    // Phases of other PRPs may have left changes, which are foreign to this one.
    assert.is.not(bench.ce('run', 'PRP-7', '--allow-dirty').exit, 0);
    bench.write('../ready', '');
  },
  'ce prp checkpoint PRP-5:phase2': (bench) => {
    assert.is(bench.ce('prp', 'restore', 'PRP-5', 'phase1').exit, 0);
    bench.write('prp5-2.txt', 'part 2 is here, by hand\n');
  },
};

test('every example of every help page runs and ends well', async () => {
  await withCe((bench) => {
    bench.write('ce.config.json', CONFIG);
    bench.write('base.txt', 'base\n');
    bench.write('PRPs/PRP-5.md', spec('PRP-5', 3));
    bench.write('PRPs/PRP-6.md', spec('PRP-6', 2));
    bench.commit('specs');
    assert.is(bench.ce('run', 'PRP-6').exit, 0);
    const wrong: string[] = [];
    for (const [line] of COMMANDS.flatMap((command) => command.examples)) {
      BEFORE[line]?.(bench);
      const { exit, stdout, stderr } = bench.shell(line);
      if (exit !== 0) wrong.push(`${line}: exit ${exit}\n${stdout}${stderr}`);
      // What an example wrote is kept, so that the next one finds a clean tree.
      if (bench.git('status', '--porcelain') !== '') bench.commit(`after: ${line}`);
    }
    assert.is(wrong.join('\n'), '');
  });
});

test('help of a command is the same by both ways, begins with examples and names every flag', async () => {
  await withCe((bench) => {
    for (const command of COMMANDS) {
      const words = command.name.split(' ');
      const asked = bench.ce('help', ...words);
      assert.is(asked.exit, 0);
      assert.is(bench.ce(...words, '--help').stdout, asked.stdout);
      for (const { name } of command.options) assert.ok(asked.stdout.includes(`--${name}`), `${command.name} --${name}`);
      assert.ok(asked.stdout.indexOf('Examples:') < asked.stdout.indexOf('Flags:'));
    }
  });
});

test('E35 the tips of the seeds stand in the help of run', async () => {
  await withCe((bench) => {
    const { stdout } = bench.ce('execute', '--help');
    for (const tip of [
      /--dry-run to see the phases/,
      /--start-phase and --end-phase/,
      /L1 and L2 are healed/,
      /escalation says what to look at/,
      /10\/10 is production-ready; below 8 needs review/,
    ])
      assert.match(stdout, tip);
  });
});

test('the overview lists every command, and `help` and no word at all are the same', async () => {
  await withCe((bench) => {
    const { stdout, exit } = bench.ce();
    assert.is(exit, 0);
    assert.is(bench.ce('help').stdout, stdout);
    assert.is(bench.ce('--help').stdout, stdout);
    for (const { name } of COMMANDS) assert.ok(stdout.includes(`  ${name} `), name);
    assert.match(stdout, /Exit codes: 0 done/);
  });
});

test('half a command names its second words; a misspelt one the nearest', async () => {
  await withCe((bench) => {
    const half = bench.ce('prp');
    assert.is(half.exit, 2);
    assert.match(half.stderr, /CE_USAGE_UNKNOWN_COMMAND/);
    assert.match(half.stderr, /restore/);
    assert.match(half.stderr, /next ce help prp/);
    assert.is(bench.ce('prp', '--help').exit, 0);
    const typo = bench.ce('validte');
    assert.is(typo.exit, 2);
    assert.match(typo.stderr, /next ce validate/);
    const help = bench.ce('help', 'validte');
    assert.is(help.exit, 2);
    assert.match(help.stderr, /next ce help validate/);
  });
});

test.run();
