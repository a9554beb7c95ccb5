import { inPlace, given, phase, prp, outcomes } from './rig.ts';
const j = (r: any) => `${r.exit_code} ${r.failure?.code ?? ''} ${r.failure?.message ?? ''} why=${r.failure?.why ?? ''}`;
const log = (p: any) => p.git('log', '--format=%h %s', '--name-status');
const part = async (name: string, f: (p: any) => any) => {
  console.log('=====', name);
  try {
    await inPlace(f);
  } catch (e) {
    console.log('THROWN', e);
  }
};
await part('ignored file', async (p) => {
  p.write('.gitignore', 'build/\n');
  given(p, 'PRP-1', [phase(1, { files: { 'build/out.txt': 'x\n' }, command: 'test -f build/out.txt' })]);
  const r = p.ce('run', 'PRP-1');
  console.log(r.exit, r.stdout.slice(-1500), r.stderr, log(p));
});
await part('staged foreign', async (p) => {
  given(p, 'PRP-1', [phase(1)]);
  p.write('base.txt', 'staged\n');
  p.git('add', 'base.txt');
  p.write('base.txt', 'staged and more\n');
  p.write('n.txt', 'new');
  p.git('add', 'n.txt');
  console.log(j(await p.json('run', 'PRP-1', '--allow-dirty')));
  console.log(p.git('status', '--porcelain'), '|', p.git('show', ':base.txt'), log(p));
});
await part('commit during run', async (p) => {
  given(p, 'PRP-1', [phase(1, { command: 'git commit -q --allow-empty -m mine; test -f part1.txt' })]);
  console.log(j(await p.json('run', 'PRP-1')));
  console.log(log(p));
  console.log(j(await p.json('run', 'PRP-1', '--dry-run')));
});
await part('switch during run', async (p) => {
  given(p, 'PRP-1', [phase(1, { command: 'git checkout -q -B other; test -f part1.txt' })]);
  console.log(j(await p.json('run', 'PRP-1')));
  console.log(p.git('log', '--all', '--format=%h %d %s'));
});
await part('gate wipes', async (p) => {
  given(p, 'PRP-1', [phase(1, { command: 'test -f part1.txt; git clean -fdq' })]);
  const r = await p.json('run', 'PRP-1');
  console.log(j(r), outcomes(r));
  console.log(log(p));
});
await part('gate wipes, nothing declared', async (p) => {
  given(p, 'PRP-1', [phase(1, { command: 'echo y > base.txt; git checkout -q base.txt; test -f base.txt', files: {} })]);
  const r = await p.json('run', 'PRP-1');
  console.log(j(r), outcomes(r));
  console.log(log(p));
});
await part('ids', async (p) => {
  for (const id of ['../../x', 'a b', 'x.lock', '-x', 'PRP-1..2', 'PRP@{1}', 'é', 'refs/heads/main', '.']) {
    p.write('PRPs/x.md', prp(JSON.stringify(id), [phase(1)]));
    const r = await p.json('run', 'PRPs/x.md');
    console.log(JSON.stringify(id), r.prp_id, j(r), r.checkpoints_created, p.git('for-each-ref', '--format=%(refname)', 'refs/ce'));
    p.git('reset', '-q', '--hard', 'main');
    p.git('clean', '-fdq');
    if (r.exit_code === 0) p.git('reset', '-q', '--hard', 'HEAD~1');
  }
});
await part('restore and run', async (p) => {
  given(p, 'PRP-1', [phase(1), phase(2), phase(3)]);
  await p.json('run', 'PRP-1');
  console.log(p.ce('prp', 'restore', 'PRP-1', 'phase1').exit, p.git('log', '--format=%s'));
  const r = await p.json('run', 'PRP-1');
  console.log(j(r), outcomes(r));
});
await part('gpgsign', async (p) => {
  given(p, 'PRP-1', [phase(1)]);
  p.git('config', 'commit.gpgsign', 'true');
  p.git('config', 'gpg.program', '/bin/false');
  const r = await p.json('run', 'PRP-1');
  console.log(j(r));
  console.log(p.git('status', '--porcelain'), log(p));
});
await part('delete and move', async (p) => {
  p.write('old.txt', 'o\n');
  p.write('gone.txt', 'g\n');
  given(p, 'PRP-1', [
    phase(1, {
      files: {},
      command: 'test ! -e gone.txt && test -f new/old.txt && test ! -e old.txt',
      extra: '**Files to Delete**:\n\n- `gone.txt`\n\n**Files to Move**:\n\n- `old.txt` → `new/old.txt`\n\n',
    }),
  ]);
  const r = await p.json('run', 'PRP-1');
  console.log(j(r), outcomes(r));
  console.log(log(p));
});
