/** `.ce` is made once, ignored from the inside, shared by worktrees, and refused when it is not safe. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureStateDir } from '../../core/state/dir.ts';
import { statePaths } from '../../core/state/paths.ts';
import { readSession, removeSession, writeSession } from '../../core/state/session-file.ts';
import { codeOf, inRepository, value } from '../rig.ts';
import { inPlace, RUN } from './place.ts';

test("git sees nothing of .ce, and the user's ignore files are not touched", async () => {
  await inRepository(async (rig) => {
    const paths = statePaths({ root: rig.root, mainRoot: rig.root });
    value(ensureStateDir(paths));
    value(ensureStateDir(paths));
    assert.is(readFileSync(paths.ignore, 'utf8'), '*\n');
    assert.is(rig.git('status', '--porcelain', '--untracked-files=all'), '');
    assert.not.ok(existsSync(join(rig.root, '.gitignore')));
  });
});

test("D3.40 a .ce that is a link, a file, someone else's or of a newer ce is refused, and nothing is written", async () => {
  await inPlace((paths, root) => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('elsewhere', paths.ce);
    assert.is(codeOf(ensureStateDir(paths)), 'CE_STATE_UNSAFE');
    assert.not.ok(existsSync(join(root, 'elsewhere/runs')));
    rmSync(paths.ce);
    writeFileSync(paths.ce, '');
    assert.is(codeOf(ensureStateDir(paths)), 'CE_STATE_UNSAFE');
    rmSync(paths.ce);
    mkdirSync(paths.ce);
    writeFileSync(paths.version, '99\n');
    assert.is(codeOf(ensureStateDir(paths)), 'CE_STATE_VERSION');
    rmSync(paths.version);
    if (process.getuid?.() === 0) {
      chownSync(paths.ce, 12345, 12345);
      assert.is(codeOf(ensureStateDir(paths)), 'CE_STATE_UNSAFE');
    } else {
      chmodSync(paths.ce, 0o500);
      assert.is(codeOf(ensureStateDir(paths)), 'CE_STATE_WRITE');
      chmodSync(paths.ce, 0o700);
    }
  });
});

test("E4 the session file has the seeds' fields; it goes on for the same PRP and begins anew for another", async () => {
  await inPlace((paths) => {
    value(writeSession(paths, { prp: { id: 'PRP-5', title: 'Login' }, phase: 'phase1', run: RUN, attempts: { L1: 1 } }));
    value(
      writeSession(paths, {
        prp: { id: 'PRP-5', title: 'Login' },
        phase: 'phase2',
        run: RUN,
        attempts: { L1: 1, L2: 2 },
        checkpoint: 'checkpoint-PRP-5-phase1-20261120-093000',
      }),
    );
    const { started_at: startedAt, pid, ...rest } = JSON.parse(readFileSync(paths.session, 'utf8')) as Record<string, unknown>;
    assert.equal(rest, {
      prp_id: 'PRP-5',
      prp_name: 'Login',
      phase: 'phase2',
      last_checkpoint: 'checkpoint-PRP-5-phase1-20261120-093000',
      checkpoint_count: 1,
      validation_attempts: { L1: 1, L2: 2, L3: 0, L4: 0 },
      serena_memories: [],
      run_id: RUN,
    });
    assert.is(pid, process.pid);
    assert.ok(!Number.isNaN(Date.parse(String(startedAt))));
    assert.is(value(writeSession(paths, { prp: { id: 'PRP-6', title: 'x' }, phase: 'phase1', run: null, attempts: {} })).checkpoint_count, 0);
  });
});

test('E14 the session file is removed at the end; a damaged or foreign one is no session', async () => {
  await inPlace((paths) => {
    removeSession(paths);
    value(writeSession(paths, { prp: { id: 'PRP-5', title: 'Login' }, phase: 'phase1', run: RUN, attempts: {} }));
    removeSession(paths);
    assert.is(readSession(paths), null);
    writeFileSync(paths.session, '{"prp_id": "PRP-A", "phase": "planning"}');
    assert.is(readSession(paths)?.validation_attempts.L3, 0);
    for (const text of ['', '{', '[]', '{"prp_id": 5}']) {
      writeFileSync(paths.session, text);
      assert.is(readSession(paths), null, text);
    }
  });
});

test('E22 a linked checkout shares runs and cache, and has a session of its own', () => {
  const paths = statePaths({ root: '/b', mainRoot: '/a' });
  assert.is(paths.session, '/b/.ce/active_prp_session');
  assert.is(paths.journal(RUN), `/a/.ce/runs/${RUN}/journal.jsonl`);
  assert.is(paths.cache, '/a/.ce/cache');
  assert.is(paths.taskLog(RUN, 'PRP-5:phase2:L1'), `/a/.ce/runs/${RUN}/logs/PRP-5.phase2.L1`);
  assert.is(paths.taskLog(RUN, '../../x'), `/a/.ce/runs/${RUN}/logs/x`);
});

test.run();
