/**
 * The key of a check: sha256 over everything that its verdict depends on, and nothing else. No phase number, no level, no time limit,
 * no path of the checkout, so that phases, worktrees and the merged tree share a verdict.
 */
import { hash } from 'node:crypto';
import type { Check, Json } from '../model.ts';
import type { Manifest } from './why.ts';

/** Bumped when a key comes to mean something else. */
const SCHEMA = 1;
const PLATFORM = `${process.platform}-${process.arch}`;

/** What the engine knows of a check beside its definition. */
export interface CheckVersions {
  /** Of the validator's own reading of results. */
  readonly validator: string;
  /** What the tool printed; null when the check names no way to ask. */
  readonly tool: string | null;
  /** Name → digest of what is installed beside the inputs: a lockfile, an environment. */
  readonly stamps: Readonly<Record<string, string>>;
}

export interface Fingerprint {
  /** sha256, hex. */
  readonly key: string;
  /** Canonical JSON of a `Manifest`: what the key is the hash of. */
  readonly manifest: string;
}

export type Fingerprinter = (check: Check, versions: CheckVersions, inputs: string) => Fingerprint;

/**
 * `roots` are the checkout's absolute paths, as given and real; their occurrences are taken out of commands, options and values.
 * `env` is what checks will see.
 */
export function createFingerprinter(roots: readonly string[], env: Readonly<Record<string, string | undefined>>): Fingerprinter {
  const portable = createPortable(roots, '\\u0000root');
  const portableValue = createPortable(roots, '\0root');
  const environments = new Map<string, string>();
  const environment = (names: readonly string[]): string => {
    const id = names.join('\0');
    const known = environments.get(id);
    if (known !== undefined) return known;
    const values = Object.fromEntries(names.map((name) => [name, valueHash(portableValue, name, env[name])]));
    const text = canonicalJson(values);
    environments.set(id, text);
    return text;
  };
  // The fields stand in the order of their names, which makes the text canonical.
  return (check, versions, inputs) => {
    const command = portable(canonicalJson('argv' in check.command ? check.command.argv : check.command.script));
    const manifest =
      `{"command":${JSON.stringify(command)},"cwd":${JSON.stringify(check.cwd)},"env":${environment(check.env)}` +
      `,"expect":${JSON.stringify(check.expect ?? null)},"inputs":"${inputs}","needsTests":${check.needsTests}` +
      `,"options":${JSON.stringify(check.options === undefined ? '' : portable(canonicalJson(check.options)))}` +
      `,"platform":"${PLATFORM}","project":${JSON.stringify(check.project)},"stamps":${canonicalJson(versions.stamps)}` +
      `,"tool":${portable(JSON.stringify(versions.tool))},"v":${SCHEMA},"validator":${JSON.stringify(check.validator)}` +
      `,"validatorVersion":${JSON.stringify(versions.validator)}}`;
    return { key: hash('sha256', manifest), manifest };
  };
}

export function parseManifest(text: string): Manifest {
  return JSON.parse(text) as Manifest;
}

/** JSON with the keys of every object sorted, so that their order does not count. */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const record = value as { readonly [key: string]: Json };
  return `{${Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`)
    .join(',')}}`;
}

/** Only the hash of a value is kept: it may be a secret. */
function valueHash(portable: (text: string) => string, name: string, value: string | undefined): string | null {
  return value === undefined ? null : hash('sha256', `${name}\0${portable(value)}`).slice(0, 32);
}

/** Puts `mark`, which no argument or variable can hold (it has a NUL), where a root stands as a whole path or the start of one. */
function createPortable(roots: readonly string[], mark: string): (text: string) => string {
  const spellings = [...new Set(roots.filter((root) => root !== '/').flatMap((root) => [root, JSON.stringify(root).slice(1, -1)]))];
  const escaped = spellings.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_./~-])(?:${escaped.join('|')})(?=$|[/\\\\"'\`:;,=)\\s])`, 'gu');
  return (text) => (spellings.some((root) => text.includes(root)) ? text.replace(whole, mark) : text);
}
