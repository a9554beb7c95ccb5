import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createBus, type Event } from '../../core/events.ts';
import { sourceReader } from '../../core/report/file-output.ts';
import { openReporters, styleOf, type ReportRequest } from '../../core/report/open-reporters.ts';
import type { Stream } from '../../core/report/terminal.ts';
import { appearanceOf } from '../../core/report/theme.ts';
import { parseXml } from './xml.ts';
import { STREAMS } from './streams.ts';

const test = suite<{ dir: string }>('open reporters');
test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'ce-report-'));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true, force: true }));

interface FakeStream extends Stream {
  readonly text: () => string;
}

function stream(kind: 'terminal' | 'pipe'): FakeStream {
  let written = '';
  return {
    isTTY: kind === 'terminal',
    columns: 100,
    rows: 30,
    write: (text) => {
      written += text;
    },
    on: () => undefined,
    off: () => undefined,
    text: () => written,
  };
}

interface Opened {
  readonly stdout: string;
  readonly stderr: string;
  readonly names: readonly string[];
  readonly logs: readonly Event[];
}

/** Through the real bus, as a run does it. */
async function report(
  dir: string,
  events: readonly Event[],
  request: Partial<ReportRequest>,
  env: Readonly<Record<string, string>>,
  kind: 'terminal' | 'pipe',
): Promise<Opened> {
  const [stdout, stderr] = [stream(kind), stream(kind)];
  const opened = await openReporters({ stdout: 'text', reports: [], root: dir, cwd: dir, version: '0.1.0', ...request }, { stdout, stderr, env });
  if (!opened.ok) throw new Error(opened.failure.message);
  const bus = createBus(
    'r',
    () => new Date(0),
    (body) => body,
  );
  const logs: Event[] = [];
  for (const { name, subscriber } of opened.value.subscribers) bus.subscribe(name, subscriber);
  bus.subscribe('logs', (event) => (event.type === 'log' ? logs.push(event) : undefined));
  for (const { v: _v, seq: _seq, time: _time, run: _run, ...body } of events) bus.emit(body);
  opened.value.close();
  return { stdout: stdout.text(), stderr: stderr.text(), names: opened.value.subscribers.map(({ name }) => name), logs };
}

test('a terminal gets the tree; pipes, CI, NO_COLOR and dumb terminals get lines', () => {
  assert.is(styleOf(stream('terminal'), { TERM: 'xterm' }), 'live');
  assert.is(styleOf(stream('terminal'), { TERM: 'xterm', CI: 'false' }), 'live');
  assert.is(styleOf(stream('pipe'), { TERM: 'xterm' }), 'plain');
  for (const env of [{ CI: 'true' }, { NO_COLOR: '1' }, { TERM: 'dumb' }]) assert.is(styleOf(stream('terminal'), env), 'plain');
});

test('colours follow NO_COLOR, FORCE_COLOR and TERM; symbols follow the locale', () => {
  assert.equal(appearanceOf({}, 'terminal'), { colour: 'colour', symbols: 'unicode' });
  assert.is(appearanceOf({}, 'pipe').colour, 'plain');
  assert.is(appearanceOf({ FORCE_COLOR: '1' }, 'pipe').colour, 'colour');
  assert.is(appearanceOf({ FORCE_COLOR: '1', NO_COLOR: '1' }, 'terminal').colour, 'plain');
  assert.is(appearanceOf({ FORCE_COLOR: '0' }, 'terminal').colour, 'plain');
  assert.is(appearanceOf({ LANG: 'C' }, 'terminal').symbols, 'ascii');
  assert.is(appearanceOf({ LANG: 'C.UTF-8' }, 'terminal').symbols, 'unicode');
});

test('--json prints one document on stdout and nothing else', async ({ dir }) => {
  const { stdout, stderr, names } = await report(dir, STREAMS.green, { stdout: 'json' }, {}, 'pipe');
  assert.is((JSON.parse(stdout) as { run_id: string }).run_id, 'r');
  assert.is(stderr, '');
  assert.equal(names, ['state', 'quiet', 'json']);
});

