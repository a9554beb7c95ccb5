/** docs/errors.md against the table of codes: what can be printed is explained, and what is explained can be printed. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CODES } from '../../core/codes.ts';

test('every code has one section in docs/errors.md with its exit code, in the order of the table', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const sections = page
    .split(/^## (?=CE_)/m)
    .slice(1)
    .map((section) => ({ code: /^CE_[A-Z_]+/.exec(section)?.[0], section }));
  assert.equal(
    sections.map(({ code }) => code),
    Object.keys(CODES),
  );
  for (const [code, { exit, title }] of Object.entries(CODES)) {
    const section = sections.find((each) => each.code === code)?.section ?? '';
    assert.match(section, exit === 0 ? /\bwarning\b/i : new RegExp(`\\bexit code ${exit}\\b`, 'i'), code);
    assert.ok(section.includes(title), `${code}: the page has another title than the table`);
    assert.ok(section.trim().split('\n').length > 2, `${code} says too little`);
  }
});

test.run();
