/** Near misses of what a person typed. The only importer of fastest-levenshtein; load this file when there is something to suggest. */
import { distance } from 'fastest-levenshtein';

/** At most three of `candidates` that differ from `typed` in about a third of its letters, nearest first, case ignored. */
export function nearMisses(typed: string, candidates: Iterable<string>): readonly string[] {
  const wanted = typed.toLowerCase();
  const limit = Math.max(2, Math.floor(typed.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}
