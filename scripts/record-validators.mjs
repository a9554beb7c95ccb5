/**
 * Writes down what the real tools say in every state, for the tests of the parsers.
 *   node --import tsx scripts/record-validators.mjs [part of a case's name]
 * ruff and pytest are looked for in CE_TOOLS_PATH (written like PATH), then in PATH; cases of absent tools are left as they are.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CASES } from '../test/validators/cases.ts';
import { createTree, hasTool, judgeLive, REPOSITORY, toolPath } from '../test/validators/rig.ts';
import { builtinValidators } from '../validators/index.ts';

const only = process.argv[2] ?? '';
const needs = { ruff: 'ruff', 'ruff-format': 'ruff', pytest: 'pytest' };
const tools = (process.env['CE_TOOLS_PATH'] ?? '')
  .split(':')
  .filter((folder) => folder !== '')
  .map((folder) => dirname(folder));
const prefixes = spawnSync('python3', ['-c', 'import sys; print(sys.base_prefix)'], {
  encoding: 'utf8',
  env: { ...process.env, PATH: toolPath() },
}).stdout?.trim();

function anonymous(text, root) {
  if (text === null) return null;
  let clean = text;
  const pairs = [
    [encodeURI(root), '/repo'],
    [root, '/repo'],
    [REPOSITORY, '/ce'],
    ...tools.map((folder) => [folder, '/tools']),
    ...(prefixes ? [[prefixes, '/python']] : []),
    [homedir(), '/home/user'],
  ];
  for (const [from, to] of pairs) clean = clean.replaceAll(from, to);
  return clean
    .replace(/0x[0-9a-f]{6,}/g, '0x0')
    .replace(/"?duration_ms"?[ :]+[\d.]+/g, 'duration_ms 1')
    .replace(/ in \d+\.\d+s\b/g, ' in 0.01s');
}

for (const entry of CASES.filter((candidate) => candidate.name.includes(only))) {
  const validator = builtinValidators().find((candidate) => candidate.name === entry.validator);
  const program = needs[entry.validator];
  if (validator === undefined) throw new Error(`${entry.name}: no validator ${entry.validator}`);
  if (program !== undefined && !hasTool(program)) {
    process.stdout.write(`skipped: ${entry.name} (${program} is not installed)\n`);
    continue;
  }
  const tree = createTree(entry.files, entry.modules);
  try {
    const { check, result, judgement } = await judgeLive(tree, validator, (found) =>
      entry.args === undefined ? found : { ...found, command: { argv: [...found.command.argv, ...entry.args] } },
    );
    const file = fileURLToPath(new URL(`../test/fixtures/validators/${entry.name}.json`, import.meta.url));
    mkdirSync(dirname(file), { recursive: true });
    const record = {
      command: check.command,
      exit: result.exit,
      signal: result.signal,
      stdout: anonymous(result.stdout, tree.root),
      stderr: anonymous(result.stderr, tree.root),
      report: anonymous(result.report, tree.root),
    };
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    process.stdout.write(
      `${judgement.verdict === entry.verdict ? 'as expected' : `OTHER THAN ${entry.verdict}`}: ${entry.name} → ${judgement.verdict} ${JSON.stringify(judgement.tests ?? null)} ${judgement.message ?? ''}\n`,
    );
    const found = judgement.diagnostics.map(
      (diagnostic) => `${diagnostic.code} ${diagnostic.file ?? '-'}${diagnostic.line === undefined ? '' : `:${diagnostic.line}`}`,
    );
    if (JSON.stringify(found) !== JSON.stringify(entry.found)) process.stdout.write(`  found ${JSON.stringify(found)}\n`);
  } finally {
    tree.remove();
  }
}
