/** A question to a person: yes is yes, and everything else, a terminal that goes away among it, is no. */
import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { confirm, type Person } from '../../core/cli/prompt.ts';

interface Terminal extends Person {
  readonly input: PassThrough & { isTTY?: boolean };
  readonly stop: AbortController;
  shown(): string;
  interrupts(): number;
}

function terminal(kind: 'terminal' | 'pipe'): Terminal {
  const input: Terminal['input'] = new PassThrough();
  const output: PassThrough & { isTTY?: boolean } = new PassThrough();
  if (kind === 'terminal') input.isTTY = output.isTTY = true;
  const stop = new AbortController();
  let shown = '';
  let interrupts = 0;
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
  });
  const onInterrupt = (): void => {
    interrupts += 1;
  };
  return { input, output, stop, signal: stop.signal, shown: () => shown, interrupts: () => interrupts, onInterrupt };
}

async function answer(person: Terminal, keys: string): Promise<boolean> {
  const asked = confirm('Run them?', person);
  person.input.write(keys);
  return asked;
}

test('only y and yes are a yes', async () => {
  for (const [keys, expected] of [
    ['y\r', true],
    ['YES\r', true],
    [' yes \r', true],
    ['\r', false],
    ['n\r', false],
    ['yesterday\r', false],
    ['\u0004', false],
  ] as const) {
    const person = terminal('terminal');
    assert.is(await answer(person, keys), expected, JSON.stringify(keys));
    assert.match(person.shown(), /Run them\? \[y\/N\]/);
    assert.is(person.interrupts(), 0);
  }
});

test('without a terminal nobody is asked', async () => {
  const person = terminal('pipe');
  assert.is(await answer(person, 'y\n'), false);
  assert.is(person.shown(), '');
});

test('Ctrl-C is a no and an interrupt; a signal and the end of input take the question back', async () => {
  const interrupted = terminal('terminal');
  assert.is(await answer(interrupted, '\u0003'), false);
  assert.is(interrupted.interrupts(), 1);

  const stopped = terminal('terminal');
  const asked = confirm('Run them?', stopped);
  setImmediate(() => stopped.stop.abort('SIGTERM'));
  assert.is(await asked, false);
  assert.is(await confirm('Again?', stopped), false);

  const ended = terminal('terminal');
  const waiting = confirm('Run them?', ended);
  ended.input.end();
  assert.is(await waiting, false);
});

test.run();
