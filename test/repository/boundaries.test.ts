/** The dependency rule catches what it names: every rule is broken once in a scratch tree, and a clean tree has no finding. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SOUND: Readonly<Record<string, string>> = {
  'core/model.ts': 'export const noun = 1;\n',
  'core/errors.ts': "import { noun } from './model.ts';\nexport const ok = noun;\n",
  'core/api.ts': "export { ok } from './errors.ts';\n",
  'core/suggest.ts': "import { distance } from 'fastest-levenshtein';\nexport const far = distance;\n",
  'core/process.ts': "import { execa } from 'execa';\nimport { spawn } from 'node:child_process';\nexport const run = [execa, spawn];\n",
  'core/spec/locate.ts': "import { readFileSync } from 'node:fs';\nimport { noun } from '../model.ts';\nexport const read = [readFileSync, noun];\n",
  'core/graph/build.ts':
    "import { createHash } from 'node:crypto';\nimport { read } from '../spec/locate.ts';\nimport { ok } from '../errors.ts';\nexport const build = [createHash, read, ok];\n",
  'core/vcs/git.ts': "import { run } from '../process.ts';\nimport { simpleGit } from 'simple-git';\nexport const git = [run, simpleGit];\n",
  'core/cache/store.ts': "import { build } from '../graph/build.ts';\nexport const store = build;\n",
  'core/run/run.ts':
    "import { git } from '../vcs/git.ts';\nimport { store } from '../cache/store.ts';\nimport { far } from '../suggest.ts';\nexport const go = [git, store, far];\n",
  'core/report/plain.ts': "import { go } from '../run/run.ts';\nexport const plain = go;\n",
  'core/cli/main.ts': "import { plain } from '../report/plain.ts';\nconsole.log(plain);\n",
  'plugins/index.ts': "import { ok } from '../core/api.ts';\nexport const plugin = ok;\n",
  'validators/index.ts': "import { ok } from '../core/api.ts';\nexport const validator = ok;\n",
  'scripts/tool.ts': 'export const tool = 1;\n',
};

/** One import that must not be, by the rule that forbids it. */
const BREACHES: Readonly<Record<string, readonly [file: string, line: string]>> = {
  'spec-looks-down': ['core/spec/locate.ts', "import '../graph/build.ts';"],
  'graph-looks-down': ['core/graph/build.ts', "import '../run/run.ts';"],
  'cache-looks-down': ['core/cache/store.ts', "import '../vcs/git.ts';"],
  'run-looks-down': ['core/run/run.ts', "import '../report/plain.ts';"],
  'reports-do-not-steer': ['core/session.ts', "import './report/plain.ts';"],
  'one-importer-of-execa': ['core/run/run.ts', "import 'execa';"],
  'one-importer-of-simple-git': ['core/vcs/tree.ts', "import 'simple-git';"],
  'one-importer-of-yaml': ['core/run/run.ts', "import 'yaml';"],
  'one-importer-of-ajv': ['core/run/run.ts', "import 'ajv/dist/2020.js';"],
  'plugins-use-the-public-door': ['plugins/index.ts', "import '../core/errors.ts';"],
  'plugins-and-validators-apart': ['plugins/index.ts', "import '../validators/index.ts';"],
  'core-without-plugins': ['core/run/run.ts', "import '../../plugins/index.ts';"],
  'the-nouns-stand-alone': ['core/model.ts', "import 'node:crypto';"],
  'the-base-knows-no-room': ['core/errors.ts', "import './spec/locate.ts';"],
  'the-graph-is-pure': ['core/graph/build.ts', "import 'node:fs/promises';"],
  'parsing-is-pure': ['core/spec/prp.ts', "import 'node:fs';"],
  'one-starter-of-processes': ['core/run/run.ts', "import 'node:child_process';"],
  'processes-below-the-rooms': ['core/process.ts', "import './graph/build.ts';"],
  'no-circles': ['core/api.ts', "import './late.ts';"],
  'no-orphans': ['core/alone.ts', 'export const alone = 1;'],
  'nothing-of-the-tests': ['core/run/run.ts', "import '../../scripts/tool.ts';"],
  'only-what-is-shipped': ['core/run/run.ts', "import 'fast-check';"],
  resolvable: ['core/run/run.ts', "import './nowhere.ts';"],
};

function rulesBrokenBy(extra: Readonly<Record<string, string>>): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'ce-boundaries-'));
  try {
    for (const name of ['.dependency-cruiser.mjs', 'package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(root, name));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
    for (const [file, text] of Object.entries({ ...SOUND, ...extra })) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const args = [
      join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      'core',
      'plugins',
      'validators',
    ];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (!stdout.startsWith('{')) throw new Error(`${stdout}${stderr}`);
    const { summary } = JSON.parse(stdout) as { summary: { violations: readonly { rule: { name: string } }[] } };
    return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('a tree that keeps the rules has no finding', () => {
  assert.equal(rulesBrokenBy({}), []);
});

test('each rule finds its breach', () => {
  const extra: Record<string, string> = { 'core/late.ts': "import './api.ts';\nexport const late = 1;\n" };
  for (const [file, line] of Object.values(BREACHES)) extra[file] = `${line}\n${extra[file] ?? SOUND[file] ?? ''}`;
  const found = rulesBrokenBy(extra);
  for (const rule of Object.keys(BREACHES)) assert.ok(found.includes(rule), `${rule} was not found; found: ${found.join(', ')}`);
});

test('every rule says in plain words what it keeps apart', async () => {
  const { default: config } = (await import(pathToFileURL(join(ROOT, '.dependency-cruiser.mjs')).href)) as {
    default: { forbidden: readonly { name: string; comment: string }[] };
  };
  for (const { name, comment } of config.forbidden) assert.match(comment, /^[A-Za-z].{30,}[.)]$/, name);
});

test.run();
