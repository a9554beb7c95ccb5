import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the built package loads, and everything that it exports is usable', async () => {
  const durations = await import('../../dist/src/index.js');
  assert.equal(durations.version, '1.0.0');
  for (const [name, value] of Object.entries(durations)) {
    if (name !== 'version') assert.equal(typeof value, 'function', name);
  }
});
