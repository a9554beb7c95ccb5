/** Text to a markdown tree with lines. The only importer of mdast and micromark. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Nodes, Root } from 'mdast';

export type { List, ListItem, Nodes, Root, RootContent, Table } from 'mdast';

// Of gfm only tables are wanted. What stands inside a line is read by labels.ts: a spec needs no links or emphasis, and
// without them hostile text costs no more than its length. Underlined headings are read by outline.ts for the same reason.
const SYNTAX = [
  { flow: gfm().flow ?? {} },
  {
    disable: {
      null: [
        'attention',
        'autolink',
        'characterEscape',
        'characterReference',
        'codeIndented',
        'codeText',
        'definition',
        'hardBreakEscape',
        'htmlText',
        'labelEnd',
        'labelStartImage',
        'labelStartLink',
        'setextUnderline',
      ],
    },
  },
];
const TREE = gfmFromMarkdown().filter((extension) => extension.transforms === undefined && extension.enter && 'table' in extension.enter);

/** Fenced blocks must be balanced before. Headings, paragraphs, lists, tables, code, quotes and html, with positions. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: SYNTAX, mdastExtensions: TREE });
}

/** First and last line, 1-based. */
export function lineOf(node: Nodes): number {
  return node.position?.start.line ?? 1;
}

export function endLineOf(node: Nodes): number {
  return node.position?.end.line ?? 1;
}

/** The source of a node, as written. */
export function sourceOf(node: Nodes, text: string): string {
  const { position } = node;
  return position?.start.offset === undefined || position.end.offset === undefined ? '' : text.slice(position.start.offset, position.end.offset);
}
