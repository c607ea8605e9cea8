/**
 * `x-amz-copy-source` of CopyObject and UploadPartCopy (S3-BEHAVIOURS 13): `[/]bucket/key`,
 * URL-decoded exactly once (with `+` for a space, as S3 does), and `?versionId=` behind it. Access
 * points, by ARN, are refused by name.
 */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { ReadInput } from '../../store/objects.ts';
import { checkBucketName } from '../bucket-name.ts';
import { checkKey } from '../target.ts';
import { headerText } from './text.ts';

export const copySourceHeader = 'x-amz-copy-source';

/** The source. Throws `InvalidArgument`, `InvalidBucketName`, `KeyTooLongError` or `NotImplemented`. */
export function copySource(headers: Headers): ReadInput {
  const value = headerText(header(headers, copySourceHeader) ?? '');
  const mark = value.lastIndexOf(versionMark);
  const path = decode(mark < 0 ? value : value.slice(0, mark), value);
  if (path.startsWith('arn:')) {
    throw new Refusal('NotImplemented', {
      message: 'A copy source named by ARN is not implemented.',
      fields: { Header: copySourceHeader },
    });
  }
  const start = path.startsWith('/') ? 1 : 0;
  const slash = path.indexOf('/', start);
  const bucket = slash < 0 ? path.slice(start) : path.slice(start, slash);
  const key = slash < 0 ? '' : path.slice(slash + 1);
  if (key === '') throw invalid('Invalid copy source object key', value);
  checkBucketName(bucket);
  checkKey(key);
  if (mark < 0) return { bucket, key };
  const versionId = decode(value.slice(mark + versionMark.length), value);
  if (versionId === '') throw invalid('Version id cannot be the empty string', value);
  return { bucket, key, versionId };
}

const versionMark = '?versionId=';

function decode(text: string, whole: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw invalid('Invalid copy source encoding.', whole);
  }
}

function invalid(message: string, value: string): Refusal {
  return new Refusal('InvalidArgument', {
    message,
    fields: { ArgumentName: copySourceHeader, ArgumentValue: value },
  });
}
