/**
 * Which operation a request asks for: method, resource, the sub-resource named in the query, and
 * what else the routes demand. One table, made at start, that refuses to start with two operations
 * on one route; a look-up touches only the operations of one sub-resource.
 *
 * A request that names a sub-resource of S3's never falls through to the plain operation:
 * `DELETE ?tagging` must not delete an object, nor `PUT ?lifecycle` on an object put one.
 */
import { Refusal, assert } from '../base/refusal.ts';
import { type HttpRequest, header } from '../http/exchange.ts';
import { type OperationName, operationNames, succeededBy } from './operation-names.ts';
import type { AnyOperation, Route } from './operation.ts';
import type { Query } from './query.ts';
import type { Target } from './target.ts';

type Resource = Route['resource'];
type RoutedRequest = Pick<HttpRequest, 'method' | 'headers'>;

/** What a request's route is found in. */
export interface RouteTable {
  readonly operations: readonly AnyOperation[];
  /**
   * The operation for a request. Throws `MethodNotAllowed` with `Allow`, `InvalidArgument` for two
   * sub-resources at once, and what AWS answers to a request that lacks a part of its route.
   */
  find(request: RoutedRequest, target: Target, query: Query): AnyOperation;
}

/**
 * Query parameters that narrow a sub-resource or choose a version of an operation; every other one
 * that a route names is a sub-resource.
 */
const qualifiers = new Set([
  'annotationName',
  'id',
  'list-type',
  'max-directory-buckets',
  'partNumber',
  'select-type',
]);

/** Makes the table. Throws a `Defect` for two operations on one route and for a name left out. */
export function routeTable(operations: readonly AnyOperation[]): RouteTable {
  checkNames(operations);
  const places = new Map<string, AnyOperation[]>();
  const subResources = new Set<string>();
  const owned = new Map<string, Set<string>>();
  for (const operation of operations) {
    const { route } = operation;
    const subResource = subResourceOf(operation);
    if (subResource !== '') subResources.add(subResource);
    const place = placeOf(route.method, route.resource, subResource);
    places.set(place, [...(places.get(place) ?? []), operation]);
    const kind = `${route.method} ${route.resource}`;
    const narrowing = (route.query ?? []).filter((name) => qualifiers.has(name));
    owned.set(kind, new Set([...(owned.get(kind) ?? []), ...narrowing]));
  }
  for (const [place, candidates] of places) order(place, candidates);

  return {
    operations,
    find(request, target, query) {
      const resource = resourceOf(target);
      const subResource = namedIn(query, subResources);
      const candidates = places.get(placeOf(request.method, resource, subResource));
      if (candidates === undefined) {
        throw notAllowed(request.method, resource, allowed(places, resource, subResource));
      }
      if (subResource === '' && writes(request.method)) {
        refuseStray(request, query, owned.get(`${request.method} ${resource}`));
      }
      // At most a handful, the most demanding first.
      for (const candidate of candidates)
        if (fits(candidate.route, request, query)) return candidate;
      throw lacking(candidates, request);
    },
  };
}

function checkNames(operations: readonly AnyOperation[]): void {
  const seen = new Set<OperationName>();
  for (const { name } of operations) {
    assert(!seen.has(name), `${name} is in the table twice`);
    seen.add(name);
  }
  for (const name of operationNames) {
    assert(seen.has(name) || name in succeededBy, `${name} is not in the table`);
  }
}

/** Most demanding first; routes that demand the same are one route. */
function order(place: string, candidates: AnyOperation[]): void {
  const seen = new Map<string, OperationName>();
  for (const { name, route } of candidates) {
    const demands = demandsOf(route);
    const other = seen.get(demands);
    assert(other === undefined, `${name} and ${other} both claim ${place} ${demands}`);
    seen.set(demands, name);
  }
  candidates.sort((a, b) => weight(b.route) - weight(a.route) || (a.name < b.name ? -1 : 1));
}

const demandsOf = (route: Route): string =>
  JSON.stringify([
    [...(route.query ?? [])].sort(),
    route.queryValue ?? null,
    route.header?.toLowerCase() ?? null,
    route.contentType ?? null,
  ]);

