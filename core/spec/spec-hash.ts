/** The hash of what a spec says. Ticking a box, a status mark, trailing blanks and line ends change nothing in it. */
import { createHash } from 'node:crypto';
import { withoutMarks } from './heading.ts';

/** sha256 in hex. */
export function specHash(text: string): string {
  const lines = text.split(/\r\n|\n|\r/).map((line) => {
    const bare = line.trimEnd().replace(/^(\s*(?:[-*+]|\d+[.)])\s+)\[[ xX-]\](?=\s|$)/, '$1[ ]');
    const heading = /^(#{1,6}\s+)(.*)$/.exec(bare);
    return heading?.[2] === undefined || bare.length > 400 ? bare : `${heading[1] ?? ''}${withoutMarks(heading[2])}`;
  });
  return createHash('sha256').update(lines.join('\n').trim()).digest('hex');
}
