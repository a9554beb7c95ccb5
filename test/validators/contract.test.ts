import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Contract, checkContract, contract } from '../../validators/contract.ts';
import { pythonDefinitions } from '../../validators/contract-python.ts';
import { scriptDefinitions } from '../../validators/contract-script.ts';
import { commandCheck } from './rig.ts';

function phase(functions: readonly string[], paths: readonly string[], action: 'create' | 'modify' | 'delete' = 'create'): Contract {
  return { files: paths.map((path) => ({ path, action, line: 3 })), functions: functions.map((name) => ({ name, line: 5 })) };
}

const codes = (declared: Contract, files: Readonly<Record<string, string>>): readonly string[] | null =>
  checkContract(declared, (path) => files[path] ?? null)?.diagnostics.map((found) => `${found.code} ${found.file ?? '-'}:${found.line ?? '-'}`) ?? null;

test('L4 nothing declared is not applicable', () => {
  assert.is(codes(phase([], []), {}), null);
  assert.is(codes(phase(['f'], []), {}), null);
  assert.is(codes(phase([], ['src/*.py', 'tests/', 'All modules']), {}), null);
});

test('L4 declared files must exist, deleted ones must not, moved ones must have left', () => {
  assert.equal(codes(phase([], ['a.py']), {}), ['missing a.py:-']);
  assert.equal(codes(phase([], ['a.py']), { 'a.py': '\n' }), ['stub a.py:1']);
  assert.equal(codes(phase([], ['pkg/__init__.py']), { 'pkg/__init__.py': '' }), []);
  assert.equal(codes(phase([], ['a.py'], 'delete'), { 'a.py': 'x = 1' }), ['left-behind a.py:1']);
  assert.equal(codes({ files: [{ path: 'b.py', action: 'move', from: 'a.py' }], functions: [] }, { 'a.py': 'x = 1', 'b.py': 'x = 1' }), ['left-behind a.py:1']);
  assert.equal(codes(phase([], ['src/parsers']), {}), [], 'a name without an ending may be a folder');
});

/** [body of `f`, is it a stub] */
const PYTHON: readonly (readonly [string, boolean])[] = [
  ['def f():\n    pass\n', true],
  ['def f(): ...\n', true],
  ['def f():\n    """Only words."""\n', true],
  ['def f():\n    """Words."""\n    raise NotImplementedError("later")\n', true],
  ['def f():\n    raise NotImplementedError(\n        "later"\n    )\n', true],
  ['def f():\n    # TODO\n    return None\n', true],
  ['def f():\n    return None\n', false],
  ['def f():\n    """Words: pass"""\n    return 1\n', false],
  ['def f(\n    a: dict[str, int] = {"x": 1},\n) -> int:\n    return a["x"]\n', false],
  ['def f(\n    a: int,\n) -> int:\n    ...\n', true],
  ['async def f():\n    await g()\n', false],
  ['@decorated\ndef f(): return 1\n', false],
  ['@route(\n    "/x",\n)\n@abstractmethod\ndef f(self): ...\n', false],
  ['x = [\n    1,\n]\ndef f(): ...\n', true],
  ['class f:\n    pass\n', true],
  ['class f(Exception):\n    """Raised."""\n', false],
  ['@dataclass\nclass f:\n    x: int\n', false],
  ['class f:\n    def g(self):\n        return 1\n', false],
  ['f = partial(g, 1)\n', false],
  ['def f():\n    x = "# not a comment"\n    return x\n', false],
];

PYTHON.forEach(([text, stub], at) => {
  test(`L4 Python ${at + 1}: ${JSON.stringify(text)} is ${stub ? 'a stub' : 'done'}`, () => {
    assert.equal(
      codes({ ...phase(['f'], ['a.py']), files: [{ path: 'a.py', action: 'modify' }] }, { 'a.py': text }),
      stub ? [`stub a.py:${text.split('\n').findIndex((line) => /^(?:async def|def|class|f) ?/.test(line)) + 1}`] : [],
    );
  });
});

test('L4 a definition in a comment, a docstring or a string is none', () => {
  for (const text of ['# def f(): return 1\n', '"""\ndef f():\n    return 1\n"""\n', "x = 'def f(): return 1'\n", 'x = """\nclass f:\n  y = 1\n"""\n'])
    assert.equal(codes(phase(['f'], ['a.py']), { 'a.py': `y = 1\n${text}` }), ['missing a.py:1'], text);
  for (const text of [
    '// export function f() { return 1; }\n',
    '/*\nfunction f() { return 1; }\n*/',
    'const x = `\nfunction f() { return ${g({})}; }\n`;',
    'const re = /function f() {}/;',
  ])
    assert.equal(codes(phase(['f'], ['a.ts']), { 'a.ts': `${text}\n` }), ['missing a.ts:1'], text);
});

