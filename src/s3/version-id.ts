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
