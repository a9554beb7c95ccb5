/** Tells a command from prose, a path or a name in code. Errs on the side of prose: what is not run is listed as unverified. */

const PROGRAMS = new Set(
  (
    'alembic awk basename bash bats biome black brew bun bundle bunx c8 cargo cat cd ce chmod cmake composer cp curl cypress date deno diff dirname django-admin docker ' +
    'docker-compose dotnet du echo egrep env eslint exit export fgrep file find flake8 for gem gh git go gofmt golangci-lint gradle grep gunicorn head helm ' +
    'if java javac jest jq kill kubectl lighthouse ln ls lsof make markdownlint markdownlint-cli2 mkdir mocha mv mvn mypy mysql nc node npm npx nyc nx openssl ' +
    'patch perl php phpunit pip pip3 pipx playwright pnpm poetry pre-commit prettier printf psql pwd pylint pyright pytest python python3 rails rake read redis-cli rg rm ' +
    'rspec rsync rubocop ruby ruff rustc rustup sed set sh shellcheck sleep sort source sqlite3 ssh stat swift tail tap tar tee terraform test time timeout touch ' +
    'tox tree true tsc tsx turbo uname uniq unzip until uv uvicorn uvu uvx vite vitest vue-tsc watch wc wget which while wrangler xargs xcodebuild yarn yq zip zsh'
  ).split(' '),
);
/** Programs that say something without an argument. */
const ALONE = new Set(
  'black cargo ce eslint flake8 jest make mocha mypy phpunit pre-commit prettier pylint pyright pytest rspec rubocop ruff tox tsc vitest'.split(' '),
);
const PLACEHOLDER = /(?:^|\s)\.\.\.(?:\s|$|["'])|\{\{|<[a-z][a-z _-]*>(?!\S)|\[(?:your|command|test|path)[^\]]*\]|\{[a-z][a-z_ -]*\}(?!\S)/;

export function looksLikeCommand(text: string): boolean {
  const line = text.trim().replace(/^\$\s+/, '');
  const first = firstWord(line);
  if (first === '' || line.length > 2000 || isPlaceholder(line)) return false;
  const alone = line === first;
  if (/^\.{1,2}\/[\w./-]+$/.test(first)) return !alone || /\.(?:sh|bash|py|js|mjs|ts)$|^[^.]*\/[\w-]+$/.test(first);
  if (first === '[' || first === '[[' || first === '!' || first === '(') return !alone;
  const name = first.split('/').at(-1) ?? first;
  if (!PROGRAMS.has(name)) return / && | \|\| /.test(line) && /^[a-z][\w.-]*$/.test(first);
  return !alone || ALONE.has(name);
}

/** `FOO=1 npm test` starts with `npm`. */
function firstWord(line: string): string {
  const words = line.split(/\s+/, 12);
  return words.find((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== 'sudo') ?? '';
}

/** A template that someone has to fill in. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.length > 4000 ? text.slice(0, 4000) : text);
}

/** `/mcp`, `/doctor`: a command of a chat program, which nothing here can run. */
export function isSlashCommand(text: string): boolean {
  return /^\/[a-z][\w:-]*(?:\s|$)/i.test(text.trim());
}

const SHELLS = new Set(['bash', 'sh', 'shell', 'zsh', 'console', 'shell-session', 'sh-session', 'shellscript', 'terminal', 'cmd', 'command']);

export function isShell(language: string): boolean {
  return SHELLS.has(language.toLowerCase());
}

/** A transcript with prompts as the script in it; any other text as it is. */
export function scriptOf(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first === undefined || !/^\$\s/.test(first)) return text;
  const kept: string[] = [];
  let continued = false;
  for (const line of lines) {
    if (!continued && !/^\$\s/.test(line)) continue;
    kept.push(continued ? line : line.replace(/^\$\s+/, ''));
    continued = line.endsWith('\\');
  }
  return `${kept.join('\n')}\n`;
}

/** Lines that do something: no comment, no blank, no continuation of a here-document is judged here. */
export function activeLines(script: string): readonly string[] {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
