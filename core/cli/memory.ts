/**
 * Keeps the heap of a long run small. V8 lets its young generation grow to 48 MiB before it collects; ce's events live for
 * milliseconds, so a small one costs no time and saves a quarter of the peak.
 */
import { setFlagsFromString } from 'node:v8';

export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
