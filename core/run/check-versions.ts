/** What a check's key needs beside its definition: the validator's version, the tool's, and what is installed. */
import type { CheckVersions } from '../cache/fingerprint.ts';
import type { ToolVersions } from '../cache/tool-version.ts';
import type { Check } from '../model.ts';
import type { Detection } from './detect.ts';
import { environmentStamps } from './stamps.ts';

/** `detection` remembers the versions of validators, so that a hit loads none. */
export async function versionsOf(
  checks: readonly Check[],
  root: string,
  detection: Pick<Detection, 'validators'>,
  tools: ToolVersions,
): Promise<(check: Check) => CheckVersions> {
  const told = await tools.of(checks);
  tools.flush();
  return (check) => ({ validator: detection.validators[check.validator] ?? '', tool: told.get(check) ?? null, stamps: environmentStamps(root, check) });
}
