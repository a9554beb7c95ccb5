import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manualImplementer } from '../../plugins/manual.ts';
import { contextOf, file, phaseOf, prpOf, treeOf } from './phases.ts';

const phase = phaseOf({
  goal: 'Let people in.',
  files: [{ ...file('src/a.ts', 'create'), description: 'the login' }],
  functions: [{ name: 'login', signature: '', line: 3 }],
  steps: ['Write it.'],
});
const request = { prp: prpOf(phase), phase, root: '/', run: 'r', attempt: 1 };

test('a person is told what to do, asked, and trusted to have done it; nothing is written for them', async () => {
  const told: string[] = [];
  const asked: string[] = [];
  const result = await manualImplementer().implement(
    request,
    contextOf(treeOf(), { progress: (line) => void told.push(line), ask: async (prompt) => asked.push(prompt) > 0 }),
  );
  assert.equal(told, ['goal: Let people in.', 'create src/a.ts - the login', 'implement: login', '1. Write it.']);
  assert.match(asked[0] ?? '', 'PRP-5:phase1 (PRPs/PRP-5.md:10)');
  assert.is(result.status, 'done');
  assert.equal(result.writes, []);
});

test('where nobody can be asked, the phase needs a person, and says what and where', async () => {
  const result = await manualImplementer().implement(request, contextOf(treeOf()));
  assert.is(result.status, 'needs-person');
  assert.is(result.failure?.code, 'CE_IMPLEMENT_NEEDS_PERSON');
  assert.match(result.failure?.why ?? '', 'create src/a.ts');
  assert.match(result.failure?.next ?? '', 'ce prp checkpoint PRP-5:phase1');
});

test.run();
