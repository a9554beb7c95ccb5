/** Changes values of a header in place, through the concrete syntax of YAML: every other byte of the file stays. */
import { CST, isMap, isScalar, Parser, parseDocument, stringify } from 'yaml';
import { fail, ok, type Result } from '../errors.ts';
import { findHeaders, type HeaderBlock } from './header-lines.ts';

export type HeaderValue = string | number | boolean | null;

/**
 * `null` is written as `null`, nothing is removed; a key that is not there is added at the end; a text without a header gets one.
 * Only top-level scalars change. Errors: `CE_SPEC_FRONTMATTER` when the header is no YAML map, or a value is a list or map.
 */
export function editFrontMatter(text: string, changes: Readonly<Record<string, HeaderValue>>): Result<string> {
  const keys = Object.keys(changes);
  if (keys.length === 0) return ok(text);
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(bom.length);
  const newline = body.includes('\r\n') ? '\r\n' : '\n';
  const lines = body.split(/\r\n|\n|\r/);
  const { blocks, diagnostics } = findHeaders(lines);
  const [problem] = diagnostics;
  if (problem !== undefined) return fail({ code: 'CE_SPEC_FRONTMATTER', message: problem.message, next: 'Repair the header first, then run this again.' });
  // Of two headers the one with the id is read last, so it is the one to change.
  const ordered = [...blocks].sort((one, other) => Number(hasKey(other.yaml, 'prp_id')) - Number(hasKey(one.yaml, 'prp_id')));
  const block = ordered.find(({ yaml }) => keys.some((key) => hasKey(yaml, key))) ?? ordered[0];
  if (block === undefined)
    return ok(`${bom}---${newline}${keys.map((key) => pair(key, changes[key] ?? null)).join(newline)}${newline}---${newline}${newline}${body}`);
  const start = offsetOfLine(body, block.firstLine);
  const end = offsetOfLine(body, block.firstLine + block.yaml.split('\n').length);
  const source = body.slice(start, end);
  const edited = editYaml(source, changes, newline, block);
  return edited.ok ? ok(bom + body.slice(0, start) + edited.value + body.slice(end)) : edited;
}

function editYaml(source: string, changes: Readonly<Record<string, HeaderValue>>, newline: string, block: HeaderBlock): Result<string> {
  const document = parseDocument(source, { schema: 'core', uniqueKeys: true, merge: false, keepSourceTokens: true });
  const [error] = document.errors;
  if (error !== undefined) return broken(error.message.split('\n')[0] ?? 'no YAML', block);
  if (document.contents !== null && !isMap(document.contents)) return broken('it is not a list of `key: value`', block);
  const missing: string[] = [];
  const tokens = [...new Parser().parse(source)];
  const map = tokens.flatMap((token) => (token.type === 'document' && token.value?.type === 'block-map' ? [token.value] : []))[0];
  for (const [key, value] of Object.entries(changes)) {
    const item = map?.items.find((each) => each.key !== undefined && each.key !== null && CST.isScalar(each.key) && keyText(each.key) === key);
    if (item === undefined) {
      missing.push(pair(key, value));
      continue;
    }
    const { value: token } = item;
    const node = isMap(document.contents) ? document.contents.items.find((each) => isScalar(each.key) && String(each.key.value) === key) : undefined;
    if (token === undefined || token === null) {
      const separator = item.sep ?? [];
      separator.push({ type: 'space', offset: -1, indent: 0, source: ` ${scalarText(value)}` });
      const at = separator.findIndex((each) => each.type === 'newline' || each.type === 'comment');
      const last = separator.pop();
      if (last !== undefined) separator.splice(at < 0 ? separator.length : at, 0, last);
      continue;
    }
    if (!CST.isScalar(token) || (node !== undefined && !isScalar(node.value)))
      return broken(`\`${key}\` is no single value, and only those are changed`, block);
    const end = token.type === 'block-scalar' ? [{ type: 'newline' as const, offset: -1, indent: 0, source: newline }] : (token.end ?? []);
    item.value = { type: 'scalar', offset: token.offset, indent: token.indent, source: scalarText(value), end };
  }
  const kept = tokens.map((token) => CST.stringify(token)).join('');
  const gap = kept === '' || kept.endsWith('\n') ? '' : newline;
  return ok(missing.length === 0 ? kept : `${kept}${gap}${missing.join(newline)}${newline}`);
}

function keyText(token: CST.Token): string {
  if (token.type === 'single-quoted-scalar' || token.type === 'double-quoted-scalar') return token.source.slice(1, -1);
  return token.type === 'scalar' ? token.source : '';
}

function hasKey(yaml: string, key: string): boolean {
  return yaml.split('\n').some((line) => line.startsWith(`${key}:`) || line.startsWith(`"${key}":`) || line.startsWith(`'${key}':`));
}

function pair(key: string, value: HeaderValue): string {
  return `${stringify(key).trimEnd()}: ${scalarText(value)}`;
}

/** On one line, quoted where YAML needs it. */
function scalarText(value: HeaderValue): string {
  return typeof value === 'string' && /[\n\r]/.test(value) ? JSON.stringify(value) : stringify(value, { lineWidth: 0 }).trimEnd();
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at += 1) {
    const found = /\r\n|\n|\r/g;
    found.lastIndex = offset;
    const match = found.exec(text);
    if (match === null) return text.length;
    offset = match.index + match[0].length;
  }
  return offset;
}

function broken(why: string, block: HeaderBlock): Result<string> {
  return fail({
    code: 'CE_SPEC_FRONTMATTER',
    message: `the front matter cannot be changed: ${why}`,
    why: `It starts at line ${block.start}.`,
    next: 'Repair the header by hand, then run this again.',
  });
}
