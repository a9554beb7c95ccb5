/** A spec that must be refused: run by its path, with a command that leaves a canary where it ran. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lines, phase, subjects, type Answer, type Place } from './rig.ts';

export const CANARY = 'touch "$CANARY_FOLDER/canary"; touch ../canary';

/** A spec is refused: its code and place are said, nothing ran, nothing changed. */
export function assertRefused(place: Place, answer: Answer, code: RegExp, what: string): void {
  const said = answer.stdout + answer.stderr;
  assert.is(answer.exit, 2, `${what}: exit ${answer.exit}\n${said.slice(0, 2000)}`);
  assert.match(said, code, what);
  assertUntouched(place, what);
}

export function assertUntouched(place: Place, what: string): void {
  for (const file of ['canary', 'repo/canary']) assert.not.ok(existsSync(join(place.around, file)), `${what}: something was executed`);
  assert.equal(subjects(place), ['base'], what);
  const changed = lines(place.git('status', '--porcelain')).filter((line) => !/^\?\? (?:PRPs\/|ce\.config)/.test(line));
  assert.equal(changed, [], what);
  assert.is(({} as { isAdmin?: boolean }).isAdmin, undefined);
}

export const body = (command = CANARY): string => `# PRP-1: t\n\n## Implementation Blueprint\n\n${phase(1, { command })}`;
export const withFront = (front: string, opener = '---'): string => `${opener}\nprp_id: PRP-1\ntitle: t\n${front}\n---\n\n${body()}`;

/** Runs the spec as PRP-1 by its path, and removes it. */
export function runText(place: Place, text: string): Answer {
  place.write('PRPs/PRP-1.md', text);
  return place.ce('run', 'PRPs/PRP-1.md');
}
