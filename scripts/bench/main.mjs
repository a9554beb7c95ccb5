/**
 * `npm run bench [-- --runs 15]`: what ce costs beside the work itself, as ratios to a bare `node -e 0` measured in the same interleaved
 * run, in a clean environment. Prints a table with the goal beside each figure; exit 1 with `--check` when one is missed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrap } from '../bootstrap.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, commands: { type: 'string', default: '1000' }, check: { type: 'boolean', default: false } },
});
const runs = Number(values.runs);
const commands = Number(values.commands);
await bootstrap();
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'ce-bench-'));
const env = { PATH: process.env.PATH, HOME: base, CE_TRUST: '1' };
const node = process.execPath;
const timed = existsSync('/usr/bin/time');

/** Milliseconds of one process from start to end. */
function once(argv, cwd) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`${argv.join(' ')} in ${cwd}: exit ${status}\n${stderr}`);
  return ms;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers) => `${Math.min(...numbers).toFixed(1)}–${Math.max(...numbers).toFixed(1)}`;

/** Peak memory of the largest process in MiB; null where it cannot be measured. */
function peak(argv, cwd) {
  if (!timed) return null;
  const { stderr } = spawnSync('/usr/bin/time', ['-f', 'rss=%M', ...argv], { cwd, env, encoding: 'utf8' });
  const found = /rss=(\d+)/.exec(stderr);
  return found === null ? null : Number(found[1]) / 1024;
}

const git = (cwd, ...args) => execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });

function repository(name, files) {
  const root = join(base, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'config', 'user.name', 'Bench');
  git(root, 'config', 'user.email', 'bench@example.invalid');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  return root;
}

const phase = (n) =>
  `\n### Phase ${n}: Part ${n} (10 min)\n\n**Files to Create**:\n\n- \`part${n}.txt\` - part ${n}\n\n\`\`\`txt part${n}.txt\npart ${n}\n\`\`\`\n\n**Validation Command**: \`test -f part${n}.txt\`\n`;
const prp = (body) => `---\nprp_id: PRP-1\ntitle: Bench\n---\n\n# PRP-1: Bench\n\n## Implementation Blueprint\n${body}`;

/** `n` checks over `files` input files each. */
function validators(n, files) {
  const sources = {};
  const config = {};
  for (let i = 0; i < n; i++) {
    const folder = `packages/p${String(i).padStart(4, '0')}`;
    for (let f = 0; f < files; f++) sources[`${folder}/f${f}.txt`] = `${folder} ${f}\n`.repeat(20);
    config[`p${i}`] = { level: 'L1', command: `cat ${folder}/*.txt > /dev/null`, inputs: [`${folder}/**`] };
  }
  return { sources, config };
}

const rows = [];
function row(name, figure, goal, detail) {
  rows.push({ name, figure, goal, held: figure === null ? null : figure <= goal, detail });
}

/** Both commands in turn, so that a machine that slows down slows both. */
function ratio(name, argv, cwd, goal) {
  once(argv, cwd);
  const ours = [];
  const bare = [];
  for (let i = 0; i < runs; i++) {
    bare.push(once([node, '-e', '0'], cwd));
    ours.push(once(argv, cwd));
  }
  row(name, median(ours) / median(bare), goal, `${median(ours).toFixed(1)} ms (${spread(ours)}), node ${median(bare).toFixed(1)} ms`);
}

try {
  const ten = repository('ten', { 'README.md': 'x\n', 'PRPs/PRP-1-bench.md': prp([1, 2].map(phase).join('')), ...validators(0, 0).sources });
  once([node, main, 'run', 'PRP-1'], ten);
  ratio('ce --version', [node, main, '--version'], ten, 1.6);
  ratio('ce help', [node, main, 'help'], ten, 1.6);
  ratio('ce run, all fresh, 12 tasks', [node, main, 'run', 'PRP-1'], ten, 3);

  const small = validators(10, 20);
  const cached = repository('cached', { ...small.sources, 'ce.config.json': JSON.stringify({ detect: false, validators: small.config }) });
  once([node, main, 'validate'], cached);
  ratio('ce validate, nothing changed, 10 checks', [node, main, 'validate'], cached, 3);
  row('  peak memory, MiB', peak([node, main, 'validate'], cached), 90, '');

  const typed = repository('typed', { ...small.sources, 'ce.config.ts': `export default ${JSON.stringify({ detect: false, validators: small.config })};\n` });
  once([node, main, 'validate'], typed);
  ratio('  the same with an unchanged ce.config.ts', [node, main, 'validate'], typed, 3.5);

  const many = validators(1000, 20);
  const large = repository('large', { ...many.sources, 'ce.config.json': JSON.stringify({ detect: false, validators: many.config }) });
  once([node, main, 'validate'], large);
  ratio('ce validate, nothing changed, 1,000 checks, 20,000 files', [node, main, 'validate'], large, 8);
  row('  peak memory, MiB', peak([node, main, 'validate'], large), 90, '');

  const script = Array.from({ length: commands }, (_, i) => `**Validation Command**: \`test ${i} -ge 0\``);
  const body = `\n### Phase 1: Many (10 min)\n\n**Files to Create**:\n\n- \`a.txt\` - one\n\n\`\`\`txt a.txt\na\n\`\`\`\n\n${script.join('\n\n')}\n`;
  const lines = Array.from({ length: commands }, (_, i) => `test ${i} -ge 0`).join('\n');
  const each = [];
  let memory = null;
  for (let i = 0; i < Math.max(3, Math.ceil(runs / 5)); i++) {
    const root = repository(`commands-${i}`, { 'README.md': 'x\n', 'PRPs/PRP-1-bench.md': prp(body), 'lines.txt': `${lines}\n` });
    const jobs = String(availableParallelism());
    const floor = once(['bash', '-c', `xargs -P ${jobs} -d '\\n' -n 1 bash --noprofile --norc -eo pipefail -c < lines.txt`], root);
    const start = once([node, main, '--version'], root);
    if (i === 0 && timed) memory = peak([node, main, 'run', 'PRP-1', '--jobs', jobs], root);
    else each.push((once([node, main, 'run', 'PRP-1', '--jobs', jobs], root) - start - floor) / commands);
  }
  row(`ce run, ${commands} commands, minus xargs -P: ms each`, median(each), 2, `${spread(each)} ms`);
  row('  peak memory, MiB (no thread is worth starting for these)', memory, 100, '');

  for (const { name, figure, goal, held, detail } of rows)
    console.log(
      `${held === null ? 'n/a   ' : held ? 'holds ' : 'MISSED'}  ${name.padEnd(60)} ${figure === null ? '-' : figure.toFixed(2).padStart(8)}  goal ${String(goal).padEnd(5)} ${detail}`,
    );
  const missed = rows.filter(({ held }) => held === false).length;
  console.log(`${rows.filter(({ held }) => held === true).length} passed, ${missed} failed, ${rows.filter(({ held }) => held === null).length} skipped`);
  process.exitCode = values.check && missed > 0 ? 1 : 0;
} finally {
  rmSync(base, { recursive: true, force: true });
}
