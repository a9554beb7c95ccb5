/** What one `ce run` asks for, after its flags were checked. JSON: it is journalled, and `ce resume` asks it again. */
export type RunOption = 'force' | 'allow-dirty' | 'with-deps' | 'skip-validation' | 'worktree';

export interface RunRequest {
  readonly command: 'run';
  readonly targets: readonly string[];
  readonly startPhase: string | null;
  readonly endPhase: string | null;
  /** Null: from the config. */
  readonly jobs: number | null;
  readonly implementer: string | null;
  readonly options: readonly RunOption[];
}

export function wants(request: RunRequest, option: RunOption): boolean {
  return request.options.includes(option);
}