test('beside --json a failure is told on stderr', async ({ dir }) => {
  const { stdout, stderr } = await report(dir, STREAMS.failing, { stdout: 'json' }, {}, 'pipe');
  assert.is((JSON.parse(stdout) as { success: boolean }).success, false);
  assert.match(stderr, 'code CE_GATE_FAILED');
});

test('--json on a terminal shows the tree on stderr', async ({ dir }) => {
  const { stdout, stderr } = await report(dir, STREAMS.green, { stdout: 'json' }, { TERM: 'xterm' }, 'terminal');
  assert.is((JSON.parse(stdout) as { success: boolean }).success, true);
  assert.match(stderr, 'Execution complete');
});

test('--format levels prints the four lines alone', async ({ dir }) => {
  const { stdout } = await report(dir, STREAMS.green, { stdout: 'levels' }, {}, 'pipe');
  assert.is(stdout.split('\n').length, 5);
});

test('--report writes whole files and leaves no temporary one', async ({ dir }) => {
  await report(dir, STREAMS.failing, { reports: ['sarif', 'junit=out/results.xml', 'junit=again.xml', 'github=summary.md'] }, {}, 'pipe');
  assert.is((JSON.parse(readFileSync(join(dir, 'ce.sarif'), 'utf8')) as { version: string }).version, '2.1.0');
  assert.is(parseXml(readFileSync(join(dir, 'out/results.xml'), 'utf8')).name, 'testsuites');
  assert.match(readFileSync(join(dir, 'summary.md'), 'utf8'), '## ce run');
  assert.equal(readdirSync(dir).sort(), ['again.xml', 'ce.sarif', 'out', 'summary.md']);
});

test('a report that cannot be written is a warning, and the other outputs go on', async ({ dir }) => {
  writeFileSync(join(dir, 'file'), '');
  const { logs, stdout } = await report(dir, STREAMS.green, { reports: ['sarif=file/x.sarif', 'junit'] }, {}, 'pipe');
  assert.is(logs.length, 1);
  assert.match(stdout, 'the sarif output stopped');
  assert.ok(readdirSync(dir).includes('ce-junit.xml'));
});

test('an unknown report is refused with the known ones', async ({ dir }) => {
  const io = { stdout: stream('pipe'), stderr: stream('pipe'), env: {} };
  const opened = await openReporters({ stdout: 'text', reports: ['sarf'], root: dir, cwd: dir, version: '0.1.0' }, io);
  assert.is(opened.ok, false);
  if (!opened.ok) {
    assert.is(opened.failure.code, 'CE_USAGE_BAD_VALUE');
    assert.match(opened.failure.next ?? '', 'sarif, junit or github');
  }
});

test('in GitHub Actions annotations and the job summary come unasked, after what stood there', async ({ dir }) => {
  const summary = join(dir, 'step.md');
  writeFileSync(summary, 'earlier\n');
  const { stdout } = await report(dir, STREAMS.failing, {}, { GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_STEP_SUMMARY: summary }, 'pipe');
  assert.match(stdout, '\n::error file=tests/test_auth.py,line=4,title=pytest AssertionError::assert 401 == 200\n');
  assert.match(readFileSync(summary, 'utf8'), /^earlier\n## ce run/);
});

test('code frames never read outside the tree', ({ dir }) => {
  mkdirSync(join(dir, 'root'));
  writeFileSync(join(dir, 'secret'), 'secret');
  writeFileSync(join(dir, 'root/in.txt'), 'inside');
  symlinkSync(join(dir, 'secret'), join(dir, 'root/link'));
  const read = sourceReader(join(dir, 'root'));
  assert.is(read('in.txt'), 'inside');
  assert.is(read('../secret'), null);
  assert.is(read('link'), null);
  assert.is(read('missing'), null);
});

test.run();
