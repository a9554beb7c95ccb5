/** A spec whose file changed while it was being run: the run went on with what it had read, and says so. */
import type { EventBus } from '../events.ts';
import { phaseSpecs } from '../graph/freshness.ts';
import type { Prp } from '../model.ts';
import type { Workspace } from './workspace.ts';

export async function tellSpecChanges(prps: readonly Prp[], workspace: Workspace, bus: EventBus): Promise<void> {
  for (const prp of prps) {
    const now = await workspace.specs.find(prp.path);
    if (now.ok && identity(now.value) === identity(prp)) continue;
    const message = `${prp.path} changed while it was being run; the change is taken at the next run`;
    bus.emit({ type: 'log', level: 'warning', message, failure: { code: 'CE_SPEC_CHANGED', message, place: { file: prp.path }, next: `ce run ${prp.id}` } });
  }
}

const identity = (prp: Prp): string => JSON.stringify([...phaseSpecs(prp)]);
