import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadBuiltinPlugins } from '../../core/builtins.ts';
import { DEFAULTS } from '../../core/config.ts';
import { openSession } from '../../core/session.ts';

test('a session with the plugins that come with ce has its implementers, its healer and its policy', async () => {
  const plugins = await loadBuiltinPlugins();
  const session = openSession({ ...DEFAULTS, plugins: [], implementer: { command: ['agent', '{prompt}'] } }, { plugins, validators: [] });
  assert.equal([...session.implementers.keys()], ['blueprint', 'command', 'manual', 'by-hand']);
  assert.equal(session.implementers.get('command')?.options, { command: ['agent', '{prompt}'], timeout: 3_600_000 });
  assert.equal([session.hooks.heal.isUsed(), session.hooks.escalate.isUsed()], [true, true]);
  await session.close();
});

test('plugins tap the same hooks each time', async () => {
  const taps = async (): Promise<string> => {
    const { hooks } = openSession({ ...DEFAULTS, plugins: [] }, { plugins: await loadBuiltinPlugins(), validators: [] });
    return JSON.stringify([hooks.heal, hooks.escalate, hooks.implementers, hooks.config].map(({ taps: all }) => all.map(({ name, stage }) => [name, stage])));
  };
  assert.is(await taps(), await taps());
});

test.run();
