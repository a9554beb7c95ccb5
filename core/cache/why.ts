/** Says why a check runs: what differs between what it last ran on and what it would run on now. Pure. */

/** Everything that a verdict depends on. Its canonical JSON is what the key is the hash of. */
export interface Manifest {
  readonly v: number;
  readonly validator: string;
  readonly validatorVersion: string;
  /** What the tool printed as its version; null when there is none to ask. */
  readonly tool: string | null;
  readonly platform: string;
  readonly project: string;
  readonly cwd: string;
  /** JSON of argv or of the script; the checkout's path is taken out. */
  readonly command: string;
  readonly options: string;
  readonly expect: string | null;
  readonly needsTests: boolean;
  /** Name → hash of the value, null when unset. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Name → stamp of what is installed: lockfile, environment. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Digest of the input files. */
  readonly inputs: string;
}

export type ChangeKind = 'input' | 'tool' | 'command' | 'env' | 'stamp' | 'validator' | 'platform' | 'definition';

/** One thing that changed. `before` and `after` are set where they can be shown: never for values of variables. */
export interface Change {
  readonly kind: ChangeKind;
  /** The path, variable, stamp or field. */
  readonly name: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly before?: string;
  readonly after?: string;
}

/** A manifest and the listing of its input files, as `InputSets.listing` writes it. */
export interface Ran {
  readonly manifest: Manifest;
  readonly listing: string;
}

export function diffRuns(before: Ran, after: Ran): readonly Change[] {
  const [a, b] = [before.manifest, after.manifest];
  const changes: Change[] = [];
  if (a.command !== b.command) changes.push({ kind: 'command', name: 'command', what: 'changed', before: a.command, after: b.command });
  if (a.tool !== b.tool) changes.push({ kind: 'tool', name: b.validator, what: 'changed', before: a.tool ?? 'unknown', after: b.tool ?? 'unknown' });
  if (a.validator !== b.validator || a.validatorVersion !== b.validatorVersion) {
    changes.push({ kind: 'validator', name: b.validator, what: 'changed', before: a.validatorVersion, after: b.validatorVersion });
  }
  if (a.inputs !== b.inputs) changes.push(...diffMaps('input', parseListing(before.listing), parseListing(after.listing)));
  changes.push(...diffMaps('stamp', entries(a.stamps), entries(b.stamps)), ...diffMaps('env', entries(a.env), entries(b.env)));
  if (a.platform !== b.platform) changes.push({ kind: 'platform', name: 'platform', what: 'changed', before: a.platform, after: b.platform });
  for (const field of ['cwd', 'options', 'expect', 'needsTests', 'project', 'v'] as const) {
    if (a[field] !== b[field]) changes.push({ kind: 'definition', name: field, what: 'changed', before: String(a[field]), after: String(b[field]) });
  }
  if (changes.length === 0 && a.inputs !== b.inputs) changes.push({ kind: 'input', name: 'inputs', what: 'changed' });
  return changes;
}

/** One line for people, the strongest cause first: `src/auth.py changed`, `ruff 0.16.8 → 0.16.9`, `3 files changed: a, b, c`. */
export function describeChanges(changes: readonly Change[]): string {
  const [first] = changes;
  if (first === undefined) return 'nothing changed';
  const same = changes.filter((change) => change.kind === first.kind);
  const rest = changes.length - same.length;
  const line = same.length === 1 ? describeOne(first) : describeMany(first.kind, same);
  if (rest === 0) return line;
  const other = changes.find((change) => change.kind !== first.kind);
  return rest === 1 && other !== undefined ? `${line}, ${describeOne(other)}` : `${line}, and ${rest} more`;
}

function describeOne(change: Change): string {
  switch (change.kind) {
    case 'input':
      return `${change.name} ${change.what}`;
    case 'tool':
      return describeTool(change);
    case 'command':
      return 'command changed';
    case 'env':
      return `env ${change.name} ${change.what}`;
    case 'stamp':
      return `${change.name} ${change.what}`;
    case 'validator':
      return `ce's reading of ${change.name} changed (${change.before ?? ''} → ${change.after ?? ''})`;
    case 'platform':
      return `platform ${change.before ?? ''} → ${change.after ?? ''}`;
    case 'definition':
      return `${change.name} changed`;
  }
}

const NOUNS: Readonly<Record<ChangeKind, string>> = {
  input: 'files',
  tool: 'tools',
  command: 'commands',
  env: 'env variables',
  stamp: 'stamps',
  validator: 'validators',
  platform: 'platforms',
  definition: 'settings',
};

function describeMany(kind: ChangeKind, changes: readonly Change[]): string {
  const whats = new Set(changes.map((change) => change.what));
  const shown = changes
    .slice(0, 3)
    .map((change) => change.name)
    .join(', ');
  return `${changes.length} ${NOUNS[kind]} ${whats.size === 1 ? changes[0]?.what : 'changed'}: ${shown}${changes.length > 3 ? ', …' : ''}`;
}

/** Of a version in several lines, the first that differs. `ruff 0.16.8` under the name `ruff` is `0.16.8`. */
function describeTool({ name, before = 'unknown', after = 'unknown' }: Change): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const line = Math.max(
    0,
    now.findIndex((text, i) => text !== old[i]),
  );
  const short = (text: string | undefined): string => {
    const version = (text ?? 'unknown').trim();
    return version.toLowerCase().startsWith(`${name.toLowerCase()} `) ? version.slice(name.length + 1) : version;
  };
  return `${name} ${short(old[line])} → ${short(now[line])}`;
}

function diffMaps(kind: ChangeKind, before: ReadonlyMap<string, string | null>, after: ReadonlyMap<string, string | null>): Change[] {
  const changes: Change[] = [];
  for (const [name, value] of after) {
    const old = before.get(name);
    if (old === undefined) changes.push({ kind, name, what: 'added' });
    else if (old !== value) changes.push({ kind, name, what: presence(kind, old, value) });
  }
  for (const name of before.keys()) if (!after.has(name)) changes.push({ kind, name, what: 'removed' });
  return changes;
}

/** A file that is named and absent, and a variable that is unset, come and go without leaving the list. */
function presence(kind: ChangeKind, before: string | null, after: string | null): Change['what'] {
  const absent = (value: string | null): boolean => value === null || (kind === 'input' && value.startsWith('---'));
  return absent(before) ? 'added' : absent(after) ? 'removed' : 'changed';
}

function entries<V extends string | null>(record: Readonly<Record<string, V>>): ReadonlyMap<string, V> {
  return new Map(Object.entries(record));
}

function parseListing(listing: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const line of listing.split('\0')) if (line !== '') files.set(line.slice(35), line.slice(0, 34));
  return files;
}
