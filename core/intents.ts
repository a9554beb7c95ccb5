/** What is about to be done to git, written down before it is done, so that a resumed run completes or undoes exactly that. Data only. */

/** A checkpoint whose objects exist and whose refs have not moved yet. Every ref stands with the value that it had and the one it gets. */
export interface CheckpointIntent {
  readonly kind: 'checkpoint';
  readonly prp: string;
  /** Phase id, or `final`. */
  readonly phase: string;
  readonly run: string;
  /** HEAD when it was prepared, and the value that the branch must still have. */
  readonly parent: string;
  readonly commit: string;
  /** Full name: `refs/heads/main`. */
  readonly branch: string;
  /** `refs/ce/<prp>/<phase>`. */
  readonly ref: string;
  /** Null when the ref did not exist. */
  readonly refBefore: string | null;
  /** Null when tags are switched off. `object` is the annotated tag, not the commit. */
  readonly tag: { readonly name: string; readonly object: string } | null;
  /** Changed paths of the commit, from the repository root: refreshed in the checkout's index at the end. */
  readonly paths: readonly string[];
}

/** A worktree that is about to be made. It is known by its id, so that a half-made one can be removed without asking git. */
export interface WorktreeIntent {
  readonly kind: 'worktree';
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Full name of the branch that is made with it. */
  readonly branch: string;
  readonly base: string;
}

export type Intent = CheckpointIntent | WorktreeIntent;
