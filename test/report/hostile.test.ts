import { stripVTControlCharacters } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { annotationsOf, defuse, jobSummaryOf } from '../../core/report/github.ts';
import { junitOf } from '../../core/report/junit.ts';
import { liveFrame } from '../../core/report/live-frame.ts';
import { createPlainReporter } from '../../core/report/plain.ts';
import { sarifOf } from '../../core/report/sarif.ts';
import { createTheme } from '../../core/report/theme.ts';
import { widthOf } from '../../core/report/width.ts';
import { capture, play } from './rig.ts';
import { begin, check, gate, phaseTasks, record, result } from './tell.ts';
import { parseXml } from './xml.ts';

const EVIL = '\u001b[2J\u001b]0;title\u0007\r\n::error file=x::forged\n##[error]forged\u202e <script>alert(1)</script> ]]> | @team `x` \ud800 % , : & "quoted"';
const PRP = 'PRP-\u001b[2J\u00076';
const LONG = 'wide 日本 '.repeat(1_500);

/** Every text that comes from outside is hostile at once. */
const events = record((emit, wait) => {
  const task = `${PRP}:phase1:L2`;
  begin({ emit, wait }, 'run', [EVIL]);
  emit({ type: 'graph', plan: [...phaseTasks(PRP, 'phase1', 'planned', EVIL), ...phaseTasks('PRP-7', 'phase1', 'planned', EVIL)] });
  emit({
    type: 'task.start',
    task: `${PRP}:phase1:implement`,
    kind: 'implement',
    title: EVIL,
    reason: EVIL,
    usualMs: null,
    detail: { number: EVIL, name: EVIL, kind: 'phase', goal: EVIL, files: [{ path: EVIL, action: 'create', description: LONG }], functions: [EVIL] },
  });
  emit({ type: 'task.progress', task: `${PRP}:phase1:implement`, message: EVIL });
  emit({ type: 'input', task: `${PRP}:phase1:implement`, prompt: EVIL, detail: null });
  emit({ type: 'task.end', task: `${PRP}:phase1:implement`, kind: 'implement', outcome: 'executed', reason: LONG, durationMs: 1, gate: null, failure: null });
  emit({ type: 'task.start', task, kind: 'gate', title: EVIL, reason: EVIL, usualMs: null });
  emit({ type: 'check.start', task, check: check(EVIL, 'L2', [EVIL, LONG]), attempt: 1 });
  emit({ type: 'task.output', task, stream: 'stdout', text: EVIL + LONG });
  const bad = result(EVIL, 'fail', {
    message: EVIL,
    diagnostics: [
      { source: EVIL, code: EVIL, severity: 'error', message: EVIL, file: EVIL, line: 1, column: 1 },
      { source: 'x', code: 'y', severity: 'error', message: LONG },
    ],
  });
  emit({ type: 'check.end', task, level: 'L2', result: bad, attempt: 1 });
  emit({
    type: 'heal',
    task,
    attempt: 1,
    heal: { healer: EVIL, title: EVIL, file: EVIL, applied: true, reverted: false, diff: `@@ -1 +1 @@\n-${EVIL}\n+${LONG}` },
  });
  const failure = { code: 'CE_GATE_FAILED', message: EVIL, place: { file: EVIL, line: 1 }, why: EVIL, next: EVIL } as const;
  emit({
    type: 'escalation',
    escalation: {
      id: 'e',
      trigger: 'ambiguous',
      code: 'CE_ESCALATE_AMBIGUOUS',
      task,
      message: EVIL,
      evidence: [EVIL],
      troubleshooting: [EVIL],
      actions: [EVIL],
    },
  });
  emit({
    type: 'task.end',
    task,
    kind: 'gate',
    outcome: 'failed',
    reason: EVIL,
    durationMs: 1,
    gate: gate('L2', 'failed', [bad], { unverified: [EVIL] }),
    failure,
  });
  emit({ type: 'log', level: 'warning', failure: null, message: EVIL });
  emit({ type: 'run.end', exitCode: 1, success: false, durationMs: 10, confidence: { score: 5, reasons: [EVIL], reading: EVIL }, failure });
});

const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test('plain lines: no control sequence survives, and no line becomes endless', async () => {
  const theme = await createTheme({ colour: 'plain', symbols: 'unicode' });
  const out = capture(80);
  play(
    events,
    createPlainReporter(out, theme, () => EVIL + LONG),
  );
  assert.not.match(out.text(), CONTROLS);
  for (const line of out.text().split('\n')) assert.ok(line.length < 9_000, `${line.length} characters`);
});

test('no line of a GitHub log can be read as a workflow command', async () => {
  const theme = await createTheme({ colour: 'plain', symbols: 'unicode' });
  const out = capture(80);
  play(
    events,
    createPlainReporter({ ...out, write: (text) => out.write(text.split('\n').map(defuse).join('\n')) }, theme, () => EVIL),
  );
  for (const line of out.text().split('\n')) {
    assert.not.match(line, /^\s*::/);
    assert.not.match(line, '##[');
  }
  assert.match(out.text(), 'forged', 'the text itself is shown');
});

test('live tree: every line stays inside the terminal', async () => {
  const theme = await createTheme({ colour: 'colour', symbols: 'unicode' });
  for (let length = 1; length <= events.length; length += 1) {
    for (const line of liveFrame(play(events.slice(0, length)), { columns: 60, rows: 20 }, 0, theme)) {
      const shown = stripVTControlCharacters(line);
      assert.not.match(shown, CONTROLS);
      assert.ok(widthOf(shown) < 60, shown);
    }
  }
});

test('annotations: one workflow command a line, whatever the message', () => {
  for (const line of annotationsOf(play(events))) {
    assert.match(line, /^::error [^\n\r]*::[^\n\r]*$/);
    const [, properties = ''] = /^::error (.*?)::/.exec(line) ?? [];
    for (const property of properties.split(',')) assert.match(property, /^(file|line|endLine|col|endColumn|title)=[^:,]*$/);
  }
});

test('job summary: no HTML, no table is broken, nobody is mentioned', () => {
  const text = jobSummaryOf(play(events));
  assert.not.match(text, '<script>');
  assert.not.match(text, /@team/);
  for (const row of text.split('\n').filter((line) => line.startsWith('| '))) assert.is(row.replaceAll('\\|', '').split('|').length, 7, row.slice(0, 200));
});

test('JUnit and SARIF hold the hostile text and stay readable by their formats', () => {
  const root = parseXml(junitOf(play(events)));
  assert.match(JSON.stringify(root), 'forged');
  const sarif = JSON.stringify(sarifOf(play(events), '0.1.0'));
  assert.match(sarif, 'forged');
  for (const [, uri = ''] of sarif.matchAll(/"uri":"([^"]*)"/g)) assert.match(uri, /^[\w.!~*'()%/-]*$/);
});

test.run();
