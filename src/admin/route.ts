/**
 * Which admin operation a request asks for: method and path, segment by segment, matched against the
 * closed table. Two operations on one route stop the start.
 */
import { Refusal, assert } from '../base/refusal.ts';
import { rawPath, rawQuery } from '../base/request-target.ts';
import type { AnyAdminOperation } from './operation.ts';
import { Members } from './members.ts';

export interface Routed {
  readonly operation: AnyAdminOperation;
  /** The named segments of the route, decoded. */
  readonly path: (name: string) => string;
  readonly query: Members;
}

export interface AdminRoutes {
  /** Throws `NotFound`, `MethodNotAllowed` with `Allow`, or `InvalidURI`. */
  find(method: string, target: string): Routed;
}

/** What every path of the admin API begins with. */
export const adminPathPrefix = '/admin/';

export function routeTable(operations: readonly AnyAdminOperation[]): AdminRoutes {
  const routes = operations.map(routeOf);
  const shapes = new Set(routes.map(({ method, pattern }) => `${method} ${shapeOf(pattern)}`));
  assert(shapes.size === routes.length, 'two admin operations claim one route');
  return {
    find(method, target) {
      const segments = rawPath(target).split('/');
      const there = routes.filter(({ pattern }) => fits(pattern, segments));
      if (there.length === 0) throw noPath();
      const route = there.find((each) => each.method === method);
      if (route === undefined) throw notAllowed(there.map((each) => each.method));
      const { operation, pattern } = route;
      const values = new Map(
        pattern.flatMap(({ name }, index) =>
          name === undefined ? [] : [[name, decodeSegment(segments[index] ?? '')] as const],
        ),
      );
      return {
        operation,
        path: (name) => valueOf(values, name),
        query: queryOf(rawQuery(target)),
      };
    },
  };
}

/** A segment that is written out, or one that is named and may be anything. */
interface Segment {
  readonly text: string;
  readonly name: string | undefined;
}

interface AdminRoute {
  readonly method: string;
  readonly pattern: readonly Segment[];
  readonly operation: AnyAdminOperation;
}

function routeOf(operation: AnyAdminOperation): AdminRoute {
  const [method = '', path = ''] = String(operation.route).split(' ');
  const pattern = path.split('/').map((text) => ({ text, name: /^\{(\w+)\}$/.exec(text)?.[1] }));
  return { method, pattern, operation };
}

const shapeOf = (pattern: readonly Segment[]): string =>
  pattern.map(({ text, name }) => (name === undefined ? text : '{}')).join('/');

function fits(pattern: readonly Segment[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every(({ text, name }, index) =>
    name === undefined ? segments[index] === text : segments[index] !== '',
  );
}

function valueOf(values: ReadonlyMap<string, string>, name: string): string {
  const value = values.get(name);
  assert(value !== undefined, `the route has no segment ${name}`);
  return value;
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('InvalidURI');
  }
}

function queryOf(text: string): Members {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (found.has(name)) {
      throw new Refusal('InvalidRequest', {
        message: `The query parameter ${JSON.stringify(name.slice(0, 100))} is given twice.`,
      });
    }
    found.set(name, value);
  }
  return new Members(Object.fromEntries(found));
}

function noPath(): Refusal {
  return new Refusal('NotFound', { message: 'The admin API has nothing at this path.' });
}

function notAllowed(methods: readonly string[]): Refusal {
  return new Refusal('MethodNotAllowed', { headers: { Allow: [...methods].sort().join(', ') } });
}
