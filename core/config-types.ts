/** The config as the engine sees it: every default filled in, data only except `plugins`. */
import type { Plugin } from './contracts.ts';
import type { Level } from './model.ts';

/** A validator without code. */
export interface CommandValidator {
  readonly level: Level;
  /** A string is a script for bash, a list is argv. */
  readonly command: string | readonly string[];
  /** Globs from the repository root. Without them the verdict is never cached. */
  readonly inputs?: readonly string[];
  /** From the repository root; default `.`. */
  readonly cwd?: string;
  readonly env?: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
}

/** `blueprint` applies what the spec spells out; `manual` waits for a person; a command is any program. */
export type ImplementerConfig = 'blueprint' | 'manual' | { readonly command: string | readonly string[]; readonly timeout?: number };

export interface ConfigData {
  /** Globs of spec files, from the repository root. */
  readonly prps: readonly string[];
  readonly implementer: ImplementerConfig;
  readonly validators: Readonly<Record<string, CommandValidator>>;
  /** False: only the config's validators and the spec's own commands. */
  readonly detect: boolean;
  /** Levels that must pass; null: L2 if the phase names a command. */
  readonly require: readonly Level[] | null;
  /** Gates and commands at one time. */
  readonly jobs: number;
  /** Milliseconds that a check may take. */
  readonly timeout: number;
  readonly heal: { readonly attempts: number; readonly levels: readonly Level[]; readonly maxLines: number };
  /** Names of environment variables that commands may see, beside the default list. */
  readonly env: readonly string[];
  readonly checkpoint: { readonly tags: boolean; readonly hooks: boolean };
  readonly cache: { readonly maxBytes: number };
}

export interface Config extends ConfigData {
  readonly plugins: readonly Plugin[];
}
