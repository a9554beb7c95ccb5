/** The command that runs this repository's tests, for templates. Looks at manifests only. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function testCommandOf(root: string): string {
  const has = (name: string): boolean => existsSync(join(root, name));
  if (has('package.json')) {
    try {
      const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts?: Record<string, string> };
      if (manifest.scripts?.['test'] !== undefined) return 'npm test';
    } catch {
      // A manifest that is not JSON names no test command.
    }
  }
  if (has('uv.lock')) return 'uv run pytest';
  if (has('pyproject.toml') || has('setup.py') || has('requirements.txt')) return 'python -m pytest';
  if (has('go.mod')) return 'go test ./...';
  if (has('Cargo.toml')) return 'cargo test';
  return 'node --test';
}
