/**
 * The plugins that come with ce, each made with the public API alone: implementers, healers, policies. A plugin here may not
 * import anything of core but `core/api.ts`, starts no process and writes no file but through what its contract hands it.
 */
import type { Plugin } from '../core/api.ts';
import { blueprint } from './blueprint.ts';
import { commandImplementer } from './command-implementer.ts';
import { escalation } from './escalation.ts';
import { manual } from './manual.ts';
import { safeFixes } from './safe-fixes.ts';

/** In the order in which they are applied; a repository's own plugins come after them. */
export function builtinPlugins(): readonly Plugin[] {
  return [blueprint(), commandImplementer(), manual(), safeFixes(), escalation()];
}
