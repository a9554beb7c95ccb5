/**
 * Makes `core/generated/*.ts` from `schemas/`. `--check` writes nothing and fails when a file is stale.
 * Only schemas whose types the code uses are listed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';

const USED = ['result'];
const root = new URL('../', import.meta.url);

let stale = 0;
for (const name of USED) {
  const target = new URL(`core/generated/${name}.ts`, root);
  const text = await typesOf(name);
  if (text === readOrNull(target)) continue;
  stale += 1;
  if (process.argv.includes('--check')) {
    console.error(`core/generated/${name}.ts does not follow schemas/${name}.schema.json; next: node scripts/generate-types.mjs`);
  } else {
    mkdirSync(new URL('.', target), { recursive: true });
    writeFileSync(target, text);
    console.log(`core/generated/${name}.ts`);
  }
}
if (process.argv.includes('--check') && stale > 0) process.exitCode = 1;

async function typesOf(name) {
  const schema = inline(readSchema(name));
  const { $defs: nouns } = inline(readSchema('model'));
  const whole = { ...schema, $defs: { ...reached(nouns, schema), ...schema.$defs } };
  return compile(whole, schema.title, {
    bannerComment: `/** Made from schemas/${name}.schema.json by scripts/generate-types.mjs: change the schema, then run that script. */`,
    additionalProperties: false,
    unreachableDefinitions: false,
    style: { singleQuote: true, printWidth: 160 },
  });
}

function readSchema(name) {
  return JSON.parse(readFileSync(new URL(`schemas/${name}.schema.json`, root), 'utf8'));
}

/** References to the shared nouns become references inside the document, and the prose for editors becomes the doc comment. */
function inline(node) {
  if (Array.isArray(node)) return node.map(inline);
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string') return { $ref: node.$ref.replace(/^model\.schema\.json/, '') };
  const { markdownDescription, $id, $schema, ...rest } = node;
  const out = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inline(value)]));
  return typeof markdownDescription === 'string' ? { ...out, description: markdownDescription } : out;
}

/** The shared nouns that a schema needs, directly or through one another. */
function reached(nouns, schema) {
  const kept = {};
  const pending = [schema];
  while (pending.length > 0) {
    for (const [, name] of JSON.stringify(pending.pop()).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (name in kept || nouns[name] === undefined) continue;
      kept[name] = nouns[name];
      pending.push(nouns[name]);
    }
  }
  return kept;
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
