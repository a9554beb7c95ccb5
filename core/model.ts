/**
 * The nouns of ce. Data only: no file, no process, no clock. Everything here is JSON unless a comment says otherwise,
 * so it may cross a thread, enter the journal or be printed.
 */

export const LEVELS = ['L1', 'L2', 'L3', 'L4'] as const;
/** L1 syntax and style · L2 unit tests · L3 integration · L4 pattern conformance. */
export type Level = (typeof LEVELS)[number];

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Severity = 'error' | 'warning' | 'info';

/** One located finding, in the sense of LSP and SARIF. Lines and columns are 1-based; columns count UTF-16 units. */
export interface Diagnostic {
  /** The tool that found it: `ruff`, `tsc`, `spec`, `ce`. */
  readonly source: string;
  /** The tool's own rule (`F401`, `TS2304`) or one of ce's codes. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Path from the repository root, with forward slashes. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** Repairs that the tool itself calls safe. */
  readonly fixes?: readonly Fix[];
}

/** Replaces `[start, end)` (UTF-16 offsets into the file as read) by `text`. */
export interface TextEdit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a healer proposes. Text edits only, never a side effect. All edits of a fix are applied, or none. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Set by the engine: the name of the healer that proposed it. */
  readonly healer?: string;
}

// ---------------------------------------------------------------- specs

export type FileAction = 'create' | 'modify' | 'delete' | 'move';

/** A file that a spec says will change. `from` is set for a move. */
export interface FileChange {
  readonly path: string;
  readonly action: FileAction;
  readonly description: string;
  readonly from?: string;
  readonly line: number;
}

/** A command or a request for judgement that a spec writes down. */
export interface Validation {
  readonly level: Level;
  /** Heading or label it came from, for people. */
  readonly name: string;
  /** The script, as written; for `manual` the sentence that a person must judge. */
  readonly command: string;
  /** `manual`: prose that nothing can run. It is listed as unverified, never passed. */
  readonly kind: 'command' | 'manual';
  /** What the spec says the output must show. */
  readonly expect?: string;
  readonly line: number;
}

/** A fenced block that the blueprint implementer may apply. */
export interface CodeBlock {
  /** First word of the info string, lower case; empty when there is none. */
  readonly language: string;
  /** The file it is bound to by info string, caption or list item; null when nothing binds it. */
  readonly path: string | null;
  readonly text: string;
  readonly line: number;
}

/** A function or class that a phase says it will add. */
export interface DeclaredFunction {
  readonly name: string;
  readonly signature: string;
  readonly line: number;
}

/** A numbered part of a PRP; Steps and Tasks of other formats are phases of kind `step`. */
export interface Phase {
  /** As written: `1`, `10.1`, `2A`. */
  readonly number: string;
  /** Unique in its PRP, and the middle of a target: `phase1`, `phase10.1`, `phase4-2` for a repeated number. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'phase' | 'step';
  /** Estimated hours; a range is its midpoint, minutes are converted. Null when the spec does not say. */
  readonly hours: number | null;
  readonly goal: string | null;
  readonly approach: string | null;
  readonly files: readonly FileChange[];
  readonly functions: readonly DeclaredFunction[];
  readonly steps: readonly string[];
  readonly validate: readonly Validation[];
  readonly checkpoint: string | null;
  readonly blocks: readonly CodeBlock[];
  readonly line: number;
  readonly endLine: number;
  /** sha256 (hex) of the phase's text, normalised: line ends, trailing blanks, checkbox and status marks do not count. */
  readonly spec: string;
}

/** A PRP that must be finished first. */
export interface Dependency {
  readonly id: string;
  /** A soft dependency orders, and never blocks. */
  readonly soft: boolean;
}

/** One spec, as understood. */
export interface Prp {
  readonly id: string;
  readonly title: string;
  readonly status: string | null;
  /** From the repository root, with forward slashes. */
  readonly path: string;
  readonly executable: boolean;
  /** Why it can't be run; null when it can. */
  readonly reason: string | null;
  readonly complexity: string | null;
  readonly hours: number | null;
  readonly dependencies: readonly Dependency[];
  /** Files named in the header or the document's own lists, beside those of phases. */
  readonly files: readonly FileChange[];
  readonly phases: readonly Phase[];
  /** Validations that stand outside phases: the gates of the pseudo-phase `final`. */
  readonly gates: readonly Validation[];
  readonly diagnostics: readonly Diagnostic[];
  /** sha256 (hex) of the normalised text of the document-level gates: the spec of `final`. */
  readonly spec: string;
}

/** What a person asks for. `prp` may end in `.*`; `phase` is a phase id or `final`. */
export interface Target {
  readonly prp: string;
  readonly phase: string | null;
  readonly level: Level | null;
}

