import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Escalation, Verdict } from '../../core/api.ts';
import { createHooks, type GateFailure } from '../../core/hooks.ts';
import { escalation } from '../../plugins/escalation.ts';
import { result, task } from '../heal/rig.ts';

type Answer = Omit<Escalation, 'id'> | undefined;

function ask(
  found: readonly Diagnostic[],
  more: { readonly verdict?: Verdict; readonly message?: string; readonly name?: string; readonly history?: readonly string[] } = {},
): Answer {
  const hooks = createHooks();
  escalation().apply({ hooks });
  const failing = [result(more.name ?? 'pytest', more.verdict ?? 'fail', found, more.message === undefined ? {} : { message: more.message })];
  const failure: GateFailure = { task, failing, failure: { code: 'CE_GATE_FAILED', message: 'L2 failed' }, fingerprint: 'f' };
  return hooks.escalate.call(failure, more.history ?? []);
}

/** A diagnostic without a place, as a plain command gives it. */
const said = (message: string): Diagnostic => ({ source: 'command', code: '', severity: 'error', message });
const at = (message: string, code = '', file = 'tests/test_auth.py', source = 'pytest'): Diagnostic => ({
  source,
  code,
  severity: 'error',
  message,
  file,
  line: 12,
});

test('E17 persistent: the same fingerprint three times running, with the hints of the seeds', () => {
  const located = at('assert 1 == 2');
  assert.is(ask([located], { history: ['f'] }), undefined);
  assert.is(ask([located], { history: ['f', 'f', 'g'] }), undefined);
  assert.is(ask([located], { history: ['f', 'g'] }), undefined);
  const answer = ask([located], { history: ['g', 'f', 'f'] });
  assert.is(answer?.code, 'CE_ESCALATE_PERSISTENT');
  assert.match(answer?.troubleshooting[0] ?? '', 'same error occurred three times');
  assert.match(answer?.troubleshooting.join() ?? '', 'architecture');
});

test('E18 ambiguous: a failure that names neither file nor line', () => {
  for (const message of ['something went wrong', 'Error: unexpected error occurred', '', 'make: *** [test] Error 2']) {
    const answer = ask([said(message)], { name: 'check' });
    assert.is(answer?.trigger, 'ambiguous', message);
    assert.match(answer?.troubleshooting[0] ?? '', 'by hand');
    assert.ok(answer?.actions.includes('check .'), 'the command to run by hand');
  }
  assert.is(ask([], { verdict: 'crash' })?.trigger, 'ambiguous');
  assert.is(ask([said('wrong'), at('assert 1 == 2')]), undefined, 'one located diagnostic is enough to work with');
  assert.is(ask([said('src/a.c:12: error: no')]), undefined, 'the text names the place');
  assert.is(ask([{ ...said('exit code 1'), file: 'PRPs/PRP-5.md', line: 4 }])?.trigger, 'ambiguous', 'where the command is written is not where it fails');
});

test('a timeout, a refused configuration and an empty run say themselves what is wrong: nobody is asked', () => {
  for (const verdict of ['timeout', 'config', 'empty'] as const) assert.is(ask([], { verdict, message: 'no tests were found' }), undefined);
});

test('E19 architectural: rules and phrases about structure', () => {
  const cases: readonly Diagnostic[] = [
    said('circular import detected between auth.py and models.py'),
    said('Error: Circular dependency: a -> b -> a'),
    said('this needs a redesign of the storage layer'),
    said('refactoring required'),
    at("ImportError: cannot import name 'A' from partially initialized module 'circ.a' (most likely due to a circular import) (/x/circ/a.py)"),
    at('Cyclic import (pkg.a -> pkg.b)', 'R0401', 'a.py', 'pylint'),
    at('Dependency cycle detected', 'import/no-cycle', 'a.ts', 'eslint'),
    said('  error no-circular: src/a.ts -> src/b.ts'),
    said('package x\n\timports x/a\n\timports x/b: import cycle not allowed'),
    said('Contracts: 2 kept, 1 broken.'),
    said('src/a.ts\n  1:1  error  Dependency cycle detected  import/no-cycle'),
  ];
  for (const one of cases) assert.is(ask([one])?.trigger, 'architectural', one.message);
});

