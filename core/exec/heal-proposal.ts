/** What healers propose at one turn of the loop, after the guard. Writes nothing. */
import type { ConfigData } from '../config-types.ts';
import { toFailure } from '../errors.ts';
import type { Body } from '../events.ts';
import type { HealContext, Healing, Hooks } from '../hooks.ts';
import type { Diagnostic, Fix, Task } from '../model.ts';
import { guardFixes } from './heal-guard.ts';
import type { Texts } from './heal-texts.ts';

/** The part of a heal request that a proposal needs. */
interface ProposalRequest {
  readonly task: Task;
  readonly files: readonly string[];
  readonly hooks: Pick<Hooks, 'heal'>;
  readonly limits: ConfigData['heal'];
  readonly services: { emit(body: Body): void };
  readonly signal: AbortSignal;
}

/**
 * Asks the healers and guards their fixes. Fixes that were part of a heal that made things worse (`suspects`) wait until
 * there is nothing else to try.
 */
export async function proposeFixes(
  request: ProposalRequest,
  open: readonly Diagnostic[],
  texts: Texts,
  suspects: ReadonlySet<string>,
): Promise<readonly Fix[]> {
  const { task, files, hooks, limits, services, signal } = request;
  const context: HealContext = { task, files, readFile: texts.text, signal };
  nameHealers(hooks.heal);
  let proposed: readonly Fix[];
  try {
    proposed = (await hooks.heal.promise({ open, fixes: [] }, context)).fixes;
  } catch (thrown) {
    const cause = toFailure(thrown);
    const told = { ...cause, code: 'CE_PLUGIN_THREW' as const, message: `a healer threw: ${cause.message}` };
    services.emit({ type: 'log', level: 'warning', failure: told, message: told.message });
    return [];
  }
  const known = new Map<string, string>();
  for (const file of new Set(proposed.flatMap((fix) => fix.edits.map((edit) => edit.file)))) {
    // A file outside the phase is refused by the guard unread.
    const text = files.includes(file) ? await texts.text(file) : null;
    if (text !== null) known.set(file, text);
  }
  const trusted = proposed.filter((fix) => !suspects.has(suspectOf(fix)));
  const guard = (fixes: readonly Fix[]): ReturnType<typeof guardFixes> =>
    guardFixes(fixes, { files, texts: known, diagnostics: open, maxLines: limits.maxLines });
  const first = guard(trusted);
  const judged = first.accepted.length > 0 ? first : guard(proposed);
  for (const { fix, reason } of judged.refused) {
    const failure = { code: 'CE_HEAL_OUT_OF_SCOPE' as const, message: `the fix "${fix.title}" of ${fix.healer ?? 'a healer'} was not applied: ${reason}` };
    services.emit({ type: 'log', level: 'info', failure, message: failure.message });
  }
  return judged.accepted;
}

/** The same fix at another place of the file is the same suspect. */
export function suspectOf({ title, edits }: Fix): string {
  return JSON.stringify([title, edits.map(({ file, text, start, end }) => [file, text, end - start])]);
}

const named = new WeakSet<Hooks['heal']>();

/** From now on each healer's fixes carry its name, whatever they say themselves. A fix that was there before keeps its own. */
function nameHealers(hook: Hooks['heal']): void {
  if (named.has(hook)) return;
  named.add(hook);
  hook.intercept({
    register: (tap) => {
      const stamp = (before: Healing, after: Healing | undefined): Healing | undefined =>
        after && { ...after, fixes: after.fixes.map((fix) => (before.fixes.includes(fix) ? fix : { ...fix, healer: tap.name })) };
      return { ...tap, fn: stamped(tap.type, tap.fn as HealerFunction, stamp) };
    },
  });
}

type Stamp = (before: Healing, after: Healing | undefined) => Healing | undefined;
type Done = (error: Error | null, result?: Healing) => void;
type HealerFunction = (healing: Healing, context: HealContext, done?: Done) => Healing | undefined | Promise<Healing | undefined>;

/** The three ways in which a function may be tapped differ in how they answer. */
function stamped(type: 'sync' | 'async' | 'promise', healer: HealerFunction, stamp: Stamp): HealerFunction {
  switch (type) {
    case 'sync':
      return (healing, context) => stamp(healing, healer(healing, context) as Healing | undefined);
    case 'promise':
      return async (healing, context) => stamp(healing, await healer(healing, context));
    case 'async':
      return (healing, context, done) => healer(healing, context, (error, result) => done?.(error, stamp(healing, result)));
  }
}
