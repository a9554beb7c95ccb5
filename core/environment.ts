/** The environment of commands: a default list of names, what the config declares, and fixed values that make tools speak to machines. Pure. */

const EXACT = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TERM',
  'CI',
  'HOSTNAME',
  'VIRTUAL_ENV',
  'LD_LIBRARY_PATH',
  'PKG_CONFIG_PATH',
  'CC',
  'CXX',
  'CFLAGS',
  'CXXFLAGS',
  'LDFLAGS',
  'MAKEFLAGS',
  'JAVA_HOME',
  'JDK_HOME',
  'M2_HOME',
  'PNPM_HOME',
  'VOLTA_HOME',
  'BUN_INSTALL',
  'DENO_DIR',
  'PLAYWRIGHT_BROWSERS_PATH',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  // Windows.
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  'OS',
]);
const PREFIXES = [
  'LC_',
  'NODE_',
  'npm_config_',
  'NPM_CONFIG_',
  'PNPM_',
  'YARN_',
  'COREPACK_',
  'NVM_',
  'FNM_',
  'PYTHON',
  'CONDA_',
  'UV_',
  'PIP_',
  'PYENV_',
  'POETRY_',
  'GO',
  'CARGO_',
  'RUSTUP_',
  'RUST_',
  'MISE_',
  'ASDF_',
  'GRADLE_',
  'MAVEN_',
  'DOTNET_',
  'XDG_',
  'SSL_CERT_',
  'DYLD_',
];
/** Of Node's own machinery between a parent and its child: a task that sees them behaves as if a harness had started it. */
const NEVER = new Set(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID', 'NODE_TEST_CONTEXT', 'NODE_V8_COVERAGE']);
/** What shells keep for themselves; a task's output that names one of them does not ask for it. */
const BOOKKEEPING = new Set([
  '_',
  'PWD',
  'OLDPWD',
  'SHLVL',
  'PS1',
  'PS2',
  'COLUMNS',
  'LINES',
  'EDITOR',
  'PAGER',
  'DISPLAY',
  'MAIL',
  'NO_COLOR',
  'FORCE_COLOR',
  'CE_RUN_ID',
  'CE_PROCESS',
  'CE_REPORT',
]);

/** No colour, no prompts, UTF-8, and no files beside the sources. English messages, for they are parsed. */
const FIXED = { NO_COLOR: '1', CI: '1', FORCE_COLOR: '0', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' } as const;

const SECRET_PART = /(?:^|[a-z0-9]*)(?:tokens?|secrets?|passwords?|passwd|passphrase|apikey|credentials?)$|^(?:keys?|auth|pass|pat|accesskey|privatekey)$/;

/** True when a part of the name says that the value is secret: `NPM_TOKEN`, `awsSecretAccessKey`, and neither `AUTHOR` nor `KEYBOARD`. */
export function isSecretName(name: string): boolean {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((part) => SECRET_PART.test(part));
}

function byDefault(name: string): boolean {
  if (NEVER.has(name) || isSecretName(name)) return false;
  return EXACT.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)) || /_proxy$/i.test(name);
}

function passes(name: string, declared: readonly string[]): boolean {
  return declared.includes(name) || byDefault(name);
}

/**
 * The complete environment of a command. `declared` names are let through whatever they are called; `extra` has the last word.
 * No `GIT_*` variable passes undeclared: one that points at another index or work tree would make every git command of a task lie.
 */
export function taskEnvironment(parent: NodeJS.ProcessEnv, declared: readonly string[], extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && passes(name, declared)) environment[name] = value;
  }
  const locale = process.platform === 'win32' || declared.some((name) => name === 'LANG' || name.startsWith('LC_')) ? {} : { LC_ALL: 'C.UTF-8' };
  const fixed = Object.entries({ ...FIXED, ...locale }).filter(([name]) => !declared.includes(name) || parent[name] === undefined);
  return { ...environment, ...Object.fromEntries(fixed), ...extra };
}

/** Names of variables that ce has, that a command does not see, and that its output names, sorted: `KeyError: 'DATABASE_URL'`. */
export function withheldIn(output: string, parent: NodeJS.ProcessEnv, declared: readonly string[]): string[] {
  return Object.keys(parent)
    .filter((name) => name.length > 2 && !BOOKKEEPING.has(name) && !passes(name, declared) && standsIn(output, name))
    .sort();
}

function standsIn(text: string, name: string): boolean {
  const letter = /[A-Za-z0-9_]/;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!letter.test(text[at - 1] ?? ' ') && !letter.test(text[at + name.length] ?? ' ')) return true;
  }
  return false;
}

/** Words so common that blanking them would blank ordinary text: the stock passwords of development databases. */
const STOCK = new Set(['postgres', 'postgresql', 'password', 'changeme', 'development', 'production', 'localhost', 'rootroot', 'undefined', 'disabled']);

/** Values that must never be shown: of secret-named variables, at least 8 characters long; a multi-line value by its lines. */
export function secretValues(parent: NodeJS.ProcessEnv): string[] {
  const values = Object.entries(parent).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) ? value.split(/\r?\n/).map((line) => line.trim()) : [],
  );
  return [...new Set(values.filter((value) => value.length >= 8 && !STOCK.has(value)))];
}
