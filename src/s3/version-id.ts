/** `versionId` of a request on an object. */
import { Refusal } from '../base/refusal.ts';
import type { Query } from './query.ts';

/** The version asked for; undefined for the current one. Throws `InvalidArgument` for an empty one. */
export function requestedVersion(query: Query): string | undefined {
  const value = query.get('versionId');
  if (value !== '') return value;
  throw new Refusal('InvalidArgument', {
    message: 'Version id cannot be the empty string',
    fields: { ArgumentName: 'versionId', ArgumentValue: '' },
  });
}

/**
 * Throws `InvalidArgument` where a request that makes a version, or names it elsewhere, names one in
 * its query: it would be ignored by the operation and yet be seen by what decides about it.
 */
export function refuseVersion(query: Query): void {
  const value = query.get('versionId');
  if (value === undefined) return;
  throw new Refusal('InvalidArgument', {
    message: 'This operation does not accept a version-id.',
    fields: { ArgumentName: 'versionId', ArgumentValue: value },
  });
}
