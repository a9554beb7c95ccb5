/**
 * Real specs against a truth that was read by a person: number, name and hours of every phase, or why there are none.
 * Runs where the folder is: `CE_CORPUS`, or `shared/corpus` beside the repository. It is no part of this one, so elsewhere nothing is missing.
 */
// time limit: 300 s
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePrp } from '../../core/spec/prp.ts';

/** Phases as [number, name, hours], or the reason in words. */
type Truth = Readonly<Record<string, string | readonly (readonly [string, string, number | null])[]>>;

const folder = process.env['CE_CORPUS'] ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const truth = JSON.parse(readFileSync(new URL('truth.json', import.meta.url), 'utf8')) as Truth;

function filesOf(name: string): readonly string[] {
  const path = join(folder, name);
  return existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.md')).map((file) => join(path, file)) : [];
}

const files = [...filesOf('prps'), ...filesOf('other-formats')];

test('the truth names phases that can be told apart', () => {
  for (const [file, phases] of Object.entries(truth)) {
    if (typeof phases === 'string') continue;
    assert.ok(phases.length > 0, file);
    for (const [number, name] of phases) assert.ok(number !== '' && name !== '', file);
  }
});

if (files.length === 0) process.stdout.write(`no corpus at ${folder} (set CE_CORPUS): nothing is compared\n`);
else {
  test('E3 number, name and hours of the phases are right for every file of the corpus', () => {
    const wrong: string[] = [];
    for (const path of files) {
      const file = path.split('/').at(-1) ?? '';
      const expected = truth[file];
      const { phases, executable, reason } = parsePrp(`PRPs/${file}`, readFileSync(path, 'utf8'));
      const read = phases.map(({ number, name, hours }) => [number, name, hours]);
      if (expected === undefined) wrong.push(`${file}: no truth is written down for it`);
      else if (typeof expected === 'string') {
        if (executable || (reason ?? '') === '') wrong.push(`${file}: nothing in it can be run (${expected})`);
      } else if (JSON.stringify(read) !== JSON.stringify(expected)) wrong.push(`${file}:\n  read  ${JSON.stringify(read)}\n  truth ${JSON.stringify(expected)}`);
      else if (!executable) wrong.push(`${file}: it can be run, but is not: ${reason ?? ''}`);
    }
    assert.equal(wrong, []);
    assert.is(files.length, Object.keys(truth).length);
  });
}

test.run();
