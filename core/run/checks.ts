/** Which checks make up a gate: the spec's own commands, the config's validators, and what was detected in the projects. */
import type { ConfigData } from '../config-types.ts';
import type { Check, Level, Phase, Prp, Validation } from '../model.ts';

export interface GatePlan {
  readonly level: Level;
  readonly checks: readonly Check[];
  /** Sentences of the spec that only a person can judge. */
  readonly unverified: readonly string[];
}

const specCheck = (prp: Prp, validation: Validation, config: ConfigData): Check => ({
  validator: 'command',
  level: validation.level,
  project: '.',
  command: { script: validation.command },
  cwd: '.',
  inputs: null,
  env: config.env,
  version: null,
  timeout: config.timeout,
  cache: false,
  needsTests: false,
  origin: `${prp.path}:${validation.line}`,
  ...(validation.expect === undefined ? {} : { expect: validation.expect }),
});

/** The config's validators as checks, in the order in which they are written. */
export function configuredChecks(config: ConfigData, file: string): readonly Check[] {
  return Object.entries(config.validators).map(([name, validator]) => ({
    validator: 'command',
    level: validator.level,
    project: validator.cwd ?? '.',
    command: typeof validator.command === 'string' ? { script: validator.command } : { argv: validator.command },
    cwd: validator.cwd ?? '.',
    inputs: validator.inputs ?? null,
    env: [...config.env, ...(validator.env ?? [])],
    version: null,
    timeout: validator.timeout ?? config.timeout,
    cache: validator.inputs !== undefined,
    needsTests: false,
    origin: file,
    options: { name },
  }));
}

/** L4's built-in contract: the declared files and functions exist and are no stubs. Null when the phase declares none. */
function contractCheck(prp: Prp, phase: Phase): Check | null {
  if (phase.files.length === 0 && phase.functions.length === 0) return null;
  const files = phase.files.map(({ path, action, description, line, from }) => ({ path, action, description, line, ...(from === undefined ? {} : { from }) }));
  const functions = phase.functions.map(({ name, signature, line }) => ({ name, signature, line }));
  const blocks = phase.blocks.map(({ path, language, line }) => ({ path, language, line, text: '' }));
  return {
    validator: 'contract',
    level: 'L4',
    project: '.',
    command: { argv: [] },
    cwd: '.',
    inputs: null,
    env: [],
    version: null,
    timeout: 0,
    cache: false,
    needsTests: false,
    origin: `${prp.path}:${phase.line}`,
    options: { files, functions, blocks },
  };
}

/**
 * The gate of one phase at one level. `available` are configured and detected checks of the projects that the phase touches;
 * at L2 the phase's own command stands in for them.
 */
export function planGate(level: Level, prp: Prp, phase: Phase | null, available: readonly Check[], config: ConfigData): GatePlan {
  const validations = (phase === null ? prp.gates : phase.validate).filter((validation) => validation.level === level);
  const own = validations.filter((validation) => validation.kind === 'command').map((validation) => specCheck(prp, validation, config));
  const shared = available.filter((check) => check.level === level);
  const contract = level === 'L4' && phase !== null ? contractCheck(prp, phase) : null;
  const useShared = phase !== null && (level !== 'L2' || own.length === 0);
  return {
    level,
    checks: [...own, ...(useShared ? shared : []), ...(contract === null ? [] : [contract])],
    unverified: validations.filter((validation) => validation.kind === 'manual').map((validation) => `${validation.name}: ${validation.command}`),
  };
}
