/** `partNumber` of a request: 1 to 10,000 (S3-BEHAVIOURS 28). */
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Query } from './query.ts';

/** The part asked for; undefined where none is. Throws `InvalidArgument`. */
export function requestedPartNumber(query: Query): number | undefined {
  const text = query.get('partNumber');
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= s3Limits.partNumberMax) return number;
  throw new Refusal('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${s3Limits.partNumberMax}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}
