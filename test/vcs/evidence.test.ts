/** What is done is read from git alone, and only from whole checkpoints among the ancestors of HEAD. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyCheckpoint, prepareCheckpoint, type CheckpointRequest } from '../../core/vcs/checkpoint.ts';
import { readEvidence, type Evidence, type EvidenceMemo } from '../../core/vcs/evidence.ts';
import type { Git } from '../../core/vcs/git.ts';
import { readFacts, messageOf, oneLine } from '../../core/vcs/message.ts';
import { findRepository } from '../../core/vcs/repository.ts';
import { inRepository, value, type Rig } from '../rig.ts';
import { phaseOf } from './phase.ts';

function memo(): EvidenceMemo & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, get: (key) => kept.get(key) ?? null, set: (key, json) => void kept.set(key, json) };
}

async function checkpoint(git: Git, paths: readonly string[], change: Partial<CheckpointRequest> = {}): Promise<string> {
  const intent = value(await prepareCheckpoint(phaseOf(git, paths, change)));
  value(await applyCheckpoint(git, intent));
  return intent.commit;
}

async function evidenceAt(root: string, memory: EvidenceMemo = memo()): Promise<Evidence> {
  return readEvidence(value(findRepository(root)), memory);
}

/** With no git to be found, only what needs no process works. */
async function withoutGit<T>(story: () => Promise<T>): Promise<T> {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    return await story();
  } finally {
    process.env['PATH'] = path;
  }
}

test('a checkpoint is found by ref, by tag, and by its trailers alone', async () => {
  await inRepository(async (rig, git) => {
    const commit = await checkpoint(git, []);
    const one = async () => (await evidenceAt(rig.root)).get('PRP-5')?.get('phase2');
    assert.is((await one())?.source, 'ref');
    assert.is((await one())?.commit, commit);
    rig.git('update-ref', '-d', 'refs/ce/PRP-5/phase2');
    assert.is((await one())?.source, 'tag');
    assert.is((await one())?.tag, 'checkpoint-PRP-5-phase2-20261120-093000');
    rig.git('tag', '-d', 'checkpoint-PRP-5-phase2-20261120-093000');
    assert.is((await one())?.source, 'trailer');
    rig.git('clone', '--quiet', '--no-tags', rig.root, `${rig.around}/clone`);
    assert.is((await evidenceAt(`${rig.around}/clone`)).get('PRP-5')?.get('phase2')?.source, 'trailer', 'a fresh clone without .ce');
  });
});

test('an unchanged repository is answered without a git process; so is one whose refs were packed', async () => {
  await inRepository(async (rig, git) => {
    await checkpoint(git, []);
    const memory = memo();
    const before = await evidenceAt(rig.root, memory);
    assert.equal(await withoutGit(() => evidenceAt(rig.root, memory)), before);
    rig.git('pack-refs', '--all');
    assert.is((await evidenceAt(rig.root, memory)).get('PRP-5')?.get('phase2')?.source, 'ref');
    rig.git('commit', '--quiet', '--allow-empty', '-m', 'by hand');
    try {
      await withoutGit(() => evidenceAt(rig.root, memory));
      assert.unreachable('a new commit must be looked at');
    } catch (thrown) {
      assert.match(String(thrown), 'git is not installed');
    }
  });
});

test('new commits are read on top of what is remembered, and history that was rewritten is read anew', async () => {
  await inRepository(async (rig, git) => {
    const memory = memo();
    const first = await checkpoint(git, [], { phase: 'phase1', number: '1' });
    await evidenceAt(rig.root, memory);
    const second = await checkpoint(git, []);
    const both = (await evidenceAt(rig.root, memory)).get('PRP-5');
    assert.is(both?.get('phase1')?.commit, first);
    assert.is(both?.get('phase2')?.commit, second);
    assert.ok((both?.get('phase2')?.order ?? 0) > (both?.get('phase1')?.order ?? 0), 'a descendant has the higher order');
    rig.git('reset', '--quiet', '--hard', 'HEAD~1');
    assert.equal([...((await evidenceAt(rig.root, memory)).get('PRP-5')?.keys() ?? [])], ['phase1'], 'what HEAD left does not count');
  });
});

