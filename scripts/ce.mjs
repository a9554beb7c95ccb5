/** `npm run ce -- <arguments>`: this clone's own ce, installed and built first when it is stale. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, bootstrap, reportSetupError } from './bootstrap.mjs';

try {
  await bootstrap();
  const { status, signal } = spawnSync(process.execPath, [join(ROOT, 'dist', 'main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = signal === null ? (status ?? 70) : 130;
} catch (error) {
  reportSetupError(error);
}