// ---------------------------------------------------------------- tasks

export type TaskKind = 'implement' | 'gate' | 'checkpoint' | 'review' | 'merge' | 'sync' | 'step' | 'command';

export type Outcome = 'executed' | 'fresh' | 'cached' | 'failed' | 'unverified' | 'not-applicable' | 'skipped' | 'blocked' | 'cancelled';

/** A node of the task graph. Its id is what a person may type: `PRP-5:phase2:L1`. */
export interface Task {
  readonly id: string;
  readonly kind: TaskKind;
  readonly title: string;
  readonly prp: string | null;
  /** Phase id, or `final`. */
  readonly phase: string | null;
  readonly level: Level | null;
  /** Ids of tasks that must end well first. */
  readonly dependsOn: readonly string[];
}

/** Acyclic. Tasks stand in an order in which every dependency comes before its dependants. */
export interface TaskGraph {
  readonly tasks: readonly Task[];
}

/** What the plan says of a task before anything runs. */
export interface PlannedTask {
  readonly task: Task;
  readonly outcome: 'planned' | 'fresh' | 'cached' | 'skipped' | 'unverified';
  /** One line for people: `spec changed since 3f2a91c`, `src/auth.py changed`. */
  readonly reason: string;
}

// ---------------------------------------------------------------- gates

/** The nearest folder with package.json, pyproject.toml, go.mod or Cargo.toml. `dir` is from the root, `.` for the root itself. */
export interface Project {
  readonly dir: string;
  readonly kinds: readonly ('node' | 'python' | 'go' | 'rust')[];
}

/** A list is argv; a script is run by `bash --noprofile --norc -eo pipefail`. */
export type Command = { readonly argv: readonly string[] } | { readonly script: string };

/** One validator applied to one project: what will run, and the inputs that its verdict depends on. */
export interface Check {
  readonly validator: string;
  readonly level: Level;
  readonly project: string;
  readonly command: Command;
  /** From the repository root. */
  readonly cwd: string;
  /** Globs from the repository root; `null` when unknown, and then the verdict is never cached. */
  readonly inputs: readonly string[] | null;
  /** Names of environment variables that the command may see; their values are hashed. */
  readonly env: readonly string[];
  /** Prints the tool's version; null when there is none to ask. */
  readonly version: readonly string[] | null;
  /** Milliseconds. */
  readonly timeout: number;
  readonly cache: boolean;
  /** True when at least one test must have run for a pass. */
  readonly needsTests: boolean;
  /** Where it comes from: `package.json`, `PRPs/PRP-5.md:42`, `ce.config.ts`. */
  readonly origin: string;
  /** Text that the output must hold, when the spec says so. */
  readonly expect?: string;
  /** For the validator's own parser. */
  readonly options?: Json;
}

/** What a command did. The texts are whole, whatever the size of the memory cap. */
export interface ToolResult {
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** The program itself was not there. */
  readonly notFound: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Content of the report file that the check asked for (`CE_REPORT`); null when it was not written. */
  readonly report: string | null;
  readonly durationMs: number;
}

export type Verdict = 'pass' | 'fail' | 'crash' | 'config' | 'empty' | 'timeout' | 'tool-missing';

export interface TestCounts {
  readonly run: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a validator makes of a tool's result. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly diagnostics: readonly Diagnostic[];
  readonly tests?: TestCounts;
  /** One line for people when the verdict is not `pass`: what happened and what to do. */
  readonly message?: string;
}

export interface ValidatorResult extends Judgement {
  readonly name: string;
  readonly project: string;
  readonly command: string;
  readonly durationMs: number;
  readonly cached: boolean;
  /** Prefix of the whole output on disk: `<log>.out` and `<log>.err`; null when nothing ran. */
  readonly log: string | null;
}

export interface GateResult {
  readonly level: Level;
  readonly outcome: Outcome;
  /** True only with evidence: at least one validator passed and none did otherwise. */
  readonly passed: boolean;
  /** Times the gate was run. */
  readonly attempts: number;
  readonly validators: readonly ValidatorResult[];
  /** What a person must judge, from the spec: listed, never passed. */
  readonly unverified: readonly string[];
  readonly reason: string;
}

/** A validated, restorable git state. */
export interface Checkpoint {
  readonly prp: string;
  readonly phase: string;
  readonly commit: string;
  readonly tag: string | null;
  readonly ref: string;
  readonly spec: string;
  /** As in the trailer: `L1=pass L2=pass L3=unverified L4=n/a`. */
  readonly gates: string;
  readonly tree: 'clean' | 'dirty';
}
