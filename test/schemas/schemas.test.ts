import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CODES } from '../../core/codes.ts';
import type { ConfigData } from '../../core/config-types.ts';
import type { Body, Event } from '../../core/events.ts';
import { SCHEMAS, validateAgainst } from '../../core/schema.ts';
import { parsePrp } from '../../core/spec/prp.ts';
import { showPrp } from '../../core/spec/show.ts';
import { STREAMS } from '../report/streams.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const messages = async (name: Parameters<typeof validateAgainst>[0], data: unknown): Promise<readonly string[]> =>
  (await validateAgainst(name, data)).map(({ message }) => message);

test('every schema file is one that ce validates against, or the nouns they share', () => {
  const files = readdirSync(`${root}/schemas`)
    .filter((name) => name.endsWith('.schema.json'))
    .map((name) => name.replace('.schema.json', ''));
  assert.equal(files.filter((name) => name !== 'model').sort(), [...SCHEMAS].sort());
});

test('every object is closed, and every schema says what it is for', () => {
  for (const name of [...SCHEMAS, 'model']) {
    const schema = JSON.parse(readFileSync(`${root}/schemas/${name}.schema.json`, 'utf8')) as Record<string, unknown>;
    assert.is(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema', name);
    assert.type(schema['markdownDescription'], 'string');
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node && !('discriminator' in node)) assert.ok('additionalProperties' in node, `${name}${path} is open`);
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(schema, '');
  }
});

for (const [name, events] of Object.entries(STREAMS)) {
  test(`every event of a run that is ${name} follows event.schema.json`, async () => {
    for (const event of events) assert.equal(await messages('event', JSON.parse(JSON.stringify(event))), [], event.type);
  });
}

test('the streams hold every type of event, and the schema knows no other', async () => {
  const types: Readonly<Record<Body['type'], true>> = {
    'run.start': true,
    'run.end': true,
    graph: true,
    'task.start': true,
    'check.start': true,
    'check.end': true,
    'task.output': true,
    'task.progress': true,
    'task.end': true,
    diagnostic: true,
    heal: true,
    escalation: true,
    checkpoint: true,
    input: true,
    log: true,
  };
  const seen = new Set(
    Object.values(STREAMS)
      .flat()
      .map((event: Event) => event.type),
  );
  assert.equal([...seen].sort(), Object.keys(types).sort());
  const schema = JSON.parse(readFileSync(`${root}/schemas/event.schema.json`, 'utf8')) as { properties: { type: { enum: string[] } } };
  assert.equal([...schema.properties.type.enum].sort(), Object.keys(types).sort());
});

test('an event with an unknown key, a missing one or a bad value is refused', async () => {
  const event = { v: 1, seq: 1, time: '2026-11-20T08:00:00.000Z', run: 'r', type: 'task.progress', task: 't', message: 'm' };
  assert.equal(await messages('event', event), []);
  assert.equal(await messages('event', { ...event, mesage: 'x' }), ['the document: unknown key `mesage`; did you mean `message`?']);
  assert.equal(await messages('event', { ...event, time: 'yesterday' }).then((all) => all.length), 1);
  assert.equal(await messages('event', { ...event, type: 'task.stop' }).then((all) => all[0]?.startsWith('type: must be one of')), true);
});

test('every code of ce has the form that the schemas ask for', async () => {
  for (const code of Object.keys(CODES)) {
    const event = { v: 1, seq: 1, time: '2026-11-20T08:00:00.000Z', run: 'r', type: 'log', level: 'error', message: 'm', failure: { code, message: 'm' } };
    assert.equal(await messages('event', event), [], code);
  }
});

/** With every key, so that the schema and the type cannot part. */
const CONFIG: ConfigData = {
  prps: ['PRPs/**/*.md'],
  implementer: { command: ['agent', '{prompt}'], timeout: 1000 },
  validators: { mypy: { level: 'L1', command: 'mypy src', inputs: ['src/**/*.py'], cwd: '.', env: ['MYPY_CACHE_DIR'], timeout: 1000 } },
  detect: true,
  require: ['L1', 'L2'],
  jobs: 2,
  timeout: 600_000,
  heal: { attempts: 3, levels: ['L1', 'L2'], maxLines: 200 },
  env: ['DATABASE_URL'],
  checkpoint: { tags: true, hooks: false },
  cache: { maxBytes: 1024 },
};

test('the config schema has exactly the keys of the config, all of them optional', async () => {
  assert.equal(await messages('config', CONFIG), []);
  assert.equal(await messages('config', {}), []);
  assert.equal(await messages('config', { heal: { attempts: 0 } }), []);
  const schema = JSON.parse(readFileSync(`${root}/schemas/config.schema.json`, 'utf8')) as { properties: Record<string, unknown> };
  assert.equal(
    Object.keys(schema.properties)
      .filter((key) => key !== '$schema')
      .sort(),
    Object.keys(CONFIG).sort(),
  );
});

