/**
 * Gets a clone ready to run: checks node and git, installs once, builds when sources changed. No dependency outside Node, since it
 * runs before there is any. May write only below node_modules and dist, and one lock folder in the temporary directory.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NEEDED = [20, 19];
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;

/** Something outside this repository is not as it must be. `next` is what to type or do. */
export class SetupError extends Error {
  constructor(message, next) {
    super(message);
    this.next = next;
  }
}

/** Installs and builds what is stale below `root`; `say` gets one line before each slow step. Throws SetupError. */
export async function bootstrap(root = ROOT, say = (line) => process.stderr.write(`${line}\n`)) {
  checkNode(process.versions.node);
  checkGit();
  if (isInstalled(root) && !(await isBuildStale(root))) return;
  const release = await takeLock(root, say);
  try {
    if (!isInstalled(root)) {
      say('Installing dependencies (npm ci) ...');
      await npmCi(root);
      writeStamp(root);
    }
    if (await isBuildStale(root)) {
      const { build } = await import('./build.mjs');
      await build(root);
    }
  } finally {
    release();
  }
}

/** Prints a SetupError and ends with exit code 2; anything else is thrown on. */
export function reportSetupError(error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\nSet-up failed: ${error.message}\nNext: ${error.next}\n`);
  process.exitCode = 2;
}

export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  throw new SetupError(
    `Node ${version} is too old: ce needs Node ${NEEDED.join('.')} or newer.`,
    'Install a newer Node from https://nodejs.org and run the same command again.',
  );
}

function checkGit() {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
  } catch {
    throw new SetupError('git was not found.', 'Install git (https://git-scm.com) and run the same command again.');
  }
}

const stampFile = (root) => join(root, 'node_modules', '.cache', 'ce', 'installed');

function wantedStamp(root) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '');
  for (const file of ['package.json', 'package-lock.json']) hash.update('\0').update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function isInstalled(root) {
  if (readOrNull(stampFile(root)) === wantedStamp(root)) return true;
  if (!matchesLockfile(root)) return false;
  writeStamp(root);
  return true;
}

/**
 * True when npm's own record of node_modules has every package of the lockfile, dev ones too, and their folders are there: someone ran
 * `npm ci` already. The record alone is no proof, since `npm install --package-lock-only` writes it as well.
 */
function matchesLockfile(root) {
  const record = readOrNull(join(root, 'node_modules', '.package-lock.json'));
  if (record === null) return false;
  const installed = JSON.parse(record).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
  return wanted.every(([path, entry]) => {
    if (path === '') return true;
    if (installed[path] === undefined) return Boolean(entry.optional);
    return installed[path].version === entry.version && existsSync(join(root, path));
  });
}

function writeStamp(root) {
  mkdirSync(dirname(stampFile(root)), { recursive: true });
  writeFileSync(stampFile(root), wantedStamp(root));
}

async function isBuildStale(root) {
  const { isStale } = await import('./build.mjs');
  return isStale(root);
}

/** `--include=dev` because NODE_ENV=production would leave out what builds and tests ce. */
function npmCi(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const cli = process.env.npm_execpath ?? '';
  const [program, first] = /npm-cli\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output = (output + data).slice(-20_000)));
    child.on('error', (error) =>
      reject(new SetupError(`npm could not be started: ${error.message}`, 'Install npm (it comes with Node) and run the same command again.')),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const reason = UNREACHABLE.exec(output)?.[0];
      const tail = worthReading(output);
      if (reason === undefined)
        return reject(new SetupError(`npm ci ended with exit code ${code}.\n${tail}`, 'Mend what npm names above, then run the same command again.'));
      reject(
        new SetupError(
          `the npm registry cannot be reached (${reason}).\n${tail}`,
          'Connect to the network, or set the registry and proxy for npm, and run the same command again.',
        ),
      );
    });
  });
}

/** npm names the fault first and then explains its flags: the first lines that it calls errors, or else the last of all. */
function worthReading(output) {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => /^npm (error|ERR!)/.test(line));
  return (errors.length > 0 ? errors.slice(0, 8) : lines.slice(-8)).join('\n');
}

/** One installer at a time in a clone. The lock lies outside node_modules because npm ci removes that folder. */
export async function takeLock(root, say) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `ce-setup-${process.getuid?.() ?? 'user'}-${name}`);
  const owner = join(lock, 'pid');
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock, owner)) {
      // Only one of several waiting processes can rename it away.
      const aside = `${lock}.${process.pid}`;
      try {
        renameSync(lock, aside);
        rmSync(aside, { recursive: true, force: true });
      } catch {}
    } else {
      if (waited === 0) say('Another process is setting up this clone; waiting for it ...');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function isAbandoned(lock, owner) {
  const pid = Number(readOrNull(owner));
  if (pid > 0) return !isAlive(pid);
  try {
    return Date.now() - statSync(lock).mtimeMs > 10_000;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
