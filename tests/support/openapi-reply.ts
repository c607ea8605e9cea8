/**
 * Holds a reply of the admin API to docs/openapi.json. Knows what that document uses of JSON Schema and
 * refuses to pass over anything else.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = { readonly [name: string]: unknown };

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

export interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Content {
  readonly 'application/json': { readonly schema: Json };
}

const path = join(import.meta.dirname, '../../docs/openapi.json');
export const document = JSON.parse(readFileSync(path, 'utf8')) as Document;

/** The operation of `GET /admin/v1/accounts/default?…`; undefined for a route that is none. */
export function operationOf(route: string): Operation | undefined {
  const [method = '', target = ''] = route.split(' ');
  const segments = (target.split('?')[0] ?? '').split('/');
  const fitting = Object.entries(document.paths).filter(([template]) => {
    const parts = template.split('/');
    const fits = (part: string, index: number): boolean =>
      part.startsWith('{') ? segments[index] !== '' : part === segments[index];
    return parts.length === segments.length && parts.every(fits);
  });
  // A written-out segment wins over a named one, as there are routes of both kinds.
  const [best] = fitting.toSorted(([a], [b]) => a.split('{').length - b.split('{').length);
  return best?.[1][method.toLowerCase()];
}

/** Asserts that the reply to a route is one that the document tells of. */
export function assertConforms(route: string, status: number, body: string): void {
  const operation = operationOf(route);
  if (status >= 400 || operation === undefined) {
    assert.ok(status >= 400, `${route} is not in the document`);
    assertFits(document.components.schemas['AdminErrorBody'] ?? {}, JSON.parse(body), route);
    return;
  }
  const response = operation.responses[status];
  assert.ok(response, `${route} answers ${status}, which the document does not tell of`);
  const schema = response.content?.['application/json'].schema;
  if (schema === undefined) assert.equal(body, '', `${route} answers nothing`);
  else assertFits(schema, JSON.parse(body), route);
}

/** Asserts that a value is what a schema says. */
export function assertFits(schema: Json, value: unknown, place: string): void {
  const wrong = problem(schema, value, place);
  assert.equal(wrong, undefined);
}

const known = new Set([
  '$ref',
  'additionalProperties',
  'anyOf',
  'enum',
  'format',
  'items',
  'minimum',
  'pattern',
  'properties',
  'required',
  'type',
]);

function problem(schema: Json, value: unknown, place: string): string | undefined {
  for (const word of Object.keys(schema)) assert.ok(known.has(word), `${word} is not known here`);
  const { $ref: reference, anyOf } = schema as { $ref?: string; anyOf?: readonly Json[] };
  if (reference !== undefined) {
    const target = document.components.schemas[reference.replace('#/components/schemas/', '')];
    assert.ok(target, reference);
    return problem(target, value, place);
  }
  if (anyOf !== undefined) {
    const problems = anyOf.map((one) => problem(one, value, place));
    return problems.includes(undefined) ? undefined : problems[0];
  }
  switch (schema['type']) {
    case 'null':
      return value === null ? undefined : `${place} is not null`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${place} is not true or false`;
    case 'integer':
    case 'number':
      return numberProblem(schema, value, place);
    case 'string':
      return textProblem(schema, value, place);
    case 'array':
      if (!Array.isArray(value)) return `${place} is not a list`;
      return first(value, (item, index) =>
        problem(schema['items'] as Json, item, `${place}[${index}]`),
      );
    case 'object':
      return objectProblem(schema, value, place);
    default:
      return `${place} has a schema of no known type`;
  }
}

function first<T>(
  items: readonly T[],
  look: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function numberProblem(schema: Json, value: unknown, place: string): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `${place} is not a number`;
  if (schema['type'] === 'integer' && !Number.isInteger(value)) return `${place} is not whole`;
  const { minimum = -Infinity } = schema as { minimum?: number };
  return value < minimum ? `${place} is below ${minimum}` : undefined;
}

function textProblem(schema: Json, value: unknown, place: string): string | undefined {
  if (typeof value !== 'string') return `${place} is not a string`;
  const {
    pattern,
    enum: values,
    format,
  } = schema as {
    pattern?: string;
    enum?: readonly string[];
    format?: string;
  };
  if (values !== undefined && !values.includes(value))
    return `${place} is none of ${values.join()}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    return `${place} is not ${pattern}`;
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  return format === 'date-time' && !isTime ? `${place} is no time` : undefined;
}

function objectProblem(schema: Json, value: unknown, place: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${place} is not an object`;
  }
  const {
    properties = {},
    required = [],
    additionalProperties,
  } = schema as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
    additionalProperties: Json | false;
  };
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${place}.${missing} is missing`;
  return first(Object.entries(value), ([name, member]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const other = additionalProperties === false ? undefined : additionalProperties;
    const schemaOfIt = own ?? other;
    return schemaOfIt === undefined
      ? `${place}.${name} is not told of`
      : problem(schemaOfIt, member, `${place}.${name}`);
  });
}
