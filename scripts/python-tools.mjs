/**
 * The Python tools that tests and the Python example use, at fixed versions, in a virtual environment of this clone. Writes below
 * node_modules/.cache only, and puts nothing on PATH: who wants the tools gets their folder.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, takeLock } from './bootstrap.mjs';

const TOOLS = ['ruff==0.16.9', 'pytest==9.2.0'];
const STEP_SECONDS = 120;

const environmentOf = (root) => join(root, 'node_modules', '.cache', 'ce', 'python');
const binOf = (environment) => join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
const stampOf = (environment) => join(environment, 'tools');

/** The folder that holds the tools; null when they were not set up. Starts nothing. */
export function presentPythonTools(root = ROOT) {
  const environment = environmentOf(root);
  const bin = binOf(environment);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  // The interpreter is a link: an upgrade of the system's Python can leave it leading nowhere.
  const whole = ['python', 'ruff', 'pytest'].every((program) => existsSync(join(bin, `${program}${suffix}`)));
  return whole && readOrNull(stampOf(environment)) === TOOLS.join('\n') ? bin : null;
}

/** `{ bin }`, or `{ bin: null, reason }` where there is no Python or no package index. Never throws for those. */
export async function setUpPythonTools(root = ROOT, say = (line) => process.stderr.write(`${line}\n`)) {
  const present = presentPythonTools(root);
  if (present !== null) return { bin: present, reason: null };
  const environment = environmentOf(root);
  const release = await takeLock(environment, say);
  try {
    const meanwhile = presentPythonTools(root);
    if (meanwhile !== null) return { bin: meanwhile, reason: null };
    say(`Setting up ${TOOLS.join(' and ')} for the tests ...`);
    rmSync(environment, { recursive: true, force: true });
    mkdirSync(dirname(environment), { recursive: true });
    const python = process.platform === 'win32' ? 'python' : 'python3';
    const made = await run(python, ['-m', 'venv', environment]);
    if (!made.ok) return { bin: null, reason: `${python} -m venv: ${made.reason}` };
    const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--only-binary', ':all:', '--retries', '1', '--timeout', '15'];
    const installed = await run(join(binOf(environment), 'python'), ['-m', 'pip', 'install', ...options, ...TOOLS]);
    if (!installed.ok) return { bin: null, reason: `pip install ${TOOLS.join(' ')}: ${installed.reason}` };
    writeFileSync(stampOf(environment), TOOLS.join('\n'));
    const bin = presentPythonTools(root);
    return { bin, reason: bin === null ? 'the tools are not where pip should have put them' : null };
  } finally {
    release();
  }
}

/** `reason` is the last line that says what went wrong. */
function run(program, args) {
  return new Promise((settle) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: STEP_SECONDS * 1000, killSignal: 'SIGKILL' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-20_000)));
    child.on('error', (error) => settle({ ok: false, reason: error.message }));
    child.on('close', (code, signal) => {
      const lines = output.trim().split('\n');
      const said = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
      settle({ ok: code === 0, reason: signal === null ? said || `exit code ${code}` : `ended after ${STEP_SECONDS} s` });
    });
  });
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const { bin, reason } = await setUpPythonTools();
  process.stdout.write(`${bin ?? reason}\n`);
  process.exitCode = bin === null ? 1 : 0;
}
