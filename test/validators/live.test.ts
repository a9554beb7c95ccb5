import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinValidators } from '../../validators/index.ts';
import { CASES } from './cases.ts';
import { createTree, hasTool, judgeLive } from './rig.ts';

const program: Readonly<Record<string, string>> = { ruff: 'ruff', 'ruff-format': 'ruff', pytest: 'pytest' };
const present = new Map(['ruff', 'pytest'].map((name) => [name, hasTool(name)]));

for (const entry of CASES) {
  const needed = program[entry.validator];
  if (needed !== undefined && present.get(needed) !== true) {
    console.log(`skipped: ${entry.name} (${needed} is not installed)`);
    continue;
  }
  test(`E6 E7 the real tool, ${entry.name}: ${entry.verdict}`, async () => {
    const validator = builtinValidators().find((candidate) => candidate.name === entry.validator);
    if (validator === undefined) throw new Error(`no validator ${entry.validator}`);
    const tree = createTree(entry.files, entry.modules);
    try {
      const { judgement } = await judgeLive(tree, validator, (check) =>
        entry.args === undefined || 'script' in check.command ? check : { ...check, command: { argv: [...check.command.argv, ...entry.args] } },
      );
      assert.is(judgement.verdict, entry.verdict, judgement.message);
      // The first finding stands where it is expected; rules and their order are the tool version's own.
      if (entry.found[0] !== undefined)
        assert.ok(
          judgement.diagnostics.some((found) =>
            entry.found.some((expected) => expected.endsWith(` ${found.file ?? '-'}${found.line === undefined ? '' : `:${found.line}`}`)),
          ),
        );
      if (entry.tests !== undefined) assert.is(judgement.tests?.run, entry.tests[0] + entry.tests[1]);
    } finally {
      tree.remove();
    }
  });
}

test.run();
