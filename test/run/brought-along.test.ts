/** What a clone brings along in `.ce`: nothing in it is believed, and nothing is written or removed through its links. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createJournal } from '../../core/state/journal.ts';
import { statePaths } from '../../core/state/paths.ts';
import { value } from '../rig.ts';
import { given, inPlace, phase, subjects } from './rig.ts';

const CANARY = 'touch ../canary';
const RUN = '20261120-093000-abc123';

test('a link in .ce is refused, and what it leads to stays as it is', async () => {
  for (const name of ['lock', 'runs', 'cache', 'cache/memo', 'history.json', '.gitignore'])
    await inPlace((place) => {
      given(place, 'PRP-1', [phase(1)]);
      const outside = join(place.around, 'outside');
      if (name === 'lock' || name === 'history.json' || name === '.gitignore') writeFileSync(outside, 'precious');
      else mkdirSync(outside);
      place.link(`.ce/${name}`, outside);
      assert.is(place.ceIn({ env: { CE_TRUST: undefined } }, 'show', 'PRP-1').exit, 0, name);
      const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
      assert.match(stdout + stderr, /CE_STATE_UNSAFE/, name);
      assert.is(exit, 2, name);
      if (statSync(outside).isDirectory()) assert.equal(readdirSync(outside), [], name);
      else assert.is(readFileSync(outside, 'utf8'), 'precious', name);
    });
});

test('nothing is collected behind a link in the cache', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1)]);
    const old = join(place.around, 'outside', 'old');
    mkdirSync(join(place.around, 'outside'));
    writeFileSync(old, 'precious');
    utimesSync(old, 1_600_000_000, 1_600_000_000);
    place.link('.ce/cache/cas', join(place.around, 'outside'));
    place.ce('cache', 'gc');
    place.ce('run', 'PRP-1');
    place.ce('cache', 'clear');
    assert.is(readFileSync(old, 'utf8'), 'precious');
  });
});

test('before a clone is approved every line of its commands is shown, and no control sequence hides one', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1, { command: 'test -f part1.txt \u001b[8m; ls\ntouch ../canary \u202e# harmless' })]);
    const { exit, stdout, stderr } = place.ceIn({ env: { CE_TRUST: undefined } }, 'run', 'PRP-1');
    assert.is(exit, 3);
    const said = stdout + stderr;
    assert.match(said, /test -f part1\.txt <U\+001B>\[8m; ls\n/);
    assert.match(said, /touch \.\.\/canary <U\+202E># harmless/);
    assert.not.ok(existsSync(join(place.around, 'canary')));
  });
});

test('a remembered reading of a spec that came with a copy is not believed: what runs is what the file says', async () => {
  await inPlace((place) => {
    const memo = join(place.root, '.ce/cache/memo');
    const readings = (): readonly string[] => readdirSync(memo).filter((name) => /^spec-(?!index)/.test(name));
    given(place, 'PRP-1', [phase(1, { command: CANARY })]);
    assert.is(place.ce('show', 'PRP-1').exit, 0);
    const [evil = ''] = readings();
    given(place, 'PRP-1', [phase(1)]);
    assert.is(place.ce('show', 'PRP-1').exit, 0);
    const [harmless = ''] = readings().filter((name) => name !== evil);
    assert.ok(harmless !== '');
    // As it comes with a clone: files of the same names and bytes in folders that were made anew.
    renameSync(join(memo, evil), join(memo, harmless));
    for (const name of readdirSync(memo)) if (name.startsWith('spec-index')) rmSync(join(memo, name));
    cpSync(memo, join(place.around, 'copy'), { recursive: true });
    rmSync(join(place.root, '.ce'), { recursive: true });
    cpSync(join(place.around, 'copy'), memo, { recursive: true });
    const { exit, stdout, stderr } = place.ce('run', 'PRP-1');
    assert.is(exit, 0, stdout + stderr);
    assert.not.ok(existsSync(join(place.around, 'canary')));
  });
});

test('a journal that came with a copy moves no ref and removes no folder', async () => {
  await inPlace((place) => {
    given(place, 'PRP-1', [phase(1)]);
    const paths = statePaths({ root: place.root, mainRoot: place.root });
    const precious = join(place.around, 'precious');
    mkdirSync(precious);
    const head = place.git('rev-parse', 'HEAD');
    place.git('branch', 'work');
    const begin = (): void => {
      const journal = value(createJournal(paths, RUN, { root: place.root, head, version: '0.0.0', request: null }));
      journal.append({ type: 'intent', intent: { kind: 'worktree', id: 'x', path: precious, branch: 'refs/heads/work', base: head } }, 'durable');
      journal.close();
    };
    begin();
    cpSync(paths.runs, join(place.around, 'copy'), { recursive: true });
    rmSync(paths.runs, { recursive: true });
    mkdirSync(join(place.around, 'takes the inode'));
    cpSync(join(place.around, 'copy'), paths.runs, { recursive: true });
    assert.is(place.ce('run', 'PRP-1').exit, 0);
    assert.ok(existsSync(precious), 'copied');
    assert.is(place.git('rev-parse', 'work'), head, 'copied');
    // Even where it is ce's own, only the folder that ce makes for an id is removed.
    rmSync(paths.runs, { recursive: true });
    begin();
    place.ce('prp', 'restore', 'PRP-1');
    assert.ok(existsSync(precious), 'own');
    assert.is(place.git('rev-parse', 'work'), head, 'own');
    assert.equal(subjects(place).slice(-1), ['PRP-1: Phase 1 - Part 1']);
  });
});

test.run();
