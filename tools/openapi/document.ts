/** The OpenAPI 3.1 document of the admin API (spec.openapis.org, 3.1.1; checked 2026-11-24). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminOperations } from '../../src/admin/all-operations.ts';
import type { AdminOperationName } from '../../src/admin/contract.ts';
import type { AnyAdminOperation } from '../../src/admin/operation.ts';
import { errorBody, operationSchemas, type OperationSchemas } from './operations.ts';
import { type AnySchema, components, type Json } from './schema.ts';

/** The document as data: paths in order of their text, operations as the table has them. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const named = adminOperations.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  for (const operation of named) {
    const [method = ''] = String(operation.route).split(' ');
    (paths[pathOf(operation)] ??= {})[method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Coffer admin API',
      version,
      description:
        'The JSON API behind the `coffer` command and the console, on the console’s address and on the Unix socket in the data folder. Objects have no part in it: they go through S3.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:9001' }],
    security: [{ signature: [] }, { session: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: {
        Refused: {
          description: 'Why it was not done: a code for programs, a sentence for people.',
          content: { 'application/json': { schema: errorBody.json } },
        },
      },
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'AWS Signature Version 4, service `coffer`, with the SHA-256 of the body in x-amz-content-sha256.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'coffer-session',
          description:
            'Set by CreateSession. Whatever is not a GET needs the header `x-coffer-console: 1` too.',
        },
      },
    },
  };
}

const pathOf = ({ route }: AnyAdminOperation): string => String(route).split(' ')[1] ?? '';

function describe(operation: AnyAdminOperation): Json {
  const name = operation.name as AdminOperationName;
  const { path, query, body, reply } = operationSchemas[name];
  const [method = ''] = String(operation.route).split(' ');
  const parameters = [...parametersOf('path', path), ...parametersOf('query', query)];
  return {
    operationId: name,
    description: `${headOf(name)}\n\n${whoMay(operation)}`,
    ...(operation.credentials === 'body' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: body.json } } },
        }),
    responses: { ...successOf(method, reply), default: { $ref: '#/components/responses/Refused' } },
  };
}

function successOf(method: string, reply: OperationSchemas['reply']): Json {
  if (reply === undefined) return { 204: { description: 'Done.' } };
  const content = { 'application/json': { schema: reply.json } };
  return { [method === 'POST' ? 201 : 200]: { description: 'Done.', content } };
}

function parametersOf(place: 'path' | 'query', schema: AnySchema | undefined): readonly Json[] {
  const { properties = {}, required = [] } = (schema?.json ?? {}) as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: one,
  }));
}

function whoMay({ permission, reach, confidential }: AnyAdminOperation): string {
  const who = {
    administrators: `Administrators whom \`${permission}\` is allowed.`,
    'own-account': `Administrators whom \`${permission}\` is allowed, and another account’s root inside its account.`,
    oneself: `Every identity, about itself, unless a policy denies \`${permission}\`.`,
    bucket: `Whom S3’s permissions on the bucket let, unless a policy denies \`${permission}\`.`,
  }[reach];
  const way = confidential === true ? ' Over TLS or from the server’s machine only.' : '';
  return who + way;
}

const operationsFolder = join(import.meta.dirname, '../../src/admin/operations');

/** The comment at the head of the operation's file, as one paragraph. */
function headOf(name: string): string {
  const file = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  const source = readFileSync(join(operationsFolder, `${file}.ts`), 'utf8');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  return comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
}
