/** Flags that several commands take, with the same meaning in each. */
import type { OptionSpec } from './invocation.ts';

export const json: OptionSpec = { name: 'json', help: 'Print one JSON document on stdout.' };
export const dryRun: OptionSpec = { name: 'dry-run', short: 'n', help: 'Print exactly what would run and why, and stop.' };
export const yes: OptionSpec = { name: 'yes', short: 'y', help: 'Approve the commands of this clone without asking.' };
export const jobs: OptionSpec = { name: 'jobs', short: 'j', value: 'N', help: 'Gates and commands at one time (default: cores).' };
export const events: OptionSpec = { name: 'events', help: 'Print every event as NDJSON on stdout.' };
export const reportTo: OptionSpec = { name: 'report', value: 'kind[=file]', repeatable: true, help: 'Also write sarif, junit or github.' };
export const allowDirty: OptionSpec = { name: 'allow-dirty', help: 'Go on with changes that are not of this PRP; such checkpoints do not count as done.' };
export const force: OptionSpec = { name: 'force', help: 'Run again what is done or cached.' };
