/**
 * JSON Schema by name: the only file that knows ajv, which is loaded at the first use. It reads `schemas/`, and turns what
 * ajv says into diagnostics that a person can act on. It does not read the data that it judges.
 */
import { readFileSync } from 'node:fs';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Diagnostic } from './model.ts';

export const SCHEMAS = ['config', 'prp', 'event', 'result', 'implement-request', 'implement-report'] as const;
export type SchemaName = (typeof SCHEMAS)[number];

const compiled = new Map<SchemaName, Promise<ValidateFunction>>();

/**
 * What is wrong with `data` by `schemas/<name>.schema.json`: one error for each place, empty when nothing is.
 * An unknown key names the nearest one that exists. `message` begins with the place: `heal.attempts: must be an integer`.
 */
export async function validateAgainst(name: SchemaName, data: unknown): Promise<readonly Diagnostic[]> {
  const validate = await (compiled.get(name) ?? remember(name));
  if (validate(data)) return [];
  const { nearMisses } = await import('./suggest.ts');
  // Everything is near to a word of two or three letters.
  const near = (word: string, known: readonly string[]): string | null => (word.length > 3 ? (nearMisses(word, known)[0] ?? null) : null);
  const errors = validate.errors ?? [];
  const messages = mostSpecific(errors).map((error) => `${placeOf(error)}: ${explain(error, errors, near)}`);
  return [...new Set(messages)].map((message) => ({ source: 'schema', code: `${name}.schema.json`, severity: 'error', message }));
}

/** Compiling costs far more than validating, so it happens once a process and schema. */
function remember(name: SchemaName): Promise<ValidateFunction> {
  const loading = compile(name);
  compiled.set(name, loading);
  return loading;
}

async function compile(name: SchemaName): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, discriminator: true, verbose: true });
  ajv.addKeyword('markdownDescription');
  for (const file of ['model', name]) ajv.addSchema(read(file));
  const validate = ajv.getSchema(`${name}.schema.json`);
  if (validate === undefined) throw new Error(`schemas/${name}.schema.json has another $id`);
  return validate;
}

/** `core/` and the built `dist/` stand side by side, one level below `schemas/`. */
function read(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as Record<string, unknown>;
}

/** A failed union comes with the failures of each branch: what lies deeper is what the author meant, else the union speaks for all. */
function mostSpecific(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(isUnion);
  const isDeeper = (error: ErrorObject, union: ErrorObject): boolean =>
    error.instancePath.startsWith(`${union.instancePath}/`) || (error.keyword === 'additionalProperties' && error.instancePath === union.instancePath);
  return errors.filter((error) => {
    if (error.keyword === 'propertyNames' || error.keyword === 'discriminator') return errors.length === 1;
    if (isUnion(error)) return !errors.some((other) => isDeeper(other, error));
    const union = unions.find((candidate) => branchesOf(candidate, errors).includes(error));
    return union === undefined || isDeeper(error, union);
  });
}

function isUnion(error: ErrorObject): boolean {
  return error.keyword === 'anyOf' || error.keyword === 'oneOf';
}

function branchesOf(union: ErrorObject, errors: readonly ErrorObject[]): readonly ErrorObject[] {
  return errors.filter((error) => error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`));
}

function placeOf(error: ErrorObject): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const text = path.map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
  return text === '' ? 'the document' : text;
}

type Near = (word: string, known: readonly string[]) => string | null;

function explain(error: ErrorObject, all: readonly ErrorObject[], near: Near): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'additionalProperties': {
      const word = String(params['additionalProperty']);
      const known = keysOf(error.parentSchema);
      const suggestion = near(word, known);
      return `unknown key \`${word}\`; ${suggestion === null ? `known: ${known.join(', ')}` : `did you mean \`${suggestion}\`?`}`;
    }
    case 'enum': {
      const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'].map(String) : [];
      const suggestion = typeof error.data === 'string' ? near(error.data, allowed) : null;
      return `must be one of ${allowed.join(', ')}${suggestion === null ? '' : `; did you mean \`${suggestion}\`?`}`;
    }
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'required':
      return `lacks the key \`${String(params['missingProperty'])}\``;
    case 'type':
      return `must be ${[params['type']].flat().map(String).join(' or ')}, and is ${kindOf(error.data)}`;
    case 'anyOf':
    case 'oneOf':
      return `must be ${branchesOf(error, all).flatMap(formOf).join(' or ') || 'of another form'}, and is ${typeof error.data === 'string' ? `"${error.data}"` : kindOf(error.data)}`;
    case 'pattern':
      return `${error.propertyName === undefined ? 'the text' : `the key \`${error.propertyName}\``} must match ${String(params['pattern'])}`;
    default:
      return error.message ?? error.keyword;
  }
}

/** One branch of a union in a word or two. */
function formOf(branch: ErrorObject): readonly string[] {
  if (branch.keyword === 'enum')
    return [(branch.params as { allowedValues: readonly unknown[] }).allowedValues.map((value) => `"${String(value)}"`).join(' or ')];
  if (branch.keyword === 'type') return [`a value of type ${String((branch.params as { type: unknown }).type)}`];
  return [];
}

function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return [];
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
