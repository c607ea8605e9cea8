/** ListBuckets: the buckets of the caller's account, in pages where a page is asked for. */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { isoTime } from '../../base/time.ts';
import type { BucketPage } from '../../store/buckets.ts';
import { decodeToken, encodeToken } from '../continuation-token.ts';
import { integerOf, invalid } from '../list-parameters.ts';
import { type Call, operation } from '../operation.ts';
import type { Query } from '../query.ts';
import { xmlReply } from '../reply.ts';
import { ownerElement } from '../xml/owner.ts';
import { element, textElement, xmlDocument } from '../xml/write.ts';

export const listBuckets = operation({
  name: 'ListBuckets',
  route: { method: 'GET', resource: 'service' },
  body: 'none',
  gives: [],
  input: ({ query }) => ({
    prefix: query.get('prefix'),
    region: regionOf(query),
    after: decodeToken(query.get('continuation-token')),
    limit: limitOf(query),
    // AWS names the region only to who asks for a page by any of its parameters.
    showRegion: parameters.some((name) => query.has(name)),
  }),
  permissions: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  run: async (call, input) => {
    const { identity } = call;
    if (identity.kind === 'anonymous') throw new Refusal('AccessDenied');
    return { page: await pageOf(call, identity.account.id, input), owner: identity.account };
  },
  output: ({ page, owner }, { prefix, showRegion }) => {
    let buckets = '';
    for (const { name, createdAt, region } of page.buckets) {
      buckets += element(
        'Bucket',
        textElement('Name', name) +
          textElement('CreationDate', isoTime(createdAt)) +
          textElement('BucketRegion', showRegion ? region : undefined),
      );
    }
    const token = page.next === undefined ? undefined : encodeToken(page.next);
    const body =
      ownerElement(owner) +
      element('Buckets', buckets) +
      textElement('ContinuationToken', token) +
      textElement('Prefix', prefix);
    return xmlReply(xmlDocument('ListAllMyBucketsResult', body));
  },
});

const parameters = ['bucket-region', 'continuation-token', 'max-buckets', 'prefix'];

interface Asked {
  readonly prefix: string | undefined;
  readonly region: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
}

async function pageOf({ store, view }: Call, account: string, asked: Asked): Promise<BucketPage> {
  const { prefix, region, limit } = asked;
  const found: BucketPage['buckets'][number][] = [];
  let { after } = asked;
  do {
    const page: BucketPage = await store.buckets.list(view, {
      account,
      limit: limit - found.length,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    });
    for (const bucket of page.buckets) {
      if (region === undefined || bucket.region === region) found.push(bucket);
    }
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return { buckets: found, next: after };
}

function limitOf(query: Query): number {
  const max = s3Limits.bucketsPerPageMax;
  const value = integerOf(query, 'max-buckets') ?? max;
  if (value >= 1 && value <= max) return value;
  const message = `Argument max-buckets must be an integer between 1 and ${max}`;
  throw invalid('max-buckets', String(value), message);
}

function regionOf(query: Query): string | undefined {
  const region = query.get('bucket-region');
  if (region === undefined || /^[a-z0-9-]{1,64}$/.test(region)) return region;
  throw invalid(
    'bucket-region',
    region,
    `Argument value ${region.slice(0, 80)} is not a valid AWS Region`,
  );
}