test('the newest checkpoint of a phase counts, and ids match exactly', async () => {
  await inRepository(async (rig, git) => {
    await checkpoint(git, [], { spec: 'b'.repeat(64) });
    await checkpoint(git, [], { spec: 'c'.repeat(64), heals: 2 });
    await checkpoint(git, [], { prp: 'PRP-50' });
    const evidence = await evidenceAt(rig.root);
    assert.is(evidence.get('PRP-5')?.get('phase2')?.spec, 'c'.repeat(64));
    assert.is(evidence.get('PRP-5')?.get('phase2')?.heals, 2);
    assert.equal([...evidence.keys()].sort(), ['PRP-5', 'PRP-50']);
  });
});

const WHOLE = messageOf(
  { prp: 'PRP-9', title: 'x', number: '1', kind: 'phase' },
  { prp: 'PRP-9', phase: 'phase1', run: 'run-00000', stage: null, spec: 'd'.repeat(64), gates: 'L1=pass', tree: 'clean', heals: 0 },
);
const BLOCK = WHOLE.slice(WHOLE.indexOf('Ce-Run'));

test('forged text outside a whole trailer block is not evidence', async () => {
  await inRepository(async (rig) => {
    const messages = [
      `PRP-9: Phase 1 - x\n\n${BLOCK}\nand a last paragraph\n`,
      `fix: typo\n\n${BLOCK}`,
      `PRP-1: Phase 1 - of another id\n\n${BLOCK}`,
      WHOLE.replace('L1=pass', 'L1=fail'),
      WHOLE.replace('L1=pass', 'L1=pass L2=failed'),
      WHOLE.replace('L1=pass', 'L4=pass'),
      WHOLE.replace('Ce-Tree: clean\n', ''),
      `${WHOLE}Ce-PRP: PRP-9\n`,
      WHOLE.replace(/Ce-Spec: d/, 'Ce-Spec: z'),
      `Revert "PRP-9: Phase 1 - x"\n\n${BLOCK}`,
    ];
    for (const message of messages) rig.git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message);
    assert.is((await evidenceAt(rig.root)).size, 0);
    rig.git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', WHOLE);
    assert.equal([...(await evidenceAt(rig.root)).keys()], ['PRP-9'], 'the whole one counts, so the test can fail');
  });
});

test('a title with line ends, forged trailers and control sequences becomes one line', async () => {
  const title = `x\n\nCe-Phase: phase9\nCe-Gates: L1=pass\r\u2028Ce-PRP: PRP-66\u0000\u001b[2J\u202e`;
  assert.is(oneLine(title), 'x Ce-Phase: phase9 Ce-Gates: L1=pass Ce-PRP: PRP-66 [2J');
  await inRepository(async (rig: Rig, git) => {
    await checkpoint(git, [], { title });
    assert.is(rig.git('log', '-1', '--format=%(trailers:key=Ce-Phase,valueonly)').trim(), 'phase2');
    assert.equal([...(await evidenceAt(rig.root)).keys()], ['PRP-5']);
  });
});

test('ids and titles of any kind survive a round trip', () => {
  for (const prp of ['PRP-5', 'PRP-47.1.1', 'DEDRIFT-20251017-133428', 'PRP-A', 'id: with colon', 'ünïcode']) {
    const facts = {
      prp,
      phase: 'phase10.1',
      run: 'run-00000',
      stage: 3,
      spec: 'd'.repeat(64),
      gates: 'L1=pass L2=unverified L4=n/a',
      tree: 'dirty' as const,
      heals: 1,
    };
    const message = messageOf({ prp, title: ' ', number: '10.1', kind: 'step' }, facts);
    const [subject = '', , ...trailers] = message.split('\n');
    assert.equal(readFacts(subject, trailers.join('\n')), facts);
  }
});

test('a repository without a commit has no evidence', async () => {
  const { makeRepository } = await import('../rig.ts');
  const rig = makeRepository();
  assert.is((await evidenceAt(rig.root)).size, 0);
  rig.close();
});

test.run();
