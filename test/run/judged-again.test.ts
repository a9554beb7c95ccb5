/** Evidence belongs to the tree that was tested: a level that passed before the tree changed is judged again before the checkpoint. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const CE = new URL('../../dist/main.js', import.meta.url).pathname;

/** L1 wants no `bad` in the file; L2 writes one, once. */
function repository(l2: string): string {
  const root = mkdtempSync(join(tmpdir(), 'ce-again-'));
  mkdirSync(join(root, 'PRPs'));
  const l1 = { level: 'L1', command: 'echo run >> .git/l1-runs; ! grep -q bad part.txt' };
  writeFileSync(join(root, 'ce.config.json'), JSON.stringify({ detect: false, validators: { words: l1 } }));
  const phase = `### Phase 1: Part (10 min)\n\n**Files to Create**:\n\n- \`part.txt\` - part\n\n\`\`\`txt part.txt\ngood\n\`\`\`\n\n**Validation Command**: \`${l2}\`\n`;
  writeFileSync(join(root, 'PRPs', 'PRP-1-part.md'), `---\nprp_id: PRP-1\ntitle: Part\n---\n\n# PRP-1: Part\n\n## Implementation Blueprint\n\n${phase}`);
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'T');
  git('config', 'user.email', 't@example.invalid');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  return root;
}

function run(root: string) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, XDG_STATE_HOME: join(root, '.git', 'state'), CE_TRUST: '1' };
  const { status, stdout } = spawnSync(process.execPath, [CE, 'run', 'PRP-1', '--json'], { cwd: root, env, encoding: 'utf8' });
  return { status, commits: execFileSync('git', ['log', '--oneline'], { cwd: root, encoding: 'utf8' }).trim().split('\n').length, stdout };
}

const l1Runs = (root: string): number =>
  readFileSync(join(root, '.git', 'l1-runs'), 'utf8')
    .trim()
    .split('\n').length;

test('a later gate that makes the tree fail an earlier one ends in no checkpoint', () => {
  const root = repository('grep -q bad part.txt || echo bad >> part.txt');
  try {
    const { status, commits } = run(root);
    assert.is(status, 1);
    assert.is(commits, 1, 'nothing is checkpointed');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('a later gate that changes the tree harmlessly makes the earlier one run once more, and the checkpoint stands', () => {
  const root = repository('grep -q fine part.txt || echo fine >> part.txt');
  try {
    const { status, commits } = run(root);
    assert.is(status, 0);
    assert.is(commits, 2);
    assert.is(l1Runs(root), 2);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('nothing runs twice when nothing changed', () => {
  const root = repository('grep -q good part.txt');
  try {
    assert.is(run(root).status, 0);
    assert.is(l1Runs(root), 1);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
