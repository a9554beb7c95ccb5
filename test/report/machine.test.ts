import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { annotationsOf, jobSummaryOf } from '../../core/report/github.ts';
import { junitOf } from '../../core/report/junit.ts';
import { sarifOf } from '../../core/report/sarif.ts';
import { play } from './rig.ts';
import { STREAMS } from './streams.ts';
import { parseXml, type Element } from './xml.ts';

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly invocations?: readonly {
      readonly executionSuccessful: boolean;
      readonly exitCode: number;
      readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations?: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region?: Readonly<Record<string, number>> };
      }[];
      readonly fixes?: readonly { readonly artifactChanges: readonly { readonly replacements: readonly unknown[] }[] }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

const sarif = (events: Parameters<typeof play>[0]): Sarif => JSON.parse(JSON.stringify(sarifOf(play(events), '0.1.0'))) as Sarif;

test('SARIF: one run for each tool, with rule, level, place, fix and a fingerprint', () => {
  const document = sarif(STREAMS.escalated);
  assert.is(document.version, '2.1.0');
  assert.equal(
    document.runs.map((run) => run.tool.driver.name),
    ['ce', 'ruff'],
  );
  const [found] = document.runs[1]?.results ?? [];
  assert.is(found?.ruleId, 'F401');
  assert.is(document.runs[1]?.tool.driver.rules[found?.ruleIndex ?? -1]?.id, 'F401');
  assert.is(found?.level, 'error');
  assert.equal(found?.locations?.[0]?.physicalLocation.artifactLocation, { uri: 'src/auth.py', uriBaseId: '%SRCROOT%' });
  assert.equal(found?.locations?.[0]?.physicalLocation.region, { startLine: 2, startColumn: 8, endLine: 2, endColumn: 10 });
  assert.equal(found?.fixes?.[0]?.artifactChanges[0]?.replacements, [{ deletedRegion: { charOffset: 12, charLength: 10 }, insertedContent: { text: '' } }]);
  assert.match(found?.partialFingerprints['ceFinding/v1'] ?? '', /^[0-9a-f]{32}$/);
});

test('SARIF: no result is not a pass when a gate failed without a finding', () => {
  const document = sarif(STREAMS.loose);
  const [invocation] = document.runs[0]?.invocations ?? [];
  assert.is(invocation?.executionSuccessful, false);
  assert.match(invocation?.toolExecutionNotifications[0]?.message.text ?? '', 'pytest is not installed');
  assert.is(sarif(STREAMS.green).runs[0]?.invocations?.[0]?.executionSuccessful, true);
});

test('JUnit: well-formed, counts are true, judged and not judged are told apart', () => {
  for (const events of Object.values(STREAMS)) {
    const root = parseXml(junitOf(play(events)));
    assert.is(root.name, 'testsuites');
    const cases = root.children.flatMap((suite) => suite.children);
    const with_ = (name: string): number => cases.filter((one) => one.children.some((child) => child.name === name)).length;
    assert.is(Number(root.attributes['tests']), cases.length);
    assert.is(Number(root.attributes['failures']), with_('failure'));
    assert.is(Number(root.attributes['errors']), with_('error'));
    assert.is(Number(root.attributes['skipped']), with_('skipped'));
    assert.ok(cases.length > 0);
  }
});

const outcomeOf = (root: Element, classname: string): readonly string[] =>
  root.children
    .flatMap((suite) => suite.children)
    .filter((one) => one.attributes['classname'] === classname)
    .flatMap((one) => (one.children.length === 0 ? ['pass'] : one.children.map((child) => child.name)));

test('JUnit: a failing test is a failure, a missing tool an error, unverified and blocked are skipped', () => {
  const failing = parseXml(junitOf(play(STREAMS.failing)));
  assert.equal(outcomeOf(failing, 'PRP-6:phase1:L1'), ['pass']);
  assert.equal(outcomeOf(failing, 'PRP-6:phase1:L2'), ['failure']);
  assert.equal(outcomeOf(failing, 'PRP-6:phase2:L2'), ['skipped']);
  assert.equal(outcomeOf(parseXml(junitOf(play(STREAMS.loose))), 'L2'), ['error']);
  assert.equal(outcomeOf(parseXml(junitOf(play(STREAMS.healed))), 'PRP-6:phase1:L3'), ['skipped']);
});

test('JUnit: a run that failed before any task did is not green', () => {
  assert.is(parseXml(junitOf(play(STREAMS.mixed))).attributes['errors'], '1');
});

test('GitHub: annotations carry file, line and title, errors first, with the escapes of workflow commands', () => {
  assert.equal(annotationsOf(play(STREAMS.failing)), ['::error file=tests/test_auth.py,line=4,title=pytest AssertionError::assert 401 == 200']);
  assert.equal(annotationsOf(play(STREAMS.loose)), ['::error title=L2::pytest is not installed']);
  assert.is(
    annotationsOf(play(STREAMS.escalated))[0],
    '::error file=src/auth.py,line=2,endLine=2,col=8,endColumn=10,title=ruff F401::`os` imported but unused',
  );
  assert.equal(annotationsOf(play(STREAMS.green)), []);
});

test('GitHub: the job summary names outcome, tasks, heals, checkpoints and what nobody verified', () => {
  const text = jobSummaryOf(play(STREAMS.healed));
  assert.match(text, '## ce run PRP-6:phase1: done, confidence 8/10');
  assert.match(text, '| Phase 1: Core Logic Implementation | L3 | unverified |');
  assert.match(text, '### Heals');
  assert.match(text, '- `checkpoint-PRP-6-phase1-20261120-080003` ab3118f0c2d4');
  assert.match(text, '- PRP-6:phase1:L3: log in with a real account');
  assert.match(jobSummaryOf(play(STREAMS.failing)), ': failed, confidence 5/10');
});

test.run();
