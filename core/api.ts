/**
 * What plugins and validators may import: the nouns, the contracts, the hook stages, and failure as a value.
 * Everything here is public. Nothing here does I/O.
 */
import type { ConfigData } from './config-types.ts';
import type { Plugin } from './contracts.ts';

export type {
  Check,
  Checkpoint,
  CodeBlock,
  Command,
  DeclaredFunction,
  Dependency,
  Diagnostic,
  FileAction,
  FileChange,
  Fix,
  GateResult,
  Json,
  Judgement,
  Level,
  Outcome,
  Phase,
  PlannedTask,
  Project,
  Prp,
  Severity,
  Target,
  Task,
  TaskGraph,
  TaskKind,
  TestCounts,
  TextEdit,
  ToolResult,
  Validation,
  ValidatorResult,
  Verdict,
} from './model.ts';
export { LEVELS } from './model.ts';
export type {
  ExecOptions,
  FileWrite,
  ImplementContext,
  Implementer,
  ImplementRequest,
  ImplementResult,
  JudgeContext,
  Plugin,
  PluginHost,
  ProjectView,
  TaskContext,
  TaskResult,
  Validator,
  Variable,
} from './contracts.ts';
export type { CommandValidator, Config, ConfigData, ImplementerConfig } from './config-types.ts';
export type { Body, ConfidenceScore, Escalation, Event, EventBus, HealRecord, Subscriber } from './events.ts';
export type { GateFailure, HealContext, Healing, Hooks } from './hooks.ts';
export { Stage } from './hooks.ts';
export type { Code, Failure, Place, Result } from './errors.ts';
export { CeError, fail, ok, toFailure } from './errors.ts';

/** Plugins of a config: lists are flattened and falsy entries vanish, so that `isCI && tracing()` reads well. */
export type PluginOption = Plugin | false | null | undefined | readonly PluginOption[];

/** What `ce.config.ts` exports: every key is optional. */
export interface UserConfig extends Partial<ConfigData> {
  readonly plugins?: readonly PluginOption[];
}

/** Returns the config as it is; it exists for completion and checking in an editor. */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}
