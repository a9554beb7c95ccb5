/** House rules that are about text and not about imports: each has its files, its pattern, and why. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Comments may name what code may not do; the rules about marks and paths hold there too. */
const COMMENT = /^\s*(\/\/|\/\*|\*)/;

const RULES = [
  {
    pattern: /\bprocess\.(exit\(|exitCode\s*=)/,
    in: /^(core|plugins|validators)\//,
    except: /^core\/cli\/main\.ts$/,
    why: 'only core/cli/main.ts sets the exit code',
  },
  {
    pattern: /\bprocess\.(stdout|stderr)\b/,
    in: /^(core|plugins|validators)\//,
    except: /^core\/(cli|report)\//,
    why: 'only core/report and core/cli write to the terminal',
  },
  {
    pattern: /\b(Date\.now|new Date\(\)|performance\.now|process\.(env|cwd|hrtime))\b/,
    in: /^core\/(model\.ts|graph\/)/,
    except: /^$/,
    why: 'the model and the graph are pure: no clock, no environment',
  },
  {
    pattern: /@ts-(ignore|nocheck)|eslint-disable|noqa/,
    in: /^(core|plugins|scripts)\/.*\.(ts|mjs)$/,
    except: /^(core\/exec\/suppressions\.ts|core\/exec\/heal-guard\.ts|scripts\/check-text\.mjs)$/,
    comments: 'too',
    why: 'mend what a tool finds instead of hiding it',
  },
  {
    pattern: /\b(TODO|FIXME|XXX)\b/,
    in: /^(core|plugins|scripts)\/.*\.(ts|mjs)$/,
    except: /^scripts\/check-text\.mjs$/,
    comments: 'too',
    why: 'what is not done is an issue, not a comment',
  },
  {
    pattern: /["'`(](\/work|\/root|\/home\/[a-z]+)\//,
    in: /^(core|plugins|validators|scripts|docs|schemas)\/|^[^/]+$/,
    except: /^scripts\/check-text\.mjs$/,
    comments: 'too',
    why: 'no path of one machine',
  },
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((path) => /\.(ts|mjs|js|md|json)$/.test(path) && !/^(test\/fixtures|examples|core\/generated)\/|package-lock\.json$/.test(path));

let found = 0;
for (const path of files) {
  const rules = RULES.filter((rule) => rule.in.test(path) && !rule.except.test(path));
  if (rules.length === 0) continue;
  const lines = readOrEmpty(join(ROOT, path)).split('\n');
  for (const [at, line] of lines.entries()) {
    for (const rule of rules.filter(({ pattern, comments }) => pattern.test(line) && (comments === 'too' || !COMMENT.test(line)))) {
      found++;
      process.stdout.write(`${path}:${at + 1}: ${rule.why}\n    ${line.trim()}\n`);
    }
  }
}
process.stdout.write(`${files.length} files, ${found} findings\n`);
process.exitCode = found > 0 ? 1 : 0;

/** A file that is still listed but was deleted has no lines. */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
