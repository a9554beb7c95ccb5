import * as fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Event } from '../../core/events.ts';
import { liveFrame } from '../../core/report/live-frame.ts';
import { createLiveReporter } from '../../core/report/live.ts';
import { createPainter } from '../../core/report/painter.ts';
import { createRunState } from '../../core/report/state.ts';
import { createTheme } from '../../core/report/theme.ts';
import { widthOf } from '../../core/report/width.ts';
import { capture, handClock, play, SOURCES } from './rig.ts';
import { createScreen } from './screen.ts';
import { STREAMS } from './streams.ts';
import { phaseTasks, record } from './tell.ts';

const plain = await createTheme({ colour: 'plain', symbols: 'unicode' });
const coloured = await createTheme({ colour: 'colour', symbols: 'unicode' });
const timeOf = (event: Event): number => Date.parse(event.time);

test('at every moment of every run the tree fits, at 120, 80, 40 and 20 columns', () => {
  for (const events of Object.values(STREAMS)) {
    for (const [columns, rows] of [
      [120, 30],
      [80, 24],
      [40, 12],
      [20, 6],
    ] as const) {
      const state = createRunState();
      for (const event of events) {
        state.apply(event);
        const frame = liveFrame(state.view, { columns, rows }, timeOf(event), coloured);
        assert.ok(frame.length < rows, `${frame.length} lines in ${rows} rows`);
        for (const line of frame) assert.ok(widthOf(stripVTControlCharacters(line)) < Math.max(columns, 21), line);
      }
    }
  }
});

test('a running gate shows its command, the time so far and the usual one', () => {
  const events = STREAMS.failing.slice(0, STREAMS.failing.findIndex((event) => event.type === 'task.output') + 1);
  const view = play(events);
  const frame = liveFrame(view, { columns: 100, rows: 30 }, timeOf(events.at(-1) as Event) + 4_000, plain);
  const line = frame.find((text) => text.includes('L2')) ?? '';
  assert.match(line, /● L2 +running {2}pytest tests\/test_auth\.py -v +4s, usually 42s$/);
  assert.ok(frame.some((text) => text.trim() === '│ tests/test_auth.py F.'));
  assert.not.match(frame.join('\n'), '%');
});

test('a failure stands below the tree, and phases that did not begin are one line', () => {
  const end = STREAMS.failing.findIndex((event) => event.type === 'task.end' && event.outcome === 'failed');
  const frame = liveFrame(play(STREAMS.failing.slice(0, end + 1)), { columns: 80, rows: 30 }, 0, plain);
  const failed = frame.findIndex((line) => line.startsWith('✗ PRP-6:phase1:L2 failed'));
  assert.ok(failed > frame.findIndex((line) => line.startsWith('· Phase 2')));
  assert.match(frame[failed + 1] ?? '', 'tests/test_auth.py:4 assert 401 == 200');
});

test('a thousand tasks stay inside the screen and what runs is seen', () => {
  const plan = Array.from({ length: 170 }, (_, index) => phaseTasks('PRP-6', `phase${index + 1}`, index < 60 ? 'fresh' : 'planned', 'x')).flat();
  const events = record((emit) => {
    emit({ type: 'graph', plan });
    emit({ type: 'task.start', task: 'PRP-6:phase61:implement', kind: 'implement', title: 'Phase 61: the one', reason: '', usualMs: null });
  });
  const frame = liveFrame(play(events), { columns: 80, rows: 24 }, 0, plain);
  assert.ok(frame.length < 24);
  assert.match(frame.join('\n'), '● implement  running');
  assert.match(frame.join('\n'), '60 phases fresh');
  assert.match(frame.join('\n'), '109 phases waiting');
});

test('whatever is painted, the screen shows the last block and nothing of the earlier ones', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) =>
    [...text]
      .filter((one) => widthOf(one) > 0)
      .join('')
      .slice(0, 9)
      .trimEnd(),
  );
  const blocks = fc.array(fc.array(line, { maxLength: 6 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(blocks, (frames) => {
      const screen = createScreen(40, 12);
      const painter = createPainter({ ...capture(40, 12), write: screen.write });
      screen.write('above\n');
      for (const frame of frames) painter.paint(frame);
      painter.end();
      const expected = ['above', ...(frames.at(-1) ?? []).map((text) => text.trimEnd()), ''];
      assert.equal(screen.lines(), expected);
      assert.not.ok(screen.cursorHidden());
    }),
    { numRuns: 200 },
  );
});

test('only lines that changed are written again', () => {
  const out = capture(80);
  const painter = createPainter(out);
  painter.paint(['first', 'second', 'third']);
  const before = out.text().length;
  painter.paint(['first', 'SECOND', 'third']);
  const written = out.text().slice(before);
  assert.match(written, 'SECOND');
  assert.not.match(written, 'first');
  assert.not.match(written, 'third');
  painter.paint(['first', 'SECOND', 'third']);
  assert.is(out.text().length, before + written.length);
});

