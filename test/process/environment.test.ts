import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSecretName, secretValues, taskEnvironment, withheldIn } from '../../core/environment.ts';

const parent = {
  PATH: '/bin',
  HOME: '/home/a',
  LANG: 'de_DE.UTF-8',
  LC_TIME: 'C',
  TZ: 'UTC',
  TERM: 'xterm',
  VIRTUAL_ENV: '/venv',
  UV_CACHE_DIR: '/uv',
  NODE_OPTIONS: '--max-old-space-size=4096',
  https_proxy: 'http://p',
  npm_config_cache: '/npm',
  XDG_CACHE_HOME: '/x',
  GOFLAGS: '-mod=mod',
  DATABASE_URL: 'postgres://db',
  NPM_TOKEN: 'npm-token-value',
  NODE_AUTH_TOKEN: 'auth-token-value',
  UV_INDEX_PASSWORD: 'pw-of-the-index',
  GIT_DIR: '/elsewhere/.git',
  GIT_INDEX_FILE: '/elsewhere/index',
  NODE_TEST_CONTEXT: 'child-v8',
  NODE_CHANNEL_FD: '3',
  AWS_SECRET_ACCESS_KEY: 'aws-secret-value',
  MY_SETTING: 'mine',
  PWD: '/somewhere',
  SHLVL: '3',
  BASH_ENV: '/evil',
};

test('toolchains pass by default; secrets, git and what Node passes to its children do not', () => {
  const env = taskEnvironment(parent, []);
  assert.equal(
    Object.keys(env).sort(),
    [
      'CI',
      'FORCE_COLOR',
      'GOFLAGS',
      'HOME',
      'LANG',
      'LC_ALL',
      'LC_TIME',
      'NODE_OPTIONS',
      'NO_COLOR',
      'PATH',
      'PYTHONDONTWRITEBYTECODE',
      'PYTHONUTF8',
      'TERM',
      'TZ',
      'UV_CACHE_DIR',
      'VIRTUAL_ENV',
      'XDG_CACHE_HOME',
      'https_proxy',
      'npm_config_cache',
    ].sort(),
  );
  assert.equal(
    [env['NO_COLOR'], env['FORCE_COLOR'], env['CI'], env['PYTHONUTF8'], env['PYTHONDONTWRITEBYTECODE'], env['LC_ALL']],
    ['1', '0', '1', '1', '1', 'C.UTF-8'],
  );
});

test('row 23: a secret passes only when it is declared by name', () => {
  assert.is(taskEnvironment(parent, [])['AWS_SECRET_ACCESS_KEY'], undefined);
  assert.is(taskEnvironment(parent, ['AWS_SECRET_ACCESS_KEY'])['AWS_SECRET_ACCESS_KEY'], 'aws-secret-value');
});

test('a declared name beats the fixed value, and extra beats all', () => {
  const env = taskEnvironment({ ...parent, CI: '0', FORCE_COLOR: '3' }, ['CI', 'LANG'], { PATH: '/only', CE_REPORT: '/r' });
  assert.equal([env['CI'], env['FORCE_COLOR'], env['PATH'], env['CE_REPORT'], env['LC_ALL'], env['LANG']], ['0', '0', '/only', '/r', undefined, 'de_DE.UTF-8']);
});

test('names that say secret, and names that only look like it', () => {
  for (const name of [
    'NPM_TOKEN',
    'GITHUB_TOKEN',
    'API_KEY',
    'awsSecretAccessKey',
    'DB_PASSWORD',
    'PGPASSWORD',
    'MYSQL_PASSWD',
    'GOOGLE_CREDENTIALS',
    'BASIC_AUTH',
    'SSH_KEYS',
    'OPENAI_APIKEY',
    'npm_config__authToken',
    'SIGNING_SECRET',
    'GH_PAT',
  ])
    assert.ok(isSecretName(name), name);
  for (const name of [
    'AUTHOR',
    'GIT_AUTHOR_NAME',
    'KEYBOARD_LAYOUT',
    'MONKEY',
    'PATH',
    'PYTHON_KEYRING_BACKEND',
    'TOKENIZERS_PARALLELISM',
    'PASSENGER',
    'HOME',
  ])
    assert.not(isSecretName(name), name);
});

test('a failing output that names a withheld variable says which', () => {
  assert.equal(withheldIn("KeyError: 'DATABASE_URL'", parent, []), ['DATABASE_URL']);
  assert.equal(withheldIn('at process.env.MY_SETTING\nNPM_TOKEN is not set', parent, []), ['MY_SETTING', 'NPM_TOKEN']);
  assert.equal(withheldIn('MY_SETTINGS and XMY_SETTING, PWD, SHLVL and PATH', parent, []), []);
  assert.equal(withheldIn('DATABASE_URL', parent, ['DATABASE_URL']), []);
  assert.equal(withheldIn('OTHER_URL is not set', parent, []), [], 'a variable that ce does not have is not withheld');
});

test('values to hide: secret names, 8 characters or more, no stock words; lines of a long one', () => {
  assert.equal(
    secretValues({ A_TOKEN: 'short', B_TOKEN: 'longer-value', DB_PASSWORD: 'postgres', PATH: '/usr/local/bin', K_KEY: 'first-line-of-it\nsecond-line-of-it' }),
    ['longer-value', 'first-line-of-it', 'second-line-of-it'],
  );
});

test.run();
