/** What the pages say of the code holds: commands, flags, parts of the test command, files and codes that they name are there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMON, parseInvocation } from '../../core/cli/invocation.ts';
import { COMMANDS, findCommand } from '../../core/cli/table.ts';
import { CODES } from '../../core/codes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const CHECKS = JSON.parse(readFileSync(join(ROOT, 'scripts/checks.json'), 'utf8')) as Record<string, unknown>;
const FLAGS = new Set([...COMMANDS.flatMap(({ options }) => options), ...COMMON].map(({ name }) => `--${name}`).concat('--version'));
/** Flags of the harnesses in scripts/, which README tells of too. */
const OWN = ['crash', 'bench'].flatMap((name) =>
  [...readFileSync(join(ROOT, `scripts/${name}/main.mjs`), 'utf8').matchAll(/([a-z-]+)'?: \{ type: '(?:string|boolean)'/g)].map(([, flag = '']) => `--${flag}`),
);
const SHELL = /^(?:sh|bash|shell|console|text|)$/;

interface Quote {
  readonly at: string;
  readonly text: string;
}

/** Code spans of a page, and the lines of its blocks that a person would type. */
function quotesOf(path: string, page: string): readonly Quote[] {
  const quotes: Quote[] = [];
  let fence: { readonly mark: string; readonly language: string } | null = null;
  for (const [index, line] of page.split('\n').entries()) {
    const at = `${path}:${index + 1}`;
    const [, mark = '', language = ''] = /^\s*(`{3,})(\w*)/.exec(line) ?? [];
    if (fence === null && mark !== '') fence = { mark, language };
    else if (fence !== null && mark.startsWith(fence.mark)) fence = null;
    else if (fence === null) quotes.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, text = '']) => ({ at, text })));
    else if (SHELL.test(fence.language)) quotes.push({ at, text: line.trim().replace(/^\$ /, '') });
  }
  return quotes;
}

const pages = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map((path) => `docs/${String(path)}`)]
  .filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const quotes = pages.flatMap(({ path, text }) => quotesOf(path, text));

/** Words as a shell would split them, up to a comment, a pipe or what stands beside the command in a table of examples. */
function wordsOf(line: string): readonly string[] {
  const [command = ''] = line.replace(/…/g, '').split(/\s{2,}|\s+#|\s*[|;&>]|[,.](?:\s|$)/);
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

/** Null when `ce` would understand the words. */
function wrong(words: readonly string[]): string | null {
  const [first = 'help'] = words;
  if (first === 'help' || first === '--help' || first === '--version') return null;
  const found = findCommand(words);
  // Half of a command of two words names the group.
  if (found === null) return words.length === 1 && COMMANDS.some(({ name }) => name.startsWith(`${first} `)) ? null : `there is no command ${words.join(' ')}`;
  const parsed = parseInvocation(found.spec, found.rest, '/');
  return parsed.ok ? null : parsed.failure.message;
}

const faults = (found: readonly Quote[], judge: (text: string) => string | null): readonly string[] =>
  found.flatMap(({ at, text }) => {
    const fault = judge(text);
    return fault === null ? [] : [`${at}: \`${text}\`: ${fault}`];
  });

test('every ce command in README and docs is one that ce understands, with flags that it has', () => {
  const lines = quotes.filter(({ text }) => /^(?:npm run (?:--silent )?ce -- |npx ce |ce )/.test(text));
  assert.ok(lines.length > 10, 'the pages name hardly a command: are they still found?');
  assert.equal(
    faults(lines, (text) => wrong(wordsOf(text.replace(/^.*?\bce (?:-- )?/, '')))),
    [],
  );
});

test('a command that does not exist or a flag that it has not would be found', () => {
  assert.is.not(wrong(wordsOf('rnu PRP-5')), null);
  assert.is.not(wrong(wordsOf('list --dry-run')), null);
  assert.is(wrong(wordsOf('run "PRP-5" --jobs 2   # both cores')), null);
  assert.equal(
    quotesOf('a.md', 'x `ce a`\n```sh\n$ ce b\n```\n````ts\n```\nce c\n```\n````\n').map(({ at, text }) => `${at} ${text}`),
    ['a.md:1 ce a', 'a.md:3 ce b'],
  );
});

test('every flag that stands alone in README and docs belongs to a command or a harness', () => {
  const lines = quotes.filter(({ text }) => /^--[a-z]/.test(text));
  assert.equal(
    faults(lines, (text) => {
      const [flag = ''] = /^--[a-z-]+/.exec(text) ?? [];
      return FLAGS.has(flag) || OWN.includes(flag) ? null : 'no command has this flag';
    }),
    [],
  );
});

test('what the code suggests to do next is a command with the flags that it has', () => {
  const found = ['core', 'plugins', 'validators'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .map((path) => `${folder}/${String(path)}`)
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) =>
        [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bnext: (['`])ce (.*?)\1/g)].map(([, , text = '']) => ({
          at: path,
          text: text.replace(/\$\{[^}]*\}?/g, 'list'),
        })),
      ),
  );
  assert.ok(found.length > 10, 'the code suggests hardly a command: are they still found?');
  assert.equal(
    faults(found, (text) => wrong(wordsOf(text.replace(/ (?:shows|to) .*/, '')))),
    [],
  );
});

test('every npm command in README and docs is a script of package.json, and every part of the test command exists', () => {
  const parts = [...Object.keys(CHECKS), 'package', 'unit', 'crash'];
  assert.equal(
    faults(
      quotes.filter(({ text }) => /^npm (?:run |start\b|test\b)/.test(text)),
      (text) => {
        const [, script = ''] = /^npm (?:run (?:--silent )?)?([\w:.-]+)/.exec(text) ?? [];
        if (MANIFEST.scripts[script] === undefined) return `package.json has no script ${script}`;
        const [, rest] = /^npm test -- ([a-z ]+)/.exec(text) ?? [];
        const unknown = wordsOf(rest ?? '').find((part) => !parts.includes(part));
        return unknown === undefined ? null : `the test command has no part ${unknown}`;
      },
    ),
    [],
  );
});

test('every file that the pages name is there', () => {
  const named = quotes.filter(({ text }) =>
    /^(?:core|plugins|validators|scripts|schemas|docs|test|cli|run|graph|spec|cache|exec|vcs|state|report)\/[\w./-]*$/.test(text),
  );
  assert.ok(named.length > 10, 'the pages name hardly a file: are they still found?');
  assert.equal(
    faults(named, (text) => (existsSync(join(ROOT, text)) || existsSync(join(ROOT, 'core', text)) ? null : 'there is no such file')),
    [],
  );
});

test('every link between the pages leads somewhere', () => {
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = '']) => ({ at: path, text: join(dirname(path), target) })),
  );
  assert.ok(links.length > 0);
  assert.equal(
    faults(links, (path) => (existsSync(join(ROOT, path)) ? null : 'there is no such file')),
    [],
  );
});

test('every code that the pages name can be printed', () => {
  const families = new Set(Object.keys(CODES).map((code) => code.split('_').slice(0, 2).join('_')));
  assert.equal(
    faults(
      pages.flatMap(({ path, text }) => [...text.matchAll(/\bCE_[A-Z][A-Z_]+\b/g)].map(([code]) => ({ at: path, text: code }))),
      (code) => (!families.has(code.split('_').slice(0, 2).join('_')) || code in CODES ? null : 'there is no such code'),
    ),
    [],
  );
});

test.run();
