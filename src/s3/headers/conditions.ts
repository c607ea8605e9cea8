/**
 * Conditional requests: RFC 9110 §13 as S3 keeps it ("Conditional requests", S3 user guide; the
 * precedence in the API reference of GetObject and CopyObject; 2026-11-24).
 *
 * If-Match decides before If-Unmodified-Since, If-None-Match before If-Modified-Since; the later one
 * of a pair is not looked at when the first is there.
 */
import { httpDate } from '../../base/time.ts';
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { WriteConditions } from '../../store/objects.ts';
import {
  type EtagList,
  matchesStrongly,
  matchesWeakly,
  parseEtagList,
  quoteEtag,
  unquoteEtag,
} from './etag.ts';
import { parseHttpDate, wholeSeconds } from './http-date.ts';

/** The conditions of a read, or of a copy's source. */
export interface ReadConditions {
  readonly ifMatch: EtagList | undefined;
  readonly ifNoneMatch: EtagList | undefined;
  readonly ifModifiedSince: Date | undefined;
  readonly ifUnmodifiedSince: Date | undefined;
}

/** What conditions are judged on: a version as HEAD tells it. */
export interface Conditioned {
  /** Without quotes. */
  readonly etag: string;
  readonly modified: Date;
}

/** The conditions of GetObject and HeadObject; undefined when there is none. */
export const readConditions = (headers: Headers): ReadConditions | undefined =>
  conditionsOf(headers, '');

/** `x-amz-copy-source-if-*` of CopyObject and UploadPartCopy; undefined when there is none. */
export const copySourceConditions = (headers: Headers): ReadConditions | undefined =>
  conditionsOf(headers, copyPrefix);

/** Throws `PreconditionFailed` (412), or `NotModified` (304) with the headers a cache needs. */
export function checkReadConditions(
  conditions: ReadConditions | undefined,
  version: Conditioned & { readonly headers?: Readonly<Record<string, string>> },
): void {
  if (conditions === undefined) return;
  const failed = failedCondition(conditions, version);
  if (failed === undefined) return;
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed);
  throw new Refusal('NotModified', {
    headers: {
      ETag: quoteEtag(version.etag),
      'Last-Modified': httpDate(version.modified),
      ...(version.headers?.['cache-control'] === undefined
        ? {}
        : { 'Cache-Control': version.headers['cache-control'] }),
    },
  });
}

/** Throws `PreconditionFailed`: a copy has no 304. */
export function checkCopyConditions(
  conditions: ReadConditions | undefined,
  version: Conditioned,
): void {
  if (conditions === undefined) return;
  const failed = failedCondition(conditions, version);
  if (failed !== undefined) throw preconditionFailed(`${copyPrefix}${failed}`);
}

/**
 * If-Match and If-None-Match of a write. S3 knows `If-None-Match: *` and one ETag in If-Match, not
 * both; what it does not know is `NotImplemented`, so that no write goes ahead unguarded.
 */
export function writeConditions(headers: Headers): WriteConditions | undefined {
  const match = header(headers, 'if-match');
  const noneMatch = header(headers, 'if-none-match');
  if (match === undefined && noneMatch === undefined) return undefined;
  if (match !== undefined && noneMatch !== undefined) {
    throw new Refusal('NotImplemented', {
      fields: {
        Header: 'If-Match,If-None-Match',
        AdditionalMessage: 'Multiple conditional request headers present in the request',
      },
    });
  }
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*') {
      throw new Refusal('NotImplemented', {
        fields: {
          Header: 'If-None-Match',
          AdditionalMessage:
            "We don't accept the provided value of If-None-Match header for this API",
        },
      });
    }
    return { ifNoneMatch: '*' };
  }
  return { ifMatch: unquoteEtag(match ?? '') };
}

const copyPrefix = 'x-amz-copy-source-';

function conditionsOf(headers: Headers, prefix: string): ReadConditions | undefined {
  const match = header(headers, `${prefix}if-match`);
  const noneMatch = header(headers, `${prefix}if-none-match`);
  const modifiedSince = header(headers, `${prefix}if-modified-since`);
  const unmodifiedSince = header(headers, `${prefix}if-unmodified-since`);
  if (
    match === undefined &&
    noneMatch === undefined &&
    modifiedSince === undefined &&
    unmodifiedSince === undefined
  ) {
    return undefined;
  }
  return {
    ifMatch: match === undefined ? undefined : parseEtagList(match),
    ifNoneMatch: noneMatch === undefined ? undefined : parseEtagList(noneMatch),
    ifModifiedSince: parseHttpDate(modifiedSince),
    ifUnmodifiedSince: parseHttpDate(unmodifiedSince),
  };
}

type Condition = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since';

function failedCondition(given: ReadConditions, version: Conditioned): Condition | undefined {
  const modified = wholeSeconds(version.modified);
  if (given.ifMatch !== undefined) {
    if (!matchesStrongly(given.ifMatch, version.etag)) return 'If-Match';
  } else if (
    given.ifUnmodifiedSince !== undefined &&
    modified > wholeSeconds(given.ifUnmodifiedSince)
  ) {
    return 'If-Unmodified-Since';
  }
  if (given.ifNoneMatch !== undefined) {
    return matchesWeakly(given.ifNoneMatch, version.etag) ? 'If-None-Match' : undefined;
  }
  const since = given.ifModifiedSince;
  return since !== undefined && modified <= wholeSeconds(since) ? 'If-Modified-Since' : undefined;
}

function preconditionFailed(condition: string): Refusal {
  return new Refusal('PreconditionFailed', { fields: { Condition: condition } });
}
