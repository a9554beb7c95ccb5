/**
 * What a program really is: the files that decide which version answers. A shim, a wrapper script or a launcher may answer with
 * another version tomorrow though none of its own files changed; such a program has no trace, and must be asked.
 */
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/** Stats of all the files, as one text: equal as long as the same program answers. */
export interface Trace {
  readonly signature: string;
  /** Absolute path of the interpreter of a script; null for a binary. */
  readonly interpreter: string | null;
  /** The latest change of any of the files, in milliseconds since 1970. */
  readonly changedMs: number;
}

/** Version managers and launchers: the folder, a config file or an environment decides what they start. */
const LAUNCHERS = new Set([
  'asdf',
  'bash',
  'bazelisk',
  'bun',
  'bunx',
  'busybox',
  'bwrap',
  'cargo',
  'conda',
  'corepack',
  'dash',
  'direnv',
  'docker',
  'env',
  'fnm',
  'go',
  'hatch',
  'ksh',
  'mise',
  'nix',
  'nix-shell',
  'nodenv',
  'npm',
  'npx',
  'nvm',
  'pdm',
  'pipenv',
  'pipx',
  'pixi',
  'pnpm',
  'pnpx',
  'podman',
  'poetry',
  'pyenv',
  'rbenv',
  'rtx',
  'rustc',
  'rustup',
  'rye',
  'sh',
  'sudo',
  'uv',
  'uvx',
  'volta',
  'volta-shim',
  'yarn',
  'yarnpkg',
  'zsh',
]);
const SHIM_FOLDERS = /[/\\](?:shims|corepack|\.volta|\.asdf|\.pyenv|\.rbenv|\.nodenv|mise)[/\\]/;
const PYTHON = /^python[\d.]*$/;

/** Where a program is, as the system would find it from `folder`; null when it is nowhere. */
export function findProgram(name: string, path: string, folder: string): string | null {
  if (name.includes('/') || name.includes('\\')) return isFile(isAbsolute(name) ? name : join(folder, name));
  for (const entry of path.split(delimiter)) {
    const found = entry === '' ? null : isFile(join(entry, name));
    if (found !== null) return found;
  }
  return null;
}

/** `argv` asks for a version; `program` is where its first word was found. Null when only asking tells. */
export function traceProgram(program: string, argv: readonly string[], path: string): Trace | null {
  const asksOnlyItself = argv.slice(1).every((argument) => argument.startsWith('-') || argument === 'version');
  if (!asksOnlyItself) return isModule(program, argv) ? traceInterpreter(program) : null;
  const real = realPath(program);
  if (real === null || isLauncher(program) || isLauncher(real)) return null;
  const head = readHead(real);
  if (isBinary(head)) return PYTHON.test(basename(real)) ? traceInterpreter(program) : traceOf(null, [program], [real]);
  const line = /^#!\s*(\S+)(?:\s+(.*?))?\s*(?:\n|\r|$)/.exec(head.toString('utf8'));
  if (line === null) return null;
  const interpreter = interpreterOf(line[1] ?? '', line[2] ?? '', path, dirname(program));
  if (interpreter === null) return null;
  return traceScript(program, real, interpreter);
}

/** A script of Python is of an environment, one of node is of a package; anything else may start whatever it likes. */
function traceScript(program: string, real: string, interpreter: string): Trace | null {
  const below = traceInterpreter(interpreter);
  if (below === null) return null;
  if (PYTHON.test(basename(interpreter))) return joinTraces(traceOf(interpreter, [program], [real]), below);
  const manifest = basename(realPath(interpreter) ?? '') === 'node' ? packageOf(real) : null;
  return manifest === null ? null : joinTraces(traceOf(interpreter, [program], [real, manifest]), below);
}

/** The binary, and for Python the environment that its packages are in; null outside one. */
function traceInterpreter(program: string): Trace | null {
  const real = realPath(program);
  if (real === null || isLauncher(program) || isLauncher(real) || !isBinary(readHead(real))) return null;
  if (!PYTHON.test(basename(program)) && !PYTHON.test(basename(real))) return traceOf(null, [program], [real]);
  const environment = dirname(dirname(program));
  const config = isFile(join(environment, 'pyvenv.cfg'));
  return config === null ? null : traceOf(null, [program], [real, config, ...packageFolders(environment)]);
}

/** `python -m pytest --version` */
function isModule(program: string, argv: readonly string[]): boolean {
  return PYTHON.test(basename(program)) && argv[1] === '-m' && argv.slice(3).every((argument) => argument.startsWith('-'));
}

function interpreterOf(first: string, rest: string, path: string, folder: string): string | null {
  if (basename(first) !== 'env') return isFile(first);
  const [name] = rest.replace(/^-S\s+/, '').split(/\s+/);
  return name === undefined || name === '' || name.startsWith('-') || name.includes('=') ? null : findProgram(name, path, folder);
}

function isLauncher(path: string): boolean {
  return LAUNCHERS.has(basename(path).replace(/\.(?:exe|cmd|ps1|js|cjs|mjs)$/i, '')) || SHIM_FOLDERS.test(path);
}

/** The package.json of the package that a program of `node_modules` is in. */
function packageOf(real: string): string | null {
  for (let folder = dirname(real); folder.includes('node_modules') && basename(folder) !== 'node_modules'; folder = dirname(folder)) {
    const manifest = isFile(join(folder, 'package.json'));
    if (manifest !== null) return manifest;
  }
  return null;
}

/** Installing or upgrading a package renames a folder in here. */
function packageFolders(environment: string): readonly string[] {
  try {
    return readdirSync(join(environment, 'lib'))
      .filter((name) => PYTHON.test(name))
      .sort()
      .map((name) => join(environment, 'lib', name, 'site-packages'));
  } catch {
    return [];
  }
}

/** `names` are the paths as found, `files` what they lead to. */
function traceOf(interpreter: string | null, names: readonly string[], files: readonly string[]): Trace {
  let changedMs = 0;
  const lines = files.map((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return `${file} -`;
    changedMs = Math.max(changedMs, stat.ctimeMs, stat.mtimeMs);
    return `${file} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
  });
  return { signature: [...names, ...lines].join('\n'), interpreter, changedMs };
}

function joinTraces(one: Trace, other: Trace): Trace {
  return { signature: `${one.signature}\n${other.signature}`, interpreter: one.interpreter, changedMs: Math.max(one.changedMs, other.changedMs) };
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function isFile(path: string): string | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : null;
  } catch {
    return null;
  }
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(512);
  try {
    const fd = openSync(path, 'r');
    try {
      return head.subarray(0, readSync(fd, head));
    } finally {
      closeSync(fd);
    }
  } catch {
    return head.subarray(0, 0);
  }
}

/** ELF, Mach-O (both orders and universal) and PE. */
function isBinary(head: Buffer): boolean {
  return (
    (head.length > 4 && ['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe'].includes(head.toString('hex', 0, 4))) ||
    head.toString('latin1', 0, 2) === 'MZ'
  );
}