test('a wrong config names the place, what is wrong, and the nearest key', async () => {
  assert.equal(await messages('config', { detct: false }), ['the document: unknown key `detct`; did you mean `detect`?']);
  assert.equal(await messages('config', { heal: { attemps: 3 } }), ['heal: unknown key `attemps`; did you mean `attempts`?']);
  assert.equal(await messages('config', { implementer: 'blueprnt' }), [
    'implementer: must be "blueprint" or "manual" or a value of type object, and is "blueprnt"',
  ]);
  assert.equal(
    await messages('config', { implementer: { comand: 'x' } }).then((all) => all.includes('implementer: unknown key `comand`; did you mean `command`?')),
    true,
  );
  assert.equal(await messages('config', { validators: { mypy: { level: 'L5', command: 'x' } } }), ['validators.mypy.level: must be one of L1, L2, L3, L4']);
  assert.equal(await messages('config', { jobs: 'two' }), ['jobs: must be integer, and is string']);
  assert.equal(await messages('config', { zzz: 1 }).then((all) => all[0]?.startsWith('the document: unknown key `zzz`; known: ')), true);
  assert.equal(await messages('config', []), ['the document: must be object, and is array']);
});

test('L3 and L4 cannot be turned on for healing', async () => {
  assert.is((await messages('config', { heal: { levels: ['L3'] } })).length, 1);
});

test('B14 the request of an implementer has the shape of the seeds, with the phase', async () => {
  const request = {
    v: 1,
    prp_path: 'PRPs/PRP-6.md',
    prp_id: 'PRP-6',
    resume_from: 'phase_2',
    validation_level: 4,
    context: { project_root: '/repo', branch: 'main', batch_id: 34, stage: 1, order: 0 },
    phase: {
      number: '2',
      id: 'phase2',
      name: 'Store',
      hours: 1.5,
      goal: null,
      approach: null,
      files: [{ path: 'a', action: 'move', description: '', from: 'b' }],
      functions: [{ name: 'f', signature: 'f()' }],
      steps: ['one'],
      validate: [{ level: 'L2', command: 'pytest', kind: 'command' }],
      checkpoint: null,
    },
    attempt: 1,
    run_id: 'r',
    prompt: 'Phase 2: Store',
  };
  assert.equal(await messages('implement-request', request), []);
  assert.equal(await messages('implement-request', { ...request, validation_level: 5 }), ['validation_level: must be <= 4']);
});

test("B16, M10 both spellings of an implementer's report are read", async () => {
  const batch = {
    prp_id: 'PRP-6',
    status: 'completed',
    phases_completed: ['phase_1', 'phase_2'],
    validation_results: { level_1: { passed: true, errors: [] }, level_4: { passed: true, errors: [] } },
    git_commits: ['abc123'],
    error: null,
  };
  const executor = {
    prp_id: 'PRP-A',
    status: 'SUCCESS',
    phases_completed: 3,
    phases_total: 3,
    confidence_score: 10,
    validation_results: { L1: { passed: true, attempts: 1 }, L4: { passed: true, drift_score: 4.2 } },
    self_heals: 0,
    commit_hash: 'ab3118f',
    execution_time: '6m 12s',
    files_modified: ['a'],
    errors: [],
  };
  assert.equal(await messages('implement-report', batch), []);
  assert.equal(await messages('implement-report', executor), []);
  assert.equal(await messages('implement-report', {}), ['the document: lacks the key `status`']);
  assert.equal(await messages('implement-report', { status: 'complete' }), [
    'status: must be one of completed, partial, failed, SUCCESS, PARTIAL, FAILED; did you mean `completed`?',
  ]);
});

test('what ce show --json prints follows prp.schema.json', async () => {
  const text =
    '# PRP-9: Sample\n\n## Implementation Blueprint\n\n### Phase 1: One (2-3h)\n\n**Goal**: g\n\n**Files to Create**:\n- `a.ts` - what\n\n**Validation Command**: `npm test`\n\n### Gate 1: All\n\nask someone\n';
  const shown = showPrp(parsePrp('PRPs/PRP-9.md', text));
  assert.equal(await messages('prp', JSON.parse(JSON.stringify(shown))), []);
  assert.ok((await messages('prp', { ...shown, phases: [{}] })).length > 0);
});

test('the types in core/generated follow the schemas', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/generate-types.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  assert.is(status, 0, stderr);
});

test.run();
