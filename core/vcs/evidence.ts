/**
 * Which phases are done, as far as git shows: validated checkpoints among the ancestors of HEAD, so a fresh clone without `.ce`
 * knows as much. Nothing is believed but whole trailer blocks of commits; a ref or tag that points to one is named as the source.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { must, openGit, type Git } from './git.ts';
import { readFacts, type CheckpointFacts } from './message.ts';
import { checkpointRef } from './ref-name.ts';
import { readHead, readRefs } from './refs.ts';
import type { Repository } from './repository.ts';

export interface CheckpointEvidence extends CheckpointFacts {
  readonly commit: string;
  /** What points to the commit: `refs/ce/…`, a checkpoint tag, or only its own trailers. */
  readonly source: 'ref' | 'tag' | 'trailer';
  /** Name of the newest checkpoint tag on the commit; null when there is none. */
  readonly tag: string | null;
  /** Place in the history of HEAD: a descendant's is higher than its ancestor's. */
  readonly order: number;
}

/** PRP id → phase id → its newest checkpoint. */
export type Evidence = ReadonlyMap<string, ReadonlyMap<string, CheckpointEvidence>>;

/** Where derived facts are kept between runs; what is lost is asked again. */
export interface EvidenceMemo {
  get(key: string): string | null;
  set(key: string, json: string): void;
}

/** A checkpoint among the ancestors of HEAD. */
interface Found extends CheckpointFacts {
  readonly commit: string;
}

interface Remembered {
  readonly v: 1;
  readonly state: string;
  readonly head: string;
  /** Newest first. */
  readonly found: readonly Found[];
  /** Commit → names of its checkpoint tags. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/**
 * Checkpoints of an unchanged repository come from the memo and start no process; after new commits only those are read.
 * Throws a CeError when git is missing or fails.
 */
export async function readEvidence(repository: Repository, memo: EvidenceMemo): Promise<Evidence> {
  const head = readHead(repository);
  const refs = readRefs(repository, 'refs/ce/');
  const tags = readRefs(repository, 'refs/tags/checkpoint-');
  if (head === null || refs === null || tags === null) {
    const git = must(await openGit(repository, { hooks: 'off' }));
    const oid = (await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])).stdout.trim();
    if (oid === '') return new Map();
    const all = must(await git.raw(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/ce/']));
    return assemble({ v: 1, state: '', head: oid, found: await readHistory(git, oid), tags: await readTags(git) }, parseRefs(all));
  }
  if (head.oid === null) return new Map();
  const key = `evidence-${digest(repository.gitDir).slice(0, 16)}`;
  const state = digest(JSON.stringify([head.oid, [...tags], shallowMark(repository)]));
  const known = parseRemembered(memo.get(key));
  if (known !== null && known.state === state) return assemble(known, refs);
  const git = must(await openGit(repository, { hooks: 'off' }));
  const now: Remembered = { v: 1, state, head: head.oid, found: await historySince(git, head.oid, known), tags: tags.size === 0 ? {} : await readTags(git) };
  memo.set(key, JSON.stringify(now));
  return assemble(now, refs);
}

async function historySince(git: Git, head: string, known: Remembered | null): Promise<readonly Found[]> {
  if (known === null) return readHistory(git, head);
  if (known.head === head) return known.found;
  const ancestor = (await git.ask(['merge-base', '--is-ancestor', known.head, head])).exit === 0;
  return ancestor ? [...(await readHistory(git, head, known.head)), ...known.found] : readHistory(git, head);
}

/** Checkpoints among the ancestors of a commit, newest first; those of `known` are left out. */
async function readHistory(git: Git, head: string, known?: string): Promise<readonly Found[]> {
  const range = known === undefined ? [head] : [head, `^${known}`];
  const format = '--format=%H%n%s%n%(trailers:only=true,unfold=true)';
  const text = must(
    await git.raw(['log', '-z', '--no-show-signature', '--encoding=UTF-8', format, '--topo-order', '--basic-regexp', '--grep=^Ce-PRP: ', ...range, '--']),
  );
  return text.split('\0').flatMap((entry) => {
    const [commit = '', subject = '', ...trailers] = entry.split('\n');
    const facts = readFacts(subject, trailers.join('\n'));
    return facts === null ? [] : [{ ...facts, commit }];
  });
}

async function readTags(git: Git): Promise<Readonly<Record<string, readonly string[]>>> {
  const text = must(
    await git.raw(['for-each-ref', '--sort=-creatordate', '--format=%(refname:strip=2) %(objectname) %(*objectname)', 'refs/tags/checkpoint-*']),
  );
  const tags: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [name, object, peeled] = line.split(' ');
    const commit = peeled === undefined || peeled === '' ? object : peeled;
    if (name !== undefined && commit !== undefined) tags[commit] = [...(tags[commit] ?? []), name];
  }
  return tags;
}

function parseRefs(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [ref, oid] = line.split(' ');
      return ref === undefined || oid === undefined ? [] : [[ref, oid] as const];
    }),
  );
}

function assemble({ found, tags }: Remembered, refs: ReadonlyMap<string, string>): Evidence {
  const evidence = new Map<string, Map<string, CheckpointEvidence>>();
  found.forEach((one, at) => {
    const phases = evidence.get(one.prp) ?? new Map<string, CheckpointEvidence>();
    evidence.set(one.prp, phases);
    if (phases.has(one.phase)) return;
    const tag = tags[one.commit]?.[0] ?? null;
    const source = refs.get(checkpointRef(one.prp, one.phase)) === one.commit ? 'ref' : tag === null ? 'trailer' : 'tag';
    phases.set(one.phase, { ...one, source, tag, order: found.length - at });
  });
  return evidence;
}

function parseRemembered(json: string | null): Remembered | null {
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && 'v' in value && value.v === 1 ? (value as Remembered) : null;
  } catch {
    return null;
  }
}

/** History ends elsewhere when a clone is deepened or replaced objects come or go. */
function shallowMark({ commonDir }: Repository): string {
  const stat = statSync(join(commonDir, 'shallow'), { throwIfNoEntry: false });
  const replaced = statSync(join(commonDir, 'refs', 'replace'), { throwIfNoEntry: false });
  return `${stat?.mtimeMs ?? ''} ${stat?.size ?? ''} ${replaced?.mtimeMs ?? ''}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
