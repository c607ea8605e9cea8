/**
 * Conditions of a write, decided on the head row that its transaction read, so atomically with it
 * (AWS user guide, "Conditional requests", 2026-11-24). A delete marker is no object.
 */
import type { HeadRow } from '../rows/head-row.ts';
import type { WriteConditions } from './objects.ts';
import { noSuchKey, preconditionFailed } from './refusals.ts';

/** Throws `PreconditionFailed`, or `NoSuchKey` where `ifMatch` meets nothing. */
export function assertWriteConditions(
  key: string,
  head: HeadRow | undefined,
  conditions: WriteConditions | undefined,
): void {
  if (conditions === undefined) return;
  const current = head?.marker === false ? head : undefined;
  if (conditions.ifNoneMatch !== undefined && current !== undefined) {
    throw preconditionFailed('If-None-Match');
  }
  if (conditions.ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!matches(conditions.ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

/** As above for a delete; a delete marker does not match, nothing at all is `NoSuchKey`. */
export function assertDeleteCondition(
  key: string,
  head: HeadRow | undefined,
  ifMatch: string | undefined,
): void {
  if (ifMatch === undefined) return;
  if (head === undefined) throw noSuchKey(key);
  if (head.marker || !matches(ifMatch, head.etag)) throw preconditionFailed('If-Match');
}

function matches(condition: string, etag: string): boolean {
  return condition === '*' || condition === etag;
}
