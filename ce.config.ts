/** ce judges ce: the checks of `npm test` that are about the text as L1, and the tests that start no ce as L2. */
import { defineConfig, type CommandValidator } from './core/api.ts';
import checks from './scripts/checks.json' with { type: 'json' };

const l1 = Object.entries(checks).map(([name, { run, inputs }]): [string, CommandValidator] => [name, { level: 'L1', command: ['node', ...run], inputs }]);

export default defineConfig({
  // The examples are projects of their own, and `npm test` as a whole takes minutes.
  detect: false,
  validators: {
    ...Object.fromEntries(l1),
    unit: {
      level: 'L2',
      command: ['node', 'test/run.mjs', 'test/clean', 'test/escalate', 'test/graph', 'test/heal', 'test/implement', 'test/report', 'test/schemas', 'test/spec'],
      inputs: ['core/**', 'plugins/**', 'validators/**', 'schemas/**', 'test/**', 'package-lock.json'],
    },
  },
});
