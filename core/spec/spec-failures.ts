/** What is said when a query names no spec, or several. */
import { fail, type Result } from '../errors.ts';
import { normaliseId } from './ids.ts';

/** `ids` are those that there are: the near ones are named, and looking for them loads its library only here. */
export async function specNotFound(query: string, ids: readonly string[]): Promise<Result<never>> {
  const { nearMisses } = await import('../suggest.ts');
  const near = ids.length === 0 ? [] : nearMisses(normaliseId(query) ?? query, ids);
  return fail({
    code: 'CE_SPEC_NOT_FOUND',
    message: `PRP file not found: ${query}`,
    ...(near.length === 0 ? {} : { why: `Near it: ${near.join(', ')}.` }),
    next: 'Give the full path, or put the file under PRPs/feature-requests/; `ce list` shows what there is.',
  });
}

export function specAmbiguous(id: string, paths: readonly string[]): Result<never> {
  const [first = ''] = paths;
  return fail({
    code: 'CE_SPEC_AMBIGUOUS',
    message: `${paths.length} files have the id ${id}: ${paths.join(', ')}`,
    place: { file: first },
    next: `Give the path of the one you mean: ce show ${first}`,
  });
}
