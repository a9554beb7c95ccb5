/**
 * Whether the verdict of a check is known for the tree as it is, what it is keyed by, and what changed since it last ran. For the
 * commands that only read: no verdict is stored, and tools are asked for their versions only in a clone that was approved.
 */
import type { CheckVersions } from '../cache/fingerprint.ts';
import { openCache } from '../cache/lookup.ts';
import type { ToolVersions } from '../cache/tool-version.ts';
import type { Change } from '../cache/why.ts';
import { taskEnvironment } from '../environment.ts';
import type { Failure } from '../errors.ts';
import type { Check } from '../model.ts';
import { versionsOf } from './check-versions.ts';
import { nameOf } from './checks-runner.ts';
import type { Detection } from './detect.ts';
import { openToolVersions } from './tool-versions.ts';
import type { Workspace } from './workspace.ts';

export interface CheckState {
  readonly check: Check;
  /** The config's name for it, else its validator's. */
  readonly name: string;
  readonly known: 'hit' | 'miss';
  /** sha256, hex; null when the verdict may not be cached. */
  readonly key: string | null;
  /** Why it would run; for a hit what is spared. */
  readonly reason: string;
  readonly changes: readonly Change[];
  readonly versions: CheckVersions;
}

export interface CheckStates {
  /** In the order of the checks. */
  readonly states: readonly CheckState[];
  /** Damaged cache files and the like. */
  readonly warnings: readonly Failure[];
}

const UNASKED: ToolVersions = { of: async () => new Map(), flush: () => undefined };

export async function readCheckStates(
  workspace: Workspace,
  checks: readonly Check[],
  detection: Detection,
  environment: NodeJS.ProcessEnv,
): Promise<CheckStates> {
  const warnings: Failure[] = [];
  const cache = openCache({
    root: workspace.root,
    ceDir: workspace.paths.ce,
    env: taskEnvironment(environment, workspace.config.data.env),
    warn: (failure) => warnings.push(failure),
  });
  const versions = await versionsOf(checks, workspace.root, detection, workspace.trusted ? openToolVersions(workspace, environment) : UNASKED);
  const found = await cache.lookup(checks, versions);
  const states = checks.flatMap((check, index): readonly CheckState[] => {
    const lookup = found[index];
    if (lookup === undefined) return [];
    const common = { check, name: nameOf(check), versions: versions(check) };
    return 'hit' in lookup
      ? [{ ...common, known: 'hit', key: lookup.key, reason: `passed on the same inputs, in ${Math.round(lookup.hit.durationMs)} ms`, changes: [] }]
      : [{ ...common, known: 'miss', key: lookup.miss, reason: lookup.reason, changes: lookup.changes }];
  });
  return { states, warnings };
}
