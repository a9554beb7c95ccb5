/** Every checkpoint that git still knows: of HEAD's history, and of refs and tags whose commits HEAD has left. */
import type { Git } from './git.ts';
import { must } from './git.ts';
import { readFacts, type CheckpointFacts } from './message.ts';

export interface ListedCheckpoint extends CheckpointFacts {
  /** Id of the commit, not of the tag object. */
  readonly commit: string;
  /** Newest checkpoint tag; null when there is none. */
  readonly tag: string | null;
  readonly subject: string;
  /** ISO 8601, when it was committed. */
  readonly date: string;
  /** Whether it is HEAD or among its ancestors. */
  readonly reachable: boolean;
}

const FORMAT = '--format=%H%n%cI%n%s%n%(trailers:only=true,unfold=true)';

/** Newest first. `prp` is an exact id; null lists all. Throws a CeError when git fails. */
export async function listCheckpoints(git: Git, prp: string | null): Promise<readonly ListedCheckpoint[]> {
  const tags = new Map<string, string>();
  const named = must(
    await git.raw(['for-each-ref', '--sort=creatordate', '--format=%(refname) %(objectname) %(*objectname)', 'refs/ce/', 'refs/tags/checkpoint-*']),
  );
  const commits = new Set<string>();
  for (const line of named.split('\n')) {
    const [ref = '', object = '', peeled = ''] = line.split(' ');
    const commit = peeled === '' ? object : peeled;
    if (commit === '' || ref.startsWith('refs/ce/safety/')) continue;
    commits.add(commit);
    if (ref.startsWith('refs/tags/')) tags.set(commit, ref.slice('refs/tags/'.length));
  }
  const log = ['log', '-z', '--no-show-signature', '--encoding=UTF-8', FORMAT];
  const reachable = parse(must(await git.raw([...log, '--topo-order', '--basic-regexp', '--grep=^Ce-PRP: ', 'HEAD', '--'])));
  const known = new Set(reachable.map(({ commit }) => commit));
  const rest = [...commits].filter((commit) => !known.has(commit));
  const others = rest.length === 0 ? [] : parse(must(await git.withInput([...log, '--no-walk=unsorted', '--stdin'], `${rest.join('\n')}\n`)));
  const all = [...reachable.map((one) => ({ ...one, reachable: true })), ...others.map((one) => ({ ...one, reachable: false }))];
  // Stable: commits of one second keep the order of history.
  return all
    .filter((one) => prp === null || one.prp === prp)
    .map((one) => ({ ...one, tag: tags.get(one.commit) ?? null }))
    .sort((a, b) => Date.parse(b.date) - Date.parse(a.date));
}

function parse(text: string): readonly Omit<ListedCheckpoint, 'tag' | 'reachable'>[] {
  return text.split('\0').flatMap((entry) => {
    const [commit = '', date = '', subject = '', ...trailers] = entry.split('\n');
    const facts = readFacts(subject, trailers.join('\n'));
    return facts === null ? [] : [{ ...facts, commit, date, subject }];
  });
}
