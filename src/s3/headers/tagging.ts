/** `x-amz-tagging`: an object's tags as a URL-encoded query string (API reference of PutObject). */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';
import type { Tags } from '../../store/buckets.ts';
import { type Query, parseQuery } from '../query.ts';
import { checkTags } from '../tag-rules.ts';

export const taggingHeader = 'x-amz-tagging';

/** The tags of a write; undefined where the header is absent. Throws `InvalidTag`, `InvalidArgument`. */
export function requestedTags(headers: Headers): Tags | undefined {
  const value = header(headers, taggingHeader);
  if (value === undefined) return undefined;
  const tags = decode(value).entries;
  if (new Set(tags.map(([key]) => key)).size !== tags.length) throw malformed(value);
  checkTags(tags, 'object');
  return tags;
}

function decode(value: string): Query {
  try {
    return parseQuery(value);
  } catch {
    throw malformed(value);
  }
}

function malformed(value: string): Refusal {
  return new Refusal('InvalidArgument', {
    message:
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    fields: { ArgumentName: taggingHeader, ArgumentValue: value },
  });
}
