/** A strict reader of the XML that a JUnit report is made of: throws when it is not well-formed. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const TAG = /<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>/y;
const ENTITY = /&(?:amp|lt|gt|quot|apos|#\d+);/g;

export function parseXml(source: string): Element {
  const text = source.replace('<?xml version="1.0" encoding="UTF-8"?>', '').trim();
  if (text.length === source.trim().length) throw new Error('no XML declaration');
  if (FORBIDDEN.test(text)) throw new Error('a character that XML cannot hold');
  const stack: Open[] = [{ name: '', attributes: {}, children: [], text: '' }];
  for (let at = 0; at < text.length; ) {
    const parent = stack.at(-1);
    if (parent === undefined) throw new Error('text after the end');
    if (text[at] !== '<') {
      const end = text.indexOf('<', at);
      parent.text += decode(text.slice(at, end === -1 ? text.length : end));
      at = end === -1 ? text.length : end;
      continue;
    }
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (match === null) throw new Error(`not a tag: ${text.slice(at, at + 60)}`);
    const [whole, closing, name = '', list = '', empty] = match;
    at += whole.length;
    if (closing === '/') {
      const done = stack.pop();
      if (done?.name !== name) throw new Error(`</${name}> closes <${done?.name ?? ''}>`);
      stack.at(-1)?.children.push(done);
      continue;
    }
    const attributes = Object.fromEntries([...list.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, decode(value)]));
    if (empty === '/') parent.children.push({ name, attributes, children: [], text: '' });
    else stack.push({ name, attributes, children: [], text: '' });
  }
  const [root] = stack;
  if (stack.length !== 1 || root?.children.length !== 1 || root.children[0] === undefined) throw new Error('not one root element');
  return root.children[0];
}

function decode(text: string): string {
  if (text.replace(ENTITY, '').includes('&')) throw new Error(`a bare ampersand: ${text}`);
  const names: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" };
  return text.replace(ENTITY, (entity) => names[entity] ?? String.fromCodePoint(Number(entity.slice(2, -1))));
}
