/** The key of a check: what is part of it, and what is not. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, createFingerprinter, parseManifest, type CheckVersions } from '../../core/cache/fingerprint.ts';
import type { Check, Json } from '../../core/model.ts';
import { check, versions } from './place.ts';

const ROOT = '/home/dev/app';
const INPUTS = 'a'.repeat(64);

function key(one: Check, known: CheckVersions = versions, inputs = INPUTS, env: Readonly<Record<string, string>> = {}, root = ROOT): string {
  return createFingerprinter([root], env)(one, known, inputs).key;
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** The same value with the keys of every object in another order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item)]),
  ) as Json;
}

test('law: the order of keys does not count, and nothing else of the options is lost', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      assert.is(canonicalJson(one), canonicalJson(reversed(one)));
      assert.equal(JSON.parse(canonicalJson(one)), JSON.parse(JSON.stringify(one)));
      assert.is(key(check({ options: one })), key(check({ options: reversed(one) })));
      if (JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other))) assert.is.not(key(check({ options: one })), key(check({ options: other })));
    }),
    { numRuns: 300 },
  );
});

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  ) as Json;
}

test('law: every part of a check, its versions and its environment is in the key, and no two parts are taken for each other', () => {
  const text = fc.string({ minLength: 1, maxLength: 6 });
  const parts = fc.record({
    validator: text,
    project: text,
    cwd: text,
    argv: fc.array(text, { maxLength: 3 }),
    script: fc.option(text),
    options: fc.option(json, { nil: undefined }),
    expect: fc.option(text),
    needsTests: fc.boolean(),
    tool: fc.option(text),
    own: text,
    stamp: fc.option(text),
    value: fc.option(text),
    inputs: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
  });
  type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;
  const keyOf = (part: Parts): string =>
    key(
      check({
        validator: part.validator,
        project: part.project,
        cwd: part.cwd,
        command: part.script === null ? { argv: part.argv } : { script: part.script },
        needsTests: part.needsTests,
        env: ['CI'],
        ...(part.options === undefined ? {} : { options: part.options }),
        ...(part.expect === null ? {} : { expect: part.expect }),
      }),
      { validator: part.own, tool: part.tool, stamps: part.stamp === null ? {} : { lock: part.stamp } },
      part.inputs,
      part.value === null ? {} : { CI: part.value },
    );
  const meaning = (part: Parts): string =>
    JSON.stringify({ ...part, argv: part.script === null ? part.argv : null, options: part.options === undefined ? 'none' : [sorted(part.options)] });
  fc.assert(
    fc.property(
      parts,
      parts,
      fc.constantFrom(
        ...(['validator', 'project', 'cwd', 'argv', 'script', 'options', 'expect', 'needsTests', 'tool', 'own', 'stamp', 'value', 'inputs'] as const),
      ),
      (one, other, name) => {
        const changed = { ...one, [name]: other[name] };
        assert.is(keyOf(one) === keyOf(changed), meaning(one) === meaning(changed), name);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('level, time limit, origin, globs and the version command are no part of it', () => {
  const same = [check({ level: 'L2' }), check({ timeout: 1 }), check({ origin: 'PRPs/PRP-5.md:42' }), check({ inputs: ['**'] }), check({ version: null })];
  for (const one of same) assert.is(key(one), key(check()));
});

test('only declared variables count; unset is not empty', () => {
  assert.is(key(check(), versions, INPUTS, { CI: '1' }), key(check()));
  const declared = check({ env: ['CI'] });
  assert.is(new Set([key(declared), key(declared, versions, INPUTS, { CI: '' }), key(declared, versions, INPUTS, { CI: '1' })]).size, 3);
  assert.not.match(createFingerprinter([ROOT], { TOKEN: 'hunter2' })(check({ env: ['TOKEN'] }), versions, INPUTS).manifest, 'hunter2');
});

test('no path of the checkout is in it; a path that only starts alike is', () => {
  const at = (root: string): string =>
    key(
      check({ command: { script: `${root}/bin/lint --config="${root}"; cd '${root}'` }, env: ['PATH'], options: { folder: `${root}/src` } }),
      { ...versions, tool: `lint 1 (${root}/bin/lint)` },
      INPUTS,
      { PATH: `${root}/bin:/usr/bin` },
      root,
    );
  assert.is(at('/home/dev/app'), at('/srv/ci/build 7'));
  const other = (script: string, root: string): string => key(check({ command: { script } }), versions, INPUTS, {}, root);
  assert.is.not(other('/home/dev/app-old/x', '/home/dev/app'), other('/srv/b-old/x', '/srv/b'));
  assert.is.not(other('/mnt/home/dev/app/x', '/home/dev/app'), other('/mnt/srv/b/x', '/srv/b'));
});

test('the manifest says what the key is made of', () => {
  const { manifest } = createFingerprinter([ROOT], { CI: '1' })(
    check({ env: ['CI', 'NO'], options: { b: 1, a: 2 } }),
    { ...versions, stamps: { lockfile: 'ff' } },
    INPUTS,
  );
  const read = parseManifest(manifest);
  assert.is(manifest, canonicalJson(JSON.parse(manifest) as Json));
  assert.equal(
    [read.validator, read.tool, read.options, read.stamps, read.inputs, read.env['NO']],
    ['ruff', 'ruff 0.16.8', '{"a":2,"b":1}', { lockfile: 'ff' }, INPUTS, null],
  );
});

test.run();
