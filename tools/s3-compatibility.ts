/**
 * Writes the tables of docs/S3-COMPATIBILITY.md from the operations themselves: their routes, the
 * headers that they honour, and the actions that they ask a policy about, found by asking them. What
 * stands outside the markers in that page is written by hand and is left as it is.
 *
 *     node tools/s3-compatibility.ts          writes the page
 *
 * `tests/s3-compatibility.test.ts` fails when the page is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Refusal } from '../src/base/refusal.ts';
import { allOperations } from '../src/s3/all-operations.ts';
import { defaultAnswers } from '../src/s3/default-answers.ts';
import type { AnyOperation, Guarantee, Route } from '../src/s3/operation.ts';
import { unbuiltOperations } from '../src/s3/unbuilt.ts';
import { callOf } from '../tests/support/s3-call.ts';
import { type Sections, renderSections, table } from './generated-sections.ts';

export const pagePath = join(import.meta.dirname, '../docs/S3-COMPATIBILITY.md');

/** The page with its tables as the code has them now. */
export function renderedPage(page: string): string {
  return renderSections(page, sections);
}

const byName = (a: AnyOperation, b: AnyOperation): number => (a.name < b.name ? -1 : 1);
const others = new Set<AnyOperation>([...defaultAnswers, ...unbuiltOperations]);
const built = allOperations.filter((operation) => !others.has(operation)).sort(byName);

const sections: Sections = {
  counts: () =>
    `${allOperations.length} operations are in the table: ${built.length} built, ` +
    `${defaultAnswers.length} that answer as AWS does where nothing is set, ` +
    `${unbuiltOperations.length} that answer 501 NotImplemented by name.\n`,
  built: () => builtTable(built),
  defaults: () =>
    table(
      ['operation', 'request'],
      [...defaultAnswers].sort(byName).map((one) => [one.name, routeText(one.route)]),
    ),
  unbuilt: () =>
    table(
      ['operation', 'request'],
      [...unbuiltOperations].sort(byName).map((one) => [one.name, routeText(one.route)]),
    ),
};

function builtTable(operations: readonly AnyOperation[]): string {
  const rows = operations.map((one) => [
    one.name,
    routeText(one.route),
    actionsText(one),
    honoured(one),
  ]);
  return table(['operation', 'request', 'actions asked', 'headers honoured'], rows);
}

const paths = { service: '/', bucket: '/BUCKET', object: '/BUCKET/KEY' } as const;

function routeText({ method, resource, query = [], queryValue, header, contentType }: Route) {
  const value = queryValue === undefined ? [] : [queryValue.join('=')];
  const parameters = [...query, ...value].join('&');
  const also = [header, contentType].filter((text) => text !== undefined);
  const extra = also.length === 0 ? '' : `, ${also.map((text) => `\`${text}\``).join(', ')}`;
  return `\`${method} ${paths[resource]}${parameters === '' ? '' : `?${parameters}`}\`${extra}`;
}

const headerNames: Readonly<Record<Guarantee, string>> = {
  sse: 'encryption',
  checksum: 'checksums',
  acl: 'ACL',
  tagging: 'tags',
  'storage-class': 'storage class',
  metadata: 'user metadata',
  'conditional-write': 'conditions',
  'conditional-read': 'conditions',
};

function honoured({ gives }: AnyOperation): string {
  return gives.map((guarantee) => headerNames[guarantee]).join(', ');
}

/**
 * Operations that decide in `run`, because what is asked stands in the body: the files that name
 * their actions.
 */
const decidedInRun: Readonly<Record<string, string>> = {
  CreateBucket: 'operations/create-bucket.ts',
  DeleteObjects: 'deletion.ts',
  HeadBucket: 'operations/head-bucket.ts',
  PostObject: 'write-object.ts',
  PutObjectTagging: 'operations/put-object-tagging.ts',
};

function actionsText(operation: AnyOperation): string {
  const file = decidedInRun[operation.name];
  if (file !== undefined) {
    const text = readFileSync(join(import.meta.dirname, '../src/s3', file), 'utf8');
    const conditional = operation.gives.includes('conditional-write') || file === 'deletion.ts';
    const [first = '', ...more] = [...new Set(text.match(/(?<=')s3:[A-Z][A-Za-z]+(?=')/g))]
      // An ETag may only be compared by who may read it.
      .filter((action) => conditional || action !== 's3:GetObject');
    return joined([first], more);
  }
  if (operation.decides === 'per-item') throw new Error(`where does ${operation.name} decide?`);
  const always = actionsOf(operation, {}, '');
  const all = variants.flatMap(({ headers, query }) => actionsOf(operation, headers, query));
  return joined(
    always,
    [...new Set(all)].filter((action) => !always.includes(action)),
  );
}

function joined(always: readonly string[], more: readonly string[]): string {
  const shown = (actions: readonly string[]): string =>
    actions.map((action) => `\`${action.replace('s3:', '')}\``).join(', ');
  if (more.length === 0) return shown(always);
  return `${shown(always)}; as asked ${shown(more)}`;
}

/** Requests that may need more, or other, actions than the plain one. */
const variants: readonly {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}[] = [
  { headers: {}, query: 'versionId=null' },
  { headers: { 'x-amz-tagging': 'a=b', 'x-amz-tagging-directive': 'REPLACE' }, query: '' },
  { headers: { 'x-amz-acl': 'public-read' }, query: '' },
  { headers: { 'x-amz-copy-source': '/source/key?versionId=null' }, query: '' },
  { headers: { 'if-match': '"0"' }, query: '' },
];

function actionsOf(
  { route, input, permissions }: AnyOperation,
  headers: Readonly<Record<string, string>>,
  query: string,
): string[] {
  const path = { service: '/', bucket: '/bucket', object: '/bucket/key' }[route.resource];
  const named = (route.query ?? []).map((name) => `${name}=1`);
  const value = route.queryValue === undefined ? [] : [route.queryValue.join('=')];
  const target = `${path}?${[...named, ...value, query].filter((part) => part !== '').join('&')}`;
  const call = callOf({ target, headers: { ...needed, ...headers } });
  try {
    return permissions(input(call), call).map(({ action }) => action);
  } catch (error) {
    // A variant that makes no sense for this operation is one that it refuses.
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** What some operations cannot do without; the others do not look at it. */
const needed = {
  'x-amz-copy-source': '/source/key',
  'x-amz-object-attributes': 'ETag',
};

if (import.meta.main) writeFileSync(pagePath, renderedPage(readFileSync(pagePath, 'utf8')));
