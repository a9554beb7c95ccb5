/**
 * `npm start [example] [--again]`: the main job on a bundled example, in a scratch repository in the temporary directory. The scratch is
 * kept, so that the second start finds everything done; `--again` throws it away first.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bootstrap, ROOT, reportSetupError, SetupError } from './bootstrap.mjs';
import { presentPythonTools } from './python-tools.mjs';

/** Folder below `examples/`, what to run in it, and programs that it needs beside our own dependencies. */
const EXAMPLES = {
  typescript: { target: 'PRP-1', programs: [] },
  python: { target: 'PRP-1', programs: ['ruff', 'pytest'] },
};

async function main(args) {
  const name = args.find((arg) => !arg.startsWith('-')) ?? 'typescript';
  const example = EXAMPLES[name];
  const source = join(ROOT, 'examples', name);
  if (example === undefined || !existsSync(source))
    throw new SetupError(`there is no example called ${name}.`, `Examples: ${Object.keys(EXAMPLES).join(', ')}`);
  const missing = example.programs.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined);
  const lent = missing.length > 0 ? presentPythonTools() : null;
  if (missing.length > 0 && lent === null)
    throw new SetupError(
      `the example ${name} needs ${missing.join(' and ')}.`,
      `Install ${missing.join(' and ')}, or let npm test set them up for this clone (node scripts/python-tools.mjs), or run the other example: npm start`,
    );

  await bootstrap();
  const scratch = prepare(name, source, args.includes('--again') ? 'again' : 'keep');
  if (lent !== null && !existsSync(join(scratch, '.venv'))) {
    process.stderr.write(`Using the ${missing.join(' and ')} of this clone's tests (.venv).\n`);
    symlinkSync(dirname(lent), join(scratch, '.venv'), 'junction');
  }
  const ce = join(ROOT, 'dist', 'main.js');
  process.stderr.write(`$ cd ${scratch}\n$ ce run ${example.target}\n\n`);
  const { status, signal } = spawnSync(process.execPath, [ce, 'run', example.target, '--yes'], { cwd: scratch, stdio: 'inherit' });
  process.exitCode = signal === null ? (status ?? 70) : 130;
  if (process.exitCode === 0) process.stderr.write(nextSteps(scratch, ce, example.target));
}

function nextSteps(scratch, ce, target) {
  const hints = [
    [`ce show ${target}`, 'what ce reads in the spec'],
    [`ce explain ${target}`, 'why nothing would run now'],
    ['ce validate', 'judge the tree as it is'],
    ['git log --stat', 'the checkpoints'],
  ];
  return [
    '',
    'Look around (commits and tags are real):',
    `  cd "${scratch}"`,
    `  alias ce='node "${ce}"'`,
    ...hints.map(([command, what]) => `  ${command.padEnd(24)}${what}`),
    '',
    'npm start again: all is done and nothing runs. npm start -- --again: from the beginning.',
    '',
  ].join('\n');
}

/** The scratch repository: a copy of the example with one commit. It has its final name only when it is complete. */
function prepare(name, source, mode) {
  const user = process.getuid?.() ?? 'user';
  const home = join(tmpdir(), `ce-examples-${user}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (typeof user === 'number' && lstatSync(home).uid !== user) throw new SetupError(`${home} belongs to someone else.`, 'Set TMPDIR to a folder of your own.');
  const scratch = join(home, `${name}-${contentHash(source)}`);
  if (mode === 'again') rmSync(scratch, { recursive: true, force: true });
  if (existsSync(scratch)) return scratch;

  const draft = `${scratch}.${process.pid}`;
  cpSync(source, draft, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(draft, 'node_modules'), 'junction');
  const env = Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('GIT_')));
  const git = (...args) => execFileSync('git', args, { cwd: draft, env, stdio: ['ignore', 'ignore', 'inherit'] });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'ce example');
  git('config', 'user.email', 'example@localhost');
  git('config', 'commit.gpgsign', 'false');
  // A pattern that ends in a slash would not match a link.
  appendFileSync(join(draft, '.git', 'info', 'exclude'), 'node_modules\n.venv\n');
  git('add', '--all');
  git('commit', '--quiet', '--no-verify', '--message', `The ${name} example`);
  renameSync(draft, scratch);
  return scratch;
}

/** Another content, or another clone, is another scratch. */
function contentHash(folder) {
  const hash = createHash('sha256').update(ROOT);
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()) hash.update(`\0${path}\0`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 10);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  reportSetupError(error);
}
