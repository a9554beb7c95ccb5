import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCleaner } from '../../core/clean.ts';
import { createBus, type Body, type Event } from '../../core/events.ts';

const SECRET = 's3cr3t+value/of-12345';
const cleaner = createCleaner([SECRET]);
const { clean } = cleaner;
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEpAIBAAKCAQEA75\nQQ==\n-----END RSA PRIVATE KEY-----\n';
const STEERING = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

test('row 19: sequences that steer a terminal go, their visible text stays', () => {
  assert.is(clean('\x1b[31;1mred\x1b[0m \x1b]0;title\x07plain\x1b]52;c;aGk=\x1b\\ \x1bPdcs\x1b\\\x9b31mC1\x1b(B\x1b7\x07end'), 'red plain C1end');
  assert.is(clean('user\u202etxt.exe\u202c zero\u200bwidth \u2066iso\u2069\ufeff'), 'usertxt.exe zerowidth iso');
  assert.is(clean('\x1b[2J\x1b[Hscreen \x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\'), 'screen link');
  assert.is(clean('unfinished \x1b]52;c;AAAA\nnext'), 'unfinished \nnext');
  assert.is(clean('tab\tand\nline'), 'tab\tand\nline');
});

test('lines that were overwritten show their last state', () => {
  assert.is(clean('10%\r20%\r100%\ndone\r\n'), '100%\ndone\n');
  assert.is(clean('working\r\x1b[K'), 'working');
});

test('row 22: a secret is blanked as it is, in base64 at any offset, and escaped', () => {
  assert.is(clean(`token=${SECRET};`), 'token=[redacted];');
  for (const before of ['', 'u', 'us', 'user:']) {
    const encoded = Buffer.from(`${before}${SECRET}:x`).toString('base64');
    const shown = clean(`Basic ${encoded}`);
    assert.ok(shown.includes('[redacted]'), before);
    assert.not(Buffer.from(shown.slice(6).replace('[redacted]', ''), 'base64').toString().includes('s3cr3t'));
  }
  assert.is(clean(`?t=${encodeURIComponent(SECRET)}&`), '?t=[redacted]&');
  assert.is(createCleaner(['quote"and\\slash']).clean(JSON.stringify({ a: 'quote"and\\slash' })), '{"a":"[redacted]"}');
  assert.is(clean(`s3c\x1b[0mr3t+value/of-12345`), '[redacted]', 'a sequence in its middle does not save it');
});

test('tokens that are known by their form are blanked whoever set them', () => {
  const tokens = [
    `ghp_${'a1B2'.repeat(9)}`,
    `github_pat_${'a1B2'.repeat(9)}`,
    `glpat-${'x'.repeat(20)}`,
    `sk-ant-api03-${'a1'.repeat(20)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'xoxb-123456789012-abcdefghij',
    `npm_${'a'.repeat(36)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'s'.repeat(20)}`,
    `AIza${'b'.repeat(35)}`,
    `sk_live_${'c'.repeat(24)}`,
  ];
  for (const token of tokens) assert.is(clean(`a ${token} b`), 'a [redacted] b', token);
  assert.is(clean('Authorization: Bearer abcdefghijklmnop1234'), 'Authorization: Bearer [redacted]');
  assert.is(clean('postgres://me:hunter22@db/x'), 'postgres://me:[redacted]@db/x');
});

test('ordinary text stays as it is', () => {
  for (const text of [
    'task-runner-with-a-long-name-and-1-digit',
    'src/auth.py:12: error',
    'http://localhost:3000/path',
    'std::vec::Vec',
    'Bearer token missing',
    'x'.repeat(1000),
    'ümläut → ok ✓',
    'eyJust a word',
    '## heading',
  ])
    assert.is(clean(text), text);
});

test('private keys are blanked, and a stray heading does not swallow what follows', () => {
  assert.is(clean(`before\n${PEM}after\n`), 'before\n[redacted]\nafter\n');
  assert.is(clean(`{"key":"${PEM.replaceAll('\n', '\\n')}"}`), '{"key":"[redacted]\\n"}');
  assert.is(clean('-----BEGIN PRIVATE KEY-----\n3 passed, 1 failed in 2 s\n'), '[redacted]\n3 passed, 1 failed in 2 s\n');
});

test('row 21: lines that a CI server would obey are broken', () => {
  assert.is(clean('::set-output name=a::b\n  ::add-mask::x\n::error file=a::b'), ': :set-output name=a::b\n  : :add-mask::x\n: :error file=a::b');
  assert.is(clean('##vso[task.setvariable]x\ntext ##[error]y'), '# #vso[task.setvariable]x\ntext # #[error]y');
});

test('redact changes secrets alone', () => {
  assert.is(cleaner.redact(`\x1b[1m${SECRET}\r\n::error::\u200b`), '\x1b[1m[redacted]\r\n::error::\u200b');
});

/** Text with everything in it that cleaning looks for, in any order. */
const hostile = fc
  .array(
    fc.constantFrom(
      'word ',
      '\n',
      '\r',
      '\x1b[31m',
      '\x1b]0;t\x07',
      '\u202e',
      SECRET,
      SECRET.slice(0, 9),
      PEM,
      '::set-env name=x::',
      `ghp_${'a1B2'.repeat(9)}`,
      'é✓',
      '\t',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

test('law: however a text is cut into pieces, no secret and no control passes, and the words stay', () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(60), { maxLength: 20 }), (text, cuts) => {
      const stream = cleaner.cleanStream();
      let out = '';
      let at = 0;
      for (const length of cuts) {
        out += stream.push(text.slice(at, at + length));
        at += length;
      }
      out += stream.push(text.slice(at)) + stream.end();
      assert.is(out, clean(text));
      assert.not(out.includes(SECRET));
      assert.not(/MIIEpA|ghp_/.test(out));
      assert.not(STEERING.test(out));
    }),
    { numRuns: 500 },
  );
});

test('law: cleaning twice is cleaning once', () => {
  fc.assert(
    fc.property(hostile, (text) => assert.is(clean(clean(text)), clean(text))),
    { numRuns: 300 },
  );
});

test('a line without end is let go in parts, and never in the middle of a secret', () => {
  const stream = cleaner.cleanStream();
  let out = '';
  for (let i = 0; i < 3000; i++) out += stream.push(`${'x'.repeat(i % 97)} ${SECRET}`);
  assert.ok(out.length > 60_000, 'something came before the end');
  out += stream.end();
  assert.not(out.includes('s3cr3t'));
  assert.is(out.split('[redacted]').length, 3001);
});

test('cleaning is linear on hostile text', () => {
  // Each of these takes minutes when one pattern backtracks; the runner's time limit is what fails then.
  for (const piece of [
    'eyJ',
    '://a:',
    'sk-',
    '-----BEGIN ',
    '\x1b[',
    '\x1b]',
    'Bearer ',
    'ghp_',
    ':',
    '\r',
    'AKIA',
    '-----BEGIN PRIVATE KEY-----',
    '://a:b:',
    'eyJaaaaaaaaaa.',
    '\n',
    ' ',
    '\t::',
  ])
    clean(`::${piece.repeat(300_000)}\n-----BEGIN PRIVATE KEY-----\n${piece.repeat(300_000)}!`);
  for (const piece of ['\r', 'a\r']) clean(piece.repeat(300_000));
});

const events: readonly Body[] = [
  { type: 'task.output', task: 't', stream: 'stdout', text: `\x1b[1m${SECRET}\n` },
  { type: 'task.progress', task: 't', message: `\x1b]0;x\x07step ${SECRET}` },
  {
    type: 'diagnostic',
    task: 't',
    diagnostic: {
      source: 'x',
      code: 'E',
      severity: 'error',
      message: `bad \u202e${SECRET}`,
      fixes: [{ title: `use ${SECRET}`, edits: [{ file: 'a', start: 0, end: 1, text: '\x1b[0m\r\n' }] }],
    },
  },
  {
    type: 'escalation',
    escalation: {
      id: '1',
      trigger: 'security',
      code: 'CE_ESCALATE_SECURITY',
      task: 't',
      message: SECRET,
      evidence: [`\x07line ${SECRET}`],
      troubleshooting: [],
      actions: [],
    },
  },
];

test('every text of an event is cleaned before anyone sees it; the text of an edit keeps its bytes', () => {
  const seen: Event[] = [];
  const bus = createBus(
    'run',
    () => new Date(0),
    (body) => cleaner.cleanBody(body),
  );
  bus.subscribe('test', (event) => seen.push(event));
  events.forEach((body) => bus.emit(body));
  assert.not(JSON.stringify(seen).includes('s3cr3t'));
  assert.not(STEERING.test(JSON.stringify(seen.filter((event) => event.type !== 'diagnostic'))));
  assert.not(/\\u001b(?!\[0m)/.test(JSON.stringify(seen)));
  const diagnostic = seen.find((event) => event.type === 'diagnostic');
  assert.is(diagnostic?.type === 'diagnostic' ? diagnostic.diagnostic.fixes?.[0]?.edits[0]?.text : null, '\x1b[0m\r\n');
});

test('a private key that comes line by line as events is blanked to its end, and only there', () => {
  const texts = [`${PEM}next\n`.split(/(?<=\n)/), ['other task\n']].map((lines, index) =>
    lines
      .map((text) => cleaner.cleanBody({ type: 'task.output', task: `t${index}`, stream: 'stdout', text }))
      .map((body) => (body.type === 'task.output' ? body.text : ''))
      .join(''),
  );
  assert.equal(texts, ['[redacted]\nnext\n', 'other task\n']);
});

test('an event without anything to clean is passed on as the same object', () => {
  const body: Body = {
    type: 'graph',
    plan: [
      {
        task: { id: 'PRP-5:phase1:L1', kind: 'gate', title: 'Syntax & style', prp: 'PRP-5', phase: 'phase1', level: 'L1', dependsOn: [] },
        outcome: 'planned',
        reason: 'src/a.ts changed',
      },
    ],
  };
  assert.is(cleaner.cleanBody(body), body);
});

test.run();