test('a burst of events is painted at most twelve times a second', () => {
  const out = capture(80);
  const clock = handClock(Date.parse('2026-11-20T08:00:00.000Z'));
  let paints = 0;
  const countPaint = (): void => {
    paints += 1;
  };
  const state = createRunState();
  const live = createLiveReporter({ ...out, write: countPaint }, plain, SOURCES, clock);
  const burst = record((emit) => {
    emit({ type: 'run.start', command: 'run', targets: [], root: '/repo', pid: 1, version: '0.1.0', jobs: 1 });
    emit({ type: 'graph', plan: phaseTasks('PRP-6', 'phase1', 'planned', 'x') });
    emit({ type: 'task.start', task: 'PRP-6:phase1:L1', kind: 'gate', title: 'L1', reason: '', usualMs: null });
    for (let index = 0; index < 500; index += 1) emit({ type: 'task.output', task: 'PRP-6:phase1:L1', stream: 'stdout', text: `line ${index}\n` });
  });
  for (const event of burst) {
    state.apply(event);
    live.onEvent(event, state.view);
    clock.pass(2);
  }
  assert.ok(paints >= 5 && paints <= 13, `${paints} paints in a second`);
  live.close?.();
});

test('clocks go on without events, once a second', () => {
  const out = capture(80);
  const clock = handClock(Date.parse('2026-11-20T08:00:00.000Z'));
  const live = createLiveReporter(out, plain, SOURCES, clock);
  play(STREAMS.failing.slice(0, 4), live);
  clock.pass(3_500);
  assert.match(out.text(), '3s');
  live.close?.();
});

test('after the end the screen holds the tree, the summary and a visible cursor', () => {
  for (const [name, events] of Object.entries(STREAMS)) {
    const screen = createScreen(100, 24);
    const clock = handClock(timeOf(events[0] as Event));
    const live = createLiveReporter({ ...capture(100, 24), write: screen.write }, coloured, SOURCES, clock);
    const state = createRunState();
    screen.write('$ ce\n');
    for (const event of events) {
      state.apply(event);
      live.onEvent(event, state.view);
      clock.pass(90);
    }
    live.close?.();
    const text = screen.lines().join('\n');
    assert.not.ok(screen.cursorHidden(), name);
    assert.is(text.split('\n')[0], '$ ce', name);
    assert.is(text.match(/^(✅|❌|⚠|Dry run).*\(\d.*s\)$/gm)?.length, 1, `${name}: one result line\n${text}`);
    assert.not.match(text, /usually/);
  }
});

test('a warning stands above the tree, which goes on below it', () => {
  const screen = createScreen(80, 24);
  const live = createLiveReporter({ ...capture(80), write: screen.write }, plain, SOURCES, handClock(0));
  play([...STREAMS.green.slice(0, 3), ...record((emit) => emit({ type: 'log', level: 'warning', failure: null, message: 'mind the gap' }))], live);
  const lines = screen.lines();
  assert.is(lines.filter((line) => line === 'ce run PRP-6').length, 1);
  assert.is(lines[0], 'warning: mind the gap');
  live.close?.();
});

test('while a person is asked nothing is repainted, and then a new block begins below', () => {
  const screen = createScreen(80, 40);
  const live = createLiveReporter({ ...capture(80, 40), write: screen.write }, plain, SOURCES, handClock(0));
  const at = STREAMS.mixed.findIndex((event) => event.type === 'input');
  const state = createRunState();
  const feed = (events: readonly Event[]): void => {
    for (const event of events) {
      state.apply(event);
      live.onEvent(event, state.view);
    }
  };
  feed(STREAMS.mixed.slice(0, at + 1));
  assert.not.ok(screen.cursorHidden());
  const asked = screen.lines();
  assert.is(asked.at(-2), 'Create src/store.py, then press Enter.');
  screen.write('\n');
  feed(STREAMS.mixed.slice(at + 1));
  assert.equal(screen.lines().slice(0, asked.length - 1), asked.slice(0, -1));
  live.close?.();
});

test('after the terminal became narrower the tree is drawn anew', () => {
  const out = capture(100);
  const live = createLiveReporter(out, plain, SOURCES, handClock(0));
  play(STREAMS.green.slice(0, 6), live);
  const before = out.text().length;
  out.resize(40);
  const redrawn = out.text().slice(before);
  assert.match(redrawn, '\u001b[J');
  for (const line of stripVTControlCharacters(redrawn).split('\n')) assert.ok(widthOf(line) < 40, line);
  live.close?.();
});

test.run();
