/**
 * Reporter of ce for node:test: prints plain lines, and appends one JSON record a line to the file that CE_REPORT names.
 * Records: start, test (one a leaf, or a suite that failed by itself), failure, finish. A run without `finish` did not end by itself.
 * Node counts a file without tests as one passing test: its name is the file and nothing stands below it. It is written as `file`, not as `test`.
 */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';

const path = process.env['CE_REPORT'];

function write(record) {
  if (path) appendFileSync(path, `${JSON.stringify(record)}\n`);
}

/** The error that the test threw; node wraps it once or more. */
function thrownBy(error) {
  let inner = error;
  while (inner?.code === 'ERR_TEST_FAILURE' && inner.cause !== undefined && inner.cause !== null) inner = inner.cause;
  return inner;
}

function describe(error) {
  const inner = thrownBy(error);
  if (inner === null || typeof inner !== 'object') return { type: 'Error', message: String(inner), text: String(inner) };
  return { type: inner.name ?? 'Error', message: String(inner.message ?? inner), text: String(inner.stack ?? inner.message ?? inner) };
}

/** Some versions name the file from the working folder in one event and absolutely in the next. */
function fileOf(data) {
  return resolve(data.file ?? '');
}

function isFile(data) {
  return data.nesting === 0 && data.file !== undefined && resolve(data.name) === resolve(data.file);
}

function outcomeOf(event) {
  if ((event.data.skip ?? false) !== false || (event.data.todo ?? false) !== false) return 'skipped';
  return event.type === 'test:pass' ? 'passed' : 'failed';
}

export default async function* report(source) {
  write({ event: 'start', tool: 'node:test', cwd: process.cwd() });
  const names = [];
  const parents = new Set();
  const errors = new Map();
  for await (const event of source) {
    const data = event.data;
    switch (event.type) {
      case 'test:start':
        names.length = data.nesting;
        names[data.nesting] = data.name;
        if (data.nesting > 0) parents.add(`${data.file}\0${names.slice(0, data.nesting).join('\0')}`);
        break;
      case 'test:pass':
      case 'test:fail': {
        names.length = data.nesting;
        const id = [...names, data.name];
        const outcome = outcomeOf(event);
        const error = data.details?.error;
        const place = { file: data.file, line: data.line, column: data.column };
        const ownFailure = outcome === 'failed' && error?.failureType !== 'subtestsFailed';
        const isParent = data.details?.type === 'suite' || parents.has(`${data.file}\0${id.join('\0')}`);
        if (isFile(data) && !isParent) {
          write({ event: 'file', ...place, outcome });
        } else if (!isParent || ownFailure) {
          write({ event: 'test', id: id.join(' > '), outcome, ...place });
        }
        if (ownFailure) {
          write({
            event: 'failure',
            id: id.join(' > '),
            stage: isFile(data) ? 'file' : 'call',
            ...place,
            ...describe(error),
            output: errors.get(fileOf(data))?.slice(-8000),
            exit: error?.exitCode,
            signal: error?.signal,
          });
        }
        yield `${'  '.repeat(data.nesting)}${outcome === 'failed' ? 'not ok' : 'ok'} - ${data.name}${outcome === 'skipped' ? ' # skipped' : ''}\n`;
        if (ownFailure) yield `${describe(error).text}\n`;
        break;
      }
      case 'test:stderr':
        errors.set(fileOf(data), (errors.get(fileOf(data)) ?? '') + data.message);
        yield data.message;
        break;
      case 'test:stdout':
        yield data.message;
        break;
      case 'test:diagnostic':
        yield `${'  '.repeat(data.nesting)}# ${data.message}\n`;
        break;
      default:
        break;
    }
  }
  write({ event: 'finish' });
}
