/** What the command line lends a run. */
import type { Subscriber } from '../events.ts';

/** Where events go, whom to ask, and when to stop. */
export interface RunHost {
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Subscribed before the first event. */
  readonly subscribers: readonly { readonly name: string; readonly subscriber: Subscriber }[];
  /** False when nobody is there to answer. */
  ask(prompt: string): Promise<boolean>;
}
