/**
 * The one test command: `node scripts/test.mjs [part…]`. Each part can be run alone; without arguments all run, and the output of those
 * that failed comes last. The last line is `N passed, N failed, N skipped`: one for each check, and one for each test.
 */
import { spawn } from 'node:child_process';
import { ROOT, bootstrap, reportSetupError } from './bootstrap.mjs';

const bin = (path) => [process.execPath, `node_modules/${path}`];
const script = (name, ...args) => [process.execPath, `scripts/${name}`, ...args];

const CHECKS = {
  types: { title: 'types (tsc)', command: [...bin('typescript/bin/tsc'), '-p', '.'] },
  lint: { title: 'lint and format (biome)', command: [...bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--max-diagnostics=50'] },
  typed: { title: 'typed lint (typescript-eslint)', command: [...bin('eslint/bin/eslint.js'), '--max-warnings=0', '.'] },
  boundaries: {
    title: 'boundaries (dependency-cruiser)',
    command: [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      'core',
      'plugins',
      'validators',
    ],
  },
  unused: { title: 'unused code (knip)', command: [...bin('knip/bin/knip.js'), '--no-progress'] },
  text: { title: 'house rules in text', command: script('check-text.mjs') },
  size: { title: 'file sizes', command: script('check-size.mjs') },
  schemas: { title: 'generated types are fresh', command: script('generate-types.mjs', '--check') },
  package: { title: 'the package (publint, attw)', command: script('check-package.mjs') },
};
const PARTS = [...Object.keys(CHECKS), 'unit'];

async function main(wanted) {
  const unknown = wanted.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}. Parts: ${PARTS.join(', ')}. One test file: node test/run.mjs <part of its path>\n`);
    process.exitCode = 2;
    return;
  }
  await bootstrap();
  const parts = wanted.length > 0 ? wanted : PARTS;
  const results = await runChecks(parts.filter((part) => part !== 'unit').map((part) => CHECKS[part]));
  let tests = { passed: 0, failed: 0, skipped: [] };
  if (parts.includes('unit')) {
    const { findTests, runTests } = await import('../test/run.mjs');
    tests = await runTests(findTests([]));
  }
  const failed = results.filter((result) => !result.ok);
  for (const { title, output } of failed) process.stdout.write(`\n──── ${title}\n${output.trimEnd()}\n`);
  const passed = results.length - failed.length + tests.passed;
  process.stdout.write(`\n${passed} passed, ${failed.length + tests.failed} failed, ${tests.skipped.length} skipped\n`);
  process.exitCode = failed.length + tests.failed > 0 ? 1 : 0;
}

/** Two at a time: each of these tools is single-threaded for most of its life. */
async function runChecks(checks) {
  const queue = [...checks];
  const results = [];
  const work = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const started = performance.now();
      const result = { title: check.title, ...(await run(check.command)) };
      results.push(result);
      process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'}       ${result.title}  (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

function run([program = '', ...args]) {
  return new Promise((settle) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-40_000)));
    child.on('error', (error) => settle({ ok: false, output: error.message }));
    child.on('close', (code) => settle({ ok: code === 0, output }));
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  reportSetupError(error);
}
