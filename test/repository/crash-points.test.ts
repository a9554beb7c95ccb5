/** Every rename, ref update, spawn and fsync of core has a crash point beside it, and every crash point is used. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CRASH_POINTS } from '../../core/crash.ts';

const CORE = join(import.meta.dirname, '../../core');
/** Calls after which the disk, a ref or the process table is different. */
const EFFECT =
  /\b(?:rename|renameSync|fsync|fsyncSync|fdatasync|fdatasyncSync|linkSync|renameInto|updateRef|execa|spawnSync)\(|await sync\(|\.(?:sync|dataSync|datasync)\(|\['(?:update-ref|worktree', 'add|read-tree', '--reset)'/;
const NEAR = 4;
/** Lines that only pass an effect on, with the place where the crash point is. */
const ELSEWHERE: readonly (readonly [string, RegExp, string])[] = [
  ['vcs/update-ref.ts', /./, 'its callers: each change of refs has its own name'],
  ['vcs/worktree.ts', /updateRef/, 'deletes a branch that an undone intent made; repeatable'],
  ['vcs/refresh-index.ts', /linkSync/, 'a lock of git; the rename that ends it has the points'],
  ['state/files.ts', /on\.sync/, 'the disk below it'],
  ['state/journal.ts', /on\.dataSync/, 'the disk below it'],
  ['cache/write-file.ts', /renameSync\(|renameInto\(from|fdatasync\(fd, /, 'its callers: each kind of file has its own name'],
  ['report/file-output.ts', /renameSync/, 'a report for people, which ce never reads'],
];

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
}

/** Lines of effects without a crash point within four lines. */
function uncovered(name: string, text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (!EFFECT.test(line) || /^\s*(?:\*|\/\/|\/\*\*|import |export (?:async )?function|async function|function)/.test(line)) return [];
    if (ELSEWHERE.some(([file, pattern]) => name === file && pattern.test(line))) return [];
    return lines.slice(Math.max(0, at - NEAR), at + NEAR + 1).some((near) => near.includes('crashPoint(')) ? [] : [`core/${name}:${at + 1} ${line.trim()}`];
  });
}

test('no rename, ref update, spawn or fsync is without a crash point', () => {
  assert.equal(
    sources(CORE).flatMap((name) => uncovered(name, readFileSync(join(CORE, name), 'utf8'))),
    [],
  );
});

test('the scan sees an effect that has none', () => {
  for (const line of [
    '  renameSync(a, b);',
    '  fdatasyncSync(fd);',
    '  await updateRef(git, change);',
    "  await git.raw(['update-ref', ref]);",
    '  const child = execa(file, args);',
    '  on.sync(fd);',
  ]) {
    assert.is(uncovered('x.ts', `a\nb\n${line}\nc\n`).length, 1, line);
    assert.is(uncovered('x.ts', `a\ncrashPoint('x');\n${line}\nc\n`).length, 0, line);
  }
});

test('every name of the table stands in the code, as it is or as a template', () => {
  const text = sources(CORE)
    .filter((name) => name !== 'crash.ts')
    .map((name) => readFileSync(join(CORE, name), 'utf8'))
    .join('\n');
  const named = [...text.matchAll(/crashPoint\(['`]([^'`]+)['`]\)/g)].map(
    (match) => new RegExp(`^${(match[1] ?? '').replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '\\w+')}$`),
  );
  assert.equal(
    CRASH_POINTS.filter((name) => !named.some((pattern) => pattern.test(name))),
    [],
  );
});

test.run();
