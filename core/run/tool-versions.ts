/** Asks tools for their versions through the one place that starts processes. */
import { openToolVersions as open, type ToolVersions } from '../cache/tool-version.ts';
import { taskEnvironment } from '../environment.ts';
import type { Workspace } from './workspace.ts';

const PATIENCE_MS = 20_000;

export function openToolVersions(workspace: Workspace, environment: NodeJS.ProcessEnv): ToolVersions {
  const env = taskEnvironment(environment, workspace.config.data.env);
  return open({
    root: workspace.root,
    ceDir: workspace.paths.ce,
    path: env['PATH'] ?? env['Path'] ?? '',
    warn: () => undefined,
    async ask(argv, folder) {
      const { runProcess } = await import('../process.ts');
      const result = await runProcess({ command: { argv }, cwd: folder, env, timeoutMs: PATIENCE_MS, logFile: null });
      return result.exit === 0 ? `${result.stdout}\n${result.stderr}`.trim() : null;
    },
  });
}