test('E20 external: network, packages, tools', () => {
  const cases: readonly Diagnostic[] = [
    said('connection refused'),
    said('Error: connect ECONNREFUSED 127.0.0.1:5432'),
    said('package not found'),
    said('npm error code ENOTFOUND\nnpm error network request failed'),
    said('curl: (6) Could not resolve host: example.test'),
    said('ERROR: No matching distribution found for zzz'),
    said('bash: line 1: ruffzz: command not found'),
    said("fatal: unable to access 'https://x.test/': Could not resolve host: x.test"),
    at('ConnectionRefusedError: [Errno 111] Connection refused'),
    at("E   requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='x', port=443): Read timed out."),
    at("Cannot find module 'lodash' or its corresponding type declarations.", 'TS2307', 'src/a.ts', 'tsc'),
    at("ModuleNotFoundError: No module named 'jwt'"),
    said('ImportError: FastAPI requires version >= 0.95.0, found 0.88.0'),
    said('go: example.test/m imports\n\tgithub.com/x/y: no required module provides package github.com/x/y; to add it:'),
    said('error: failed to select a version for the requirement `serde = "^9"`'),
  ];
  for (const one of cases) {
    const answer = ask([one]);
    assert.is(answer?.trigger, 'dependency', one.message);
    assert.match(answer?.troubleshooting.join() ?? '', 'PyPI, npm');
  }
});

test('a missing tool is a dependency, with the command that installs it', () => {
  const answer = ask([], { verdict: 'tool-missing', name: 'ruff', message: 'ruff is configured and not installed' });
  assert.equal([answer?.trigger, answer?.code, answer?.message], ['dependency', 'CE_ESCALATE_DEPENDENCY', 'ruff is configured and not installed']);
  assert.is(answer?.actions[0], 'python -m pip install ruff');
});

test('an install is suggested for a known tool, never for a name that code happens to import', () => {
  const answer = ask([at("ModuleNotFoundError: No module named 'jwt'")]);
  assert.equal(
    answer?.actions.filter((action) => action.includes('install')),
    [],
  );
  assert.match(answer?.message ?? '', 'jwt');
});

test("the project's own module is ordinary work, not a dependency", () => {
  assert.is(ask([at("ModuleNotFoundError: No module named 'auth.tokens'", '', 'src/auth/login.py')]), undefined);
  for (const specifier of ['./nope', '../x', '@/lib/x', '~/x', '#internal', '/abs/x']) {
    assert.is(ask([at(`Cannot find module '${specifier}' or its corresponding type declarations.`, 'TS2307', 'src/a.ts', 'tsc')]), undefined, specifier);
  }
});

test('E21 security: never healed, whatever else is wrong', () => {
  const cases: readonly Diagnostic[] = [
    said('vulnerability detected'),
    said('secret exposed'),
    said('# npm audit report\n\nlodash  <=4.17.20\nSeverity: critical\nPrototype Pollution - https://github.com/advisories/GHSA-jf85-cpcp-j695'),
    said('Found 2 known vulnerabilities in 1 package'),
    said('npm error code E401\nnpm error Unable to authenticate'),
    said('git@github.com: Permission denied (publickey).'),
    said("Error: EACCES: permission denied, open '/etc/hosts'"),
    at("PermissionError: [Errno 13] Permission denied: '/etc/shadow'"),
    at('Possible hardcoded password', 'S105', 'a.py', 'ruff'),
    at('found GitHub Token', '@secretlint/secretlint-rule-github', 'a.ts', 'secretlint'),
    said('pkg 1.0 is affected by CVE-2024-12345'),
  ];
  for (const one of cases) {
    const answer = ask([one, at('Dependency cycle detected', 'import/no-cycle', 'a.ts', 'eslint'), said('connection refused')]);
    assert.is(answer?.trigger, 'security', one.message);
    assert.match(answer?.troubleshooting[0] ?? '', 'never fixed automatically');
  }
});

