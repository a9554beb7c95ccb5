/** What plugins implement: validators, implementers, plugins themselves, and what the engine hands them. */
import type { Failure } from './errors.ts';
import type { Hooks } from './hooks.ts';
import type { Check, Command, Diagnostic, GateResult, Json, Judgement, Outcome, Phase, Project, Prp, ToolResult } from './model.ts';

/** A read-only look at a project while validators are detected. Paths are from the project's folder. */
export interface ProjectView {
  readonly project: Project;
  has(path: string): boolean;
  /** Null when the file does not exist. */
  read(path: string): string | null;
  /** The parsed file; null when it does not exist or is not JSON (comments are allowed). */
  readJson(path: string): Json | null;
  /** Argv prefix that starts a tool: the nearest `node_modules/.bin`, the project's virtual environment, PATH; null when absent. */
  tool(name: string, ecosystem: 'node' | 'python' | 'other'): readonly string[] | null;
  /** Entries of a folder of the project, sorted; empty when it does not exist. */
  list(path: string): readonly string[];
}

/** A variable that the engine sets for a check's command. It says where ce's own files are, and is no part of the key. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Put between `value` and what the environment already holds; without it the value replaces. */
  readonly join?: string;
}

/** One tool: which checks it offers a project, and how to read what it said. */
export interface Validator {
  readonly name: string;
  /** Bumped when the parser's judgement changes: part of the key of every cached verdict. */
  readonly version: string;
  /** Checks for this project; empty when the tool is not used there. A tool that is configured but not installed is still offered: its verdict is `tool-missing`. */
  detect(view: ProjectView): readonly Check[];
  /** Variables for the command, asked when it starts. */
  variables?(check: Check): readonly Variable[];
  /** Exit code, report and counts together; never the exit code alone. `read` gives a file of the tree by path from the root. */
  judge(result: ToolResult, check: Check, context: JudgeContext): Judgement | Promise<Judgement>;
}

export interface JudgeContext {
  /** Absolute. */
  readonly root: string;
  /** Null when the file does not exist. */
  read(path: string): string | null;
}

/** A whole-file change: new content, or null to delete. Paths are from the repository root. */
export interface FileWrite {
  readonly path: string;
  readonly content: string | null;
  readonly executable?: boolean;
}

export interface ImplementRequest {
  readonly prp: Prp;
  readonly phase: Phase;
  /** Absolute root of the tree to change. */
  readonly root: string;
  readonly run: string;
  readonly attempt: number;
  /** Paths that this phase already changed, by an earlier run or by hand; absent when it is not known. */
  readonly changed?: readonly string[];
  /** Those of them that hold something else than an implementer last wrote there: a person's fix or a heal, not to be written over. */
  readonly edited?: readonly string[];
}

export interface ImplementContext {
  readFile(path: string): Promise<string | null>;
  /** Runs a program in the tree; the engine owns its process group, timeout and output. */
  exec(command: Command, options: ExecOptions): Promise<ToolResult>;
  /** Asks the person to act and waits; false when nobody is there to ask. */
  ask(prompt: string): Promise<boolean>;
  progress(message: string): void;
  readonly signal: AbortSignal;
}

export interface ExecOptions {
  readonly input?: string;
  readonly timeoutMs: number;
  /** Extra variables, beside those that the environment policy lets through. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ImplementResult {
  readonly status: 'done' | 'failed' | 'needs-person';
  /** Applied by the engine as one step; empty when the implementer changed the tree itself. */
  readonly writes: readonly FileWrite[];
  readonly diagnostics: readonly Diagnostic[];
  readonly failure?: Failure;
  readonly summary: string;
}

/** Makes a phase's changes. */
export interface Implementer {
  readonly name: string;
  readonly version: string;
  /** JSON; part of the key of the phase's patch. */
  readonly options: Json;
  implement(request: ImplementRequest, context: ImplementContext): Promise<ImplementResult>;
}

export interface TaskContext {
  readonly prp: Prp | null;
  readonly phase: Phase | null;
  readonly checks: readonly Check[];
  readonly signal: AbortSignal;
}

export interface TaskResult {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly gate?: GateResult;
  readonly failure?: Failure;
}

/** What `apply` sees of a session. */
export interface PluginHost {
  readonly hooks: Hooks;
}

/** Made by a factory. `apply` only taps: no I/O, and the same taps each time. */
export interface Plugin {
  readonly name: string;
  apply(host: PluginHost): void;
}