const SCRIPT: readonly (readonly [string, boolean])[] = [
  ['export function f() {}', true],
  ['export function f(): number { throw new Error("not implemented"); }', true],
  ['export function f() {\n  // TODO\n}', true],
  ['export function f(): void {\n  // TODO: later\n  return;\n}', true],
  ['export const f = () => {};', true],
  ['export const f = async (a: number): Promise<void> => {\n  throw new Error("Not implemented yet");\n};', true],
  ['export function f(a: { b: number }): { c: number } { return { c: a.b }; }', false],
  ['export function f(a: string): a is "x" {\n  return a === "x";\n}', false],
  ['export function f(n: number): never { throw new RangeError(`bad ${n}`); }', false],
  ['export async function* f<T>(x: T) { yield x; }', false],
  ['export const f = (a) => a + 1;', false],
  ['export const f = 1;', false],
  ['export default function f() { return /[{}]/.test("}"); }', false],
  ['class A {\n  async f(x = "{") {\n    return x;\n  }\n}', false],
  ['class A {\n  f() {}\n}', true],
  ['module.exports.f = function () { return 1; };', false],
  ['const g = 1;\nexport { g as f };', false],
  ['export interface f { a: number }', false],
  ['export type f = string;', false],
  ['function f(a: string): string;\nfunction f(a: string) { return a; }', false],
];

SCRIPT.forEach(([text, stub], at) => {
  test(`L4 TypeScript ${at + 1}: ${JSON.stringify(text)} is ${stub ? 'a stub' : 'done'}`, () => {
    const found = codes(phase(['f'], ['a.ts']), { 'a.ts': `${text}\n` });
    assert.is(found?.length, stub ? 1 : 0, JSON.stringify(found));
    if (stub) assert.match(found?.[0] ?? '', /^stub a\.ts:\d+$/);
  });
});

test('L4 names are found as they are written in specs: Class.method, calls, other languages', () => {
  assert.equal(
    codes(phase(['A.run', 'helper()', 'async def later(x)'], ['a.py']), {
      'a.py': 'class A:\n    def run(self):\n        return 1\n\n\ndef helper():\n    return 2\n\n\nasync def later(x):\n    return x\n',
    }),
    [],
  );
  assert.equal(codes(phase(['B.run'], ['a.py']), { 'a.py': 'class A:\n    def run(self):\n        return 1\n' }), ['missing a.py:1']);
  assert.equal(codes(phase(['Serve'], ['main.go']), { 'main.go': 'func Serve() error { return nil }' }), []);
  assert.equal(codes(phase(['Serve'], ['main.go']), { 'main.go': 'func Serves() {}' }), ['missing main.go:1']);
});

test('L4 the engine hands the contract over as options', () => {
  const context = { root: '/repo', read: () => null };
  const nothing = { exit: 0, signal: null, timedOut: false, cancelled: false, notFound: false, stdout: '', stderr: '', report: null, durationMs: 0 };
  const options = { files: [{ path: 'a.py', action: 'create', from: null }], functions: [{ name: 'f', signature: 'f()' }] };
  const check = { ...commandCheck(''), command: { argv: [] }, options };
  const judgement = contract.judge(nothing, check, context);
  assert.equal('verdict' in judgement && [judgement.verdict, judgement.diagnostics.length], ['fail', 2]);
  const broken = contract.judge(nothing, { ...check, options: {} }, context);
  assert.is('verdict' in broken && broken.verdict, 'config');
});

test('law: any text is read without a throw, and every line number is a line of it', () => {
  const piece = fc.constantFrom(
    'def f',
    'class A',
    '(',
    ')',
    ':',
    '{',
    '}',
    '"',
    "'",
    '`',
    '${',
    '/',
    '//',
    '/*',
    '*/',
    '#',
    '"""',
    '\\',
    '\n',
    '  ',
    'function f',
    '=>',
    'const x =',
    'a',
    '=',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
      (text) => {
        const lines = text.split(/\r\n|\n|\r/).length;
        return [...pythonDefinitions(text), ...scriptDefinitions(text)].every((definition) => definition.line >= 1 && definition.line <= lines);
      },
    ),
  );
});

// A reader that is not linear does not come to the end of these within the time limit of a test file.
test('hostile text of some hundred kilobytes is read to its end', () => {
  for (const unit of ['function f(', 'class A {', 'x = ', '"', '`${', '/', '(', ' ', 'def f(\n', '\t\tdef f():\n', '"' + '""', '\\', 'const a = (']) {
    const text = unit.repeat(Math.floor(300_000 / unit.length));
    for (const definition of [...pythonDefinitions(text), ...scriptDefinitions(text)]) assert.ok(text.includes(definition.name));
  }
});

test.run();