test('words decide nothing: failing tests, names and quoted texts are ordinary failures', () => {
  const cases: readonly Diagnostic[] = [
    at('test_token_timeout: assert 1 == 2'),
    at('AssertionError: expected 200, got 401 Unauthorized'),
    at("assert 'connection refused' == 'ok'"),
    at('E   TimeoutError: expected call within timeout\nE   assert False'),
    at("'secret' is assigned a value but never used", 'no-unused-vars', 'a.js', 'eslint'),
    at('`security` imported but unused', 'F401', 'a.py', 'ruff'),
    at("Cannot find name 'token'.", 'TS2304', 'a.ts', 'tsc'),
    at('PermissionError: user may not delete a credential'),
    at('FAILED tests/test_refactor.py::test_permission_denied - assert 0'),
    at('Undefined name `password`', 'F821', 'a.py', 'ruff'),
    at("    # refactor: circular import\n>   raise ValueError('x')\nE   ValueError: the package not found page is missing"),
    at('RuntimeError: could not redesign the layout'),
  ];
  for (const one of cases) assert.is(ask([one]), undefined, one.message);
});

test('law: no identifier makes a located failure escalate', () => {
  const word = fc.constantFrom(
    'token',
    'password',
    'secret',
    'timeout',
    'security',
    'permission',
    'credential',
    'unauthorized',
    'refactor',
    'redesign',
    'circular',
    'vulnerability',
    'connection',
    'refused',
    'network',
    'cve',
    'import',
  );
  const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('_'));
  const message = fc
    .tuple(
      fc.constantFrom(
        'Undefined name `{}`',
        'test_{}: assert {} == 1',
        '"Settings" has no attribute "{}"',
        'TypeError: {}() missing 1 required positional argument',
        "'{}' is defined but never used",
        'NameError: name {} is not defined',
        "KeyError: '{}'",
      ),
      name,
    )
    .map(([form, id]) => form.replaceAll('{}', id));
  fc.assert(
    fc.property(message, name, (text, id) => {
      assert.is(ask([at(text, 'F821', `tests/test_${id}.py`)]), undefined, text);
    }),
  );
});

test('an answer has at most 20 lines of evidence, two to four actions, and names the task', () => {
  const answer = ask(Array.from({ length: 40 }, (_, index) => at(`Dependency cycle detected ${index}`, 'import/no-cycle', 'a.ts', 'eslint')));
  assert.is(answer?.evidence.length, 20);
  assert.match(answer?.evidence[19] ?? '', '21 more lines');
  assert.match(answer?.evidence[0] ?? '', 'a.ts:12: import/no-cycle');
  const count = answer?.actions.length ?? 0;
  assert.ok(count >= 2 && count <= 4, String(count));
  assert.ok(answer?.actions.includes('ce run PRP-5:phase2'));
  assert.is(answer?.task, 'PRP-5:phase2:L1');
});

test('a policy of the repository answers first', () => {
  const hooks = createHooks();
  escalation().apply({ hooks });
  hooks.escalate.tap('house', ({ task: { id } }) => ({
    trigger: 'policy',
    code: 'CE_ESCALATE_POLICY',
    task: id,
    message: 'ours',
    evidence: [],
    troubleshooting: [],
    actions: [],
  }));
  const answer = hooks.escalate.call(
    { task, failing: [result('x', 'fail', [said('secret exposed')])], failure: { code: 'CE_GATE_FAILED', message: '' }, fingerprint: 'f' },
    [],
  );
  assert.is(answer?.trigger, 'policy');
});

test.run();
