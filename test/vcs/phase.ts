/** A checkpoint request of one phase, as the engine makes it. */
import type { CheckpointRequest } from '../../core/vcs/checkpoint.ts';
import type { Git } from '../../core/vcs/git.ts';

export const NOW = new Date('2026-11-20T09:30:00Z');

export function phaseOf(git: Git, paths: readonly string[], change: Partial<CheckpointRequest> = {}): CheckpointRequest {
  return {
    git,
    prp: 'PRP-5',
    phase: 'phase2',
    title: 'Add login',
    number: '2',
    kind: 'phase',
    paths,
    gates: 'L1=pass L2=pass L3=unverified L4=n/a',
    spec: 'a'.repeat(64),
    run: '20261120-093000-abc123',
    stage: null,
    tree: 'clean',
    tags: 'yes',
    now: NOW,
    ...change,
  };
}
