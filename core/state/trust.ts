/** Which clones a person said yes to, kept outside every repository, so that no clone brings its own approval. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { crashPoint } from '../crash.ts';
import { fail, ok, type Result } from '../errors.ts';
import { writeFailure } from './files.ts';

interface Approval {
  /** Device, inode and birth of the git folder: another clone at the same path is not approved. */
  readonly identity: string;
  readonly at: string;
  /** sha256 of each command text that was shown. */
  readonly commands: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a person approved this clone, or CE_TRUST=1 is set. `root` is absolute. */
export function isTrusted(root: string, environment: Environment = process.env): boolean {
  return environment['CE_TRUST'] === '1' || approvalOf(root, environment) !== null;
}

/** Of these command texts those that nobody approved here, to be shown before the first time that they run. */
export function unapproved(root: string, commands: readonly string[], environment: Environment = process.env): readonly string[] {
  if (environment['CE_TRUST'] === '1') return [];
  const known = new Set(approvalOf(root, environment)?.commands ?? []);
  return commands.filter((command) => !known.has(digest(command)));
}

/** Remembers that a person said yes, to this clone and to these texts. Errors: CE_STATE_WRITE. */
export function approve(root: string, commands: readonly string[] = [], environment: Environment = process.env): Result<null> {
  const file = trustFile(environment);
  const all = readAll(file);
  const before = approvalOf(root, environment)?.commands ?? [];
  all[realpathSync(root)] = { identity: identityOf(root), at: new Date().toISOString(), commands: [...new Set([...before, ...commands.map(digest)])] };
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
    chmodSync(temporary, 0o600);
    crashPoint('state.trust.rename.before');
    renameSync(temporary, file);
    crashPoint('state.trust.rename.after');
    return ok(null);
  } catch (thrown) {
    return fail({
      ...writeFailure(file, thrown),
      message: 'the approval could not be remembered',
      next: 'Set XDG_STATE_HOME to a folder that can be written, or CE_TRUST=1.',
    });
  }
}

/** `$XDG_STATE_HOME/ce/trust.json`, by default under `~/.local/state`. */
export function trustFile(environment: Environment = process.env): string {
  const base = environment['XDG_STATE_HOME'];
  return join(base?.startsWith('/') ? base : join(environment['HOME'] ?? homedir(), '.local', 'state'), 'ce', 'trust.json');
}

function approvalOf(root: string, environment: Environment): Approval | null {
  const approval = readAll(trustFile(environment))[realpathSync(root)];
  return approval?.identity === identityOf(root) ? approval : null;
}

function readAll(file: string): Record<string, Approval> {
  try {
    // A file that others may write to is no approval.
    const stat = statSync(file);
    if (process.getuid !== undefined && (stat.uid !== process.getuid() || (stat.mode & 0o022) !== 0)) return {};
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Approval] => isApproval(entry[1])));
  } catch {
    return {};
  }
}

function isApproval(value: unknown): value is Approval {
  return (
    typeof value === 'object' &&
    value !== null &&
    'identity' in value &&
    typeof value.identity === 'string' &&
    'commands' in value &&
    Array.isArray(value.commands)
  );
}

function identityOf(root: string): string {
  const stat = statSync(join(root, '.git'), { bigint: true, throwIfNoEntry: false }) ?? statSync(root, { bigint: true });
  return `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}

function digest(command: string): string {
  return createHash('sha256').update(command).digest('hex');
}
