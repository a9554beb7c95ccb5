/** A config's plugin on the hooks that change the outcome: graph, execute, gate, cache, checkpoint, close. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inPlace } from './rig.ts';

const SPEC = `---
prp_id: PRP-1
title: Part
---

# PRP-1: Part

## Implementation Blueprint

### Phase 1: Part (10 min)

**Files to Create**:

- \`part.txt\` - part

\`\`\`txt part.txt
good
\`\`\`

**Validation Command**: \`grep -q good part.txt\`
`;

/** Appends what it was asked to \`.git/calls\`, so that a test sees every call of every process. */
const CONFIG = `import { appendFileSync } from 'node:fs';
import { defineConfig } from 'ce';

const note = (line: string): void => appendFileSync('.git/calls', line + '\\n');
const stored = new Map();

export default defineConfig({
  detect: false,
  validators: { words: { level: 'L1', command: 'grep -q good part.txt', inputs: ['part.txt'] } },
  plugins: [
    false,
    [{
      name: 'house',
      apply({ hooks }) {
        hooks.graph.tapPromise('house', async (graph) => (note('graph ' + graph.tasks.length), graph));
        hooks.execute.for('gate').tapPromise('house', async (task) => {
          if (task.level !== 'L3') return undefined;
          note('execute ' + task.id);
          return { outcome: 'executed', reason: 'done elsewhere', gate: { level: 'L3', outcome: 'executed', passed: true, attempts: 1, validators: [], unverified: [], reason: 'done elsewhere' } };
        });
        hooks.gate.tapPromise('house', async (gate) => (note('gate ' + gate.level), gate));
        hooks.cacheGet.tapPromise('house', async () => (note('cacheGet'), undefined));
        hooks.cacheStore.tapPromise('house', async (_key, result) => note('cacheStore ' + result.name));
        hooks.checkpoint.tapPromise('house', async ({ phase }) => note('checkpoint ' + phase));
        hooks.close.tapPromise('house', async () => note('close'));
      },
    }],
  ],
});
`;

test('every hook of a plugin is called where it changes the outcome', () =>
  inPlace((place) => {
    place.write('PRPs/PRP-1-part.md', SPEC);
    place.write('ce.config.ts', CONFIG);
    place.git('add', '-A');
    place.git('commit', '-q', '-m', 'spec');
    const { exit, stderr, stdout } = place.ce('run', 'PRP-1');
    assert.is(exit, 0, stdout + stderr);
    const calls = place.read('.git/calls').trim().split('\n');
    assert.equal(calls, ['graph 6', 'cacheGet', 'cacheStore words', 'gate L1', 'gate L2', 'execute PRP-1:phase1:L3', 'gate L4', 'checkpoint phase1', 'close']);
    assert.match(place.git('log', '-1', '--format=%B'), /Ce-Gates: L1=pass L2=pass L3=pass L4=pass/);
  }));

test('a plugin that throws names itself by its hook, and the run fails with that', () =>
  inPlace((place) => {
    place.write('PRPs/PRP-1-part.md', SPEC);
    place.write(
      'ce.config.ts',
      `export default { detect: false, plugins: [{ name: 'bad', apply({ hooks }) { hooks.gate.tapPromise('bad', async () => { throw new Error('no idea'); }); } }] };\n`,
    );
    place.git('add', '-A');
    place.git('commit', '-q', '-m', 'spec');
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 1);
    assert.match(stdout + stderr, /CE_PLUGIN_THREW/);
    assert.is(place.git('log', '--oneline').trim().split('\n').length, 2, 'nothing is checkpointed');
  }));

test.run();
