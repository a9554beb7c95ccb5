/** Package scripts and unittest: test runs and linters that no validator of their own covers, offered as commands. */
import { testInputs, TIME_LIMIT } from './inputs.ts';
import { NODE_TEST } from './node-test.ts';
import { packageManager, type PackageJson, readPackage } from './package-json.ts';
import { pytestConfig, pythonTests, readPython } from './python-project.ts';
import { doesNothing, runsTests } from './test-run.ts';
import { inProject } from './text.ts';
import type { Check, Level, ProjectView } from '../core/api.ts';

const INTEGRATION = ['test:integration', 'integration', 'test:e2e', 'e2e'];
const TYPE_CHECKS = ['typecheck', 'type-check', 'check-types', 'check:types'];
/** A script that rewrites files judges nothing. */
const WRITES = /--(?:fix|write|apply|update)\b/;

function scriptCheck(view: ProjectView, manifest: PackageJson, name: string, level: Level): Check {
  const manager = packageManager(view, manifest);
  const argv =
    name === 'test' && manager === 'npm' ? ['npm', 'test', '--silent'] : manager === 'npm' ? ['npm', 'run', '--silent', name] : [manager, 'run', name];
  const check: Check = {
    validator: 'command',
    level,
    project: view.project.dir,
    command: { argv },
    cwd: view.project.dir,
    inputs: null,
    env: [],
    version: null,
    timeout: TIME_LIMIT,
    cache: false,
    needsTests: false,
    origin: 'package.json',
  };
  return level === 'L1'
    ? check
    : { ...check, needsTests: runsTests(check, (path) => (path === inProject(view.project.dir, 'package.json') ? view.read('package.json') : null)) };
}

/** Tests that only unittest can run here: none of them asks for pytest, and pytest is not installed. */
function unittestCheck(view: ProjectView): readonly Check[] {
  const python = readPython(view);
  const tests = pythonTests(view);
  const first = tests.find((file) => /^\s*(?:import unittest|from unittest\b)/m.test(view.read(file) ?? ''));
  if (first === undefined || python.declared.has('pytest') || pytestConfig(view, python) !== null || view.tool('pytest', 'python') !== null) return [];
  const tool = view.tool('python', 'python') ?? view.tool('python3', 'python') ?? ['python3'];
  const folder = first.includes('/') ? ['-s', first.split('/')[0] ?? '.', '-t', '.'] : [];
  return [
    {
      validator: 'command',
      level: 'L2',
      project: view.project.dir,
      command: { argv: [...tool, '-m', 'unittest', 'discover', '-v', ...folder] },
      cwd: view.project.dir,
      inputs: testInputs(),
      env: [],
      version: [...tool, '--version'],
      timeout: TIME_LIMIT,
      cache: true,
      needsTests: true,
      origin: first,
    },
  ];
}

/** Checks of validator `command` for this project. A script has unknown inputs, so its verdict is never cached. */
export function detectCommands(view: ProjectView): readonly Check[] {
  const manifest = readPackage(view);
  return [...(manifest === null ? [] : scriptChecks(view, manifest)), ...unittestCheck(view)];
}

function scriptChecks(view: ProjectView, manifest: PackageJson): readonly Check[] {
  const { scripts } = manifest;
  const checks: Check[] = [];
  const lint = scripts['lint'];
  if (lint !== undefined && !/\beslint\b/.test(lint) && !WRITES.test(lint) && !doesNothing(lint)) checks.push(scriptCheck(view, manifest, 'lint', 'L1'));
  const types = view.has('tsconfig.json') ? undefined : TYPE_CHECKS.find((name) => scripts[name] !== undefined);
  if (types !== undefined) checks.push(scriptCheck(view, manifest, types, 'L1'));
  const test = scripts['test'];
  if (test !== undefined && !doesNothing(test) && !/no test specified/.test(test) && (!NODE_TEST.test(test) || test.includes('--test-reporter')))
    checks.push(scriptCheck(view, manifest, 'test', 'L2'));
  const integration = INTEGRATION.find((name) => scripts[name] !== undefined && !doesNothing(scripts[name]));
  if (integration !== undefined) checks.push(scriptCheck(view, manifest, integration, 'L3'));
  return checks;
}
