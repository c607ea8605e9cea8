/**
 * Builders of JSON Schemas (draft 2020-12, as OpenAPI 3.1 uses it; checked 2026-11-24) that carry the
 * TypeScript type of what they describe, so that the compiler can hold them to the contract's types.
 */

/** A JSON Schema as data. */
export type Json = { readonly [name: string]: unknown };

/** A schema of `T`. The type stands in it for the compiler alone. */
export interface Schema<T> {
  readonly json: Json;
  readonly shape?: T;
}

// Builders take schemas of any type; what they give has a type made of theirs.
// eslint-disable-next-line typescript/no-explicit-any
export type AnySchema = Schema<any>;

/** What a schema describes. */
export type Described<S> = S extends Schema<infer T> ? T : never;

type Members = Readonly<Record<string, AnySchema>>;

/** As one object type, which the compiler compares member by member. */
export type Flat<T> = { [Name in keyof T]: T[Name] };

type ObjectOf<Required extends Members, Optional extends Members> = Flat<
  { readonly [Name in keyof Required]: Described<Required[Name]> } & {
    readonly [Name in keyof Optional]?: Described<Optional[Name]>;
  }
>;

export const text: Schema<string> = { json: { type: 'string' } };
export const time: Schema<string> = { json: { type: 'string', format: 'date-time' } };
/** A whole number from 0. */
export const count: Schema<number> = { json: { type: 'integer', minimum: 0 } };
export const number: Schema<number> = { json: { type: 'number' } };
export const flag: Schema<boolean> = { json: { type: 'boolean' } };

/** A string that matches. */
export const pattern = (source: string): Schema<string> => ({
  json: { type: 'string', pattern: source },
});

/** One of these strings. */
export function oneOf<const T extends readonly string[]>(...values: T): Schema<T[number]> {
  return { json: { type: 'string', enum: values } };
}

export function nullable<T>({ json }: Schema<T>): Schema<T | null> {
  return { json: { anyOf: [json, { type: 'null' }] } };
}

export function list<T>({ json }: Schema<T>): Schema<readonly T[]> {
  return { json: { type: 'array', items: json } };
}

/** An object whose members have any names. */
export function map<T>({ json }: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { json: { type: 'object', additionalProperties: json } };
}

/** An object of these members and no others. */
// eslint-disable-next-line typescript/no-generated-empty-object-type -- without optional members
export function object<Required extends Members, Optional extends Members = Record<never, never>>(
  required: Required,
  optional?: Optional,
): Schema<ObjectOf<Required, Optional>> {
  const members = Object.entries({ ...required, ...optional });
  const names = Object.keys(required);
  return {
    json: {
      type: 'object',
      properties: Object.fromEntries(members.map(([name, { json }]) => [name, json])),
      ...(names.length === 0 ? {} : { required: names }),
      additionalProperties: false,
    },
  };
}

/** An object without members. */
export const nothing: Schema<Readonly<Record<string, never>>> = {
  json: { type: 'object', additionalProperties: false },
};

/** Every schema that has a name, by it. */
export const components = new Map<string, Json>();

/** Gives a schema a name under `components`; it is referred to by that from now on. */
export function named<T>(name: string, { json }: Schema<T>): Schema<T> {
  if (components.has(name)) throw new Error(`two schemas are named ${name}`);
  components.set(name, json);
  return { json: { $ref: `#/components/schemas/${name}` } };
}

/**
 * `true` where the two types are the same, members' modifiers included: the compiler compares the
 * conditions of two deferred conditional types for identity.
 */
/* eslint-disable typescript/no-unnecessary-type-parameters -- X keeps them deferred */
export type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
/* eslint-enable typescript/no-unnecessary-type-parameters */
