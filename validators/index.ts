/**
 * The validators that ship with ce. This room knows tools: when a project uses one, how it is called, and what its output
 * means. It starts no process and reads files only through what it is handed. Making the list costs nothing: no tool is asked.
 */
import type { Validator } from '../core/api.ts';
import { command } from './command.ts';
import { contract } from './contract.ts';
import { eslint } from './eslint.ts';
import { nodeTest } from './node-test.ts';
import { pytest } from './pytest.ts';
import { ruff, ruffFormat } from './ruff.ts';
import { tsc } from './tsc.ts';

/** In the order in which a level runs them: cheap and most telling first. */
export function builtinValidators(): readonly Validator[] {
  return [ruff, ruffFormat, tsc, eslint, pytest, nodeTest, command, contract];
}
