/** What a reporter is: a name and a function of the next event and the run so far. It never reads the world by itself. */
import type { Event } from '../events.ts';
import type { RunView } from './view.ts';

export interface Reporter {
  readonly name: string;
  /** Called after the view has taken the event in. */
  onEvent(event: Event, view: RunView): void;
  /** Leaves the terminal as it was. Called once, also when the run ends by an error of ce. */
  close?(): void;
}

/** Where text goes. `columns` may change while a run goes on. */
export interface Output {
  write(text: string): void;
  columns(): number;
  rows(): number;
  /** Calls back when the size has changed; returns the way to stop it. */
  onResize(listener: () => void): () => void;
}

/** The text of a file of the tree, for code frames: a path from the root; null when it is not there, too large or outside the root. */
export type ReadSource = (path: string) => string | null;