const weight = (route: Route): number =>
  (route.query?.length ?? 0) * 8 +
  (route.queryValue === undefined ? 0 : 4) +
  (route.header === undefined ? 0 : 2) +
  (route.contentType === undefined ? 0 : 1);

function subResourceOf({ name, route }: AnyOperation): string {
  const named = (route.query ?? []).filter((parameter) => !qualifiers.has(parameter));
  const [value] = route.queryValue ?? [];
  if (value !== undefined && !qualifiers.has(value)) named.push(value);
  assert(named.length <= 1, `${name} names the sub-resources ${named.join(', ')}`);
  return named[0] ?? '';
}

const placeOf = (method: string, resource: Resource, subResource: string): string =>
  `${method} ${resource}?${subResource}`;

function resourceOf(target: Target): Resource {
  if (target.bucket === undefined) return 'service';
  return target.key === undefined ? 'bucket' : 'object';
}

function namedIn(query: Query, subResources: ReadonlySet<string>): string {
  let found = '';
  for (const [name] of query.entries) {
    if (name === found || !subResources.has(name)) continue;
    if (found !== '') {
      throw new Refusal('InvalidArgument', {
        message: `Conflicting query string parameters: ${[found, name].sort().join(', ')}`,
        fields: { ArgumentName: 'ResourceType', ArgumentValue: found },
      });
    }
    found = name;
  }
  return found;
}

const writes = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

/**
 * A write without a sub-resource that carries half of another route (`PUT ?partNumber=1`), or a bare
 * name that Coffer has never heard of: what it meant must not become a plain PUT or DELETE.
 */
function refuseStray(
  request: RoutedRequest,
  query: Query,
  narrowing: ReadonlySet<string> | undefined,
): void {
  for (const [name, value] of query.entries) {
    if (narrowing?.has(name) === true) {
      throw new Refusal('InvalidArgument', {
        message: `The query parameter ${name} needs another one beside it.`,
        fields: { ArgumentName: name, ArgumentValue: value },
      });
    }
    if (value === '' && !name.toLowerCase().startsWith('x-') && name !== 'versionId') {
      throw new Refusal('NotImplemented', {
        message: `${request.method} with the sub-resource ${name} is not implemented.`,
      });
    }
  }
}

function fits(route: Route, { headers }: RoutedRequest, query: Query): boolean {
  if (route.query !== undefined) {
    for (const name of route.query) if (!query.has(name)) return false;
  }
  if (route.queryValue !== undefined && query.get(route.queryValue[0]) !== route.queryValue[1]) {
    return false;
  }
  if (route.header !== undefined && !headers.has(route.header)) return false;
  return route.contentType === undefined || mediaType(headers) === route.contentType;
}

function mediaType(headers: RoutedRequest['headers']): string {
  return (header(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

const methods: readonly Route['method'][] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

function allowed(
  places: ReadonlyMap<string, unknown>,
  resource: Resource,
  subResource: string,
): readonly string[] {
  return methods.filter((method) => places.has(placeOf(method, resource, subResource)));
}

function notAllowed(method: string, resource: Resource, allow: readonly string[]): Refusal {
  return new Refusal('MethodNotAllowed', {
    fields: { Method: method, ResourceType: resource.toUpperCase() },
    headers: { Allow: allow.join(', ') },
  });
}

/** There are operations for this method and sub-resource, but the request lacks what they demand. */
function lacking(candidates: readonly AnyOperation[], request: RoutedRequest): Refusal {
  const easiest = candidates.at(-1)?.route;
  if (candidates.some(({ route }) => route.contentType !== undefined)) {
    const condition = 'Bucket POST must be of the enclosure-type multipart/form-data';
    return new Refusal('PreconditionFailed', { fields: { Condition: condition } });
  }
  const demanded = [...(easiest?.query ?? []), ...(easiest?.queryValue?.slice(0, 1) ?? [])];
  return new Refusal('InvalidRequest', {
    message: `${request.method} of this resource needs ${
      demanded.length > 0 ? `the query parameters ${demanded.join(', ')}` : easiest?.header
    }.`,
  });
}
