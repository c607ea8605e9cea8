/**
 * CreateBucket. There is one region, the server's: a document that names none means it, one that
 * names another is refused. Where the bucket shall be stands in the body, so the decision, which may
 * depend on it (`s3:locationconstraint`), is made after it was read.
 */
import { type Permission, bucketArn } from '../../access/permission.ts';
import { Refusal } from '../../base/refusal.ts';
import { header } from '../../http/exchange.ts';
import type { Bucket, Ownership } from '../../store/buckets.ts';
import { checkNewBucketName } from '../bucket-name.ts';
import { type RequestedAcl, checkBucketAcl, requestedAcl } from '../headers/acl.ts';
import { type Call, operation } from '../operation.ts';
import { emptyReply } from '../reply.ts';
import { bucketOf } from '../target.ts';
import {
  type CreateBucketConfiguration,
  readCreateBucketConfiguration,
} from '../xml/create-bucket-configuration.ts';
import { requestedOwnership } from '../xml/ownership-controls.ts';

export const createBucket = operation({
  name: 'CreateBucket',
  route: { method: 'PUT', resource: 'bucket' },
  body: 'document',
  gives: ['acl'],
  decides: 'per-item',
  input: ({ target, headers }) => ({
    bucket: bucketOf(target),
    acl: requestedAcl(headers),
    ownership: requestedOwnership(header(headers, 'x-amz-object-ownership')),
  }),
  permissions: () => [],
  run: async (call, input) => {
    const configuration = readCreateBucketConfiguration(await call.document());
    for (const permission of permissionsOf(input, configuration)) {
      if (!(await call.allowed(permission))) throw new Refusal('AccessDenied');
    }
    await create(call, input, configuration);
  },
  output: (_, { bucket }) => emptyReply(200, { Location: `/${bucket}` }),
});

interface Input {
  readonly bucket: string;
  readonly acl: RequestedAcl | undefined;
  readonly ownership: Ownership | undefined;
}

/** The bucket does not exist yet, so no policy of its own speaks: these are the account's actions. */
function permissionsOf(
  { bucket, acl, ownership }: Input,
  { locationConstraint, tags }: CreateBucketConfiguration,
): readonly Permission[] {
  const on = (action: string): Permission => ({ action, resource: bucketArn(bucket) });
  const asked = locationConstraint === undefined ? [] : [locationConstraint];
  const context = new Map([['s3:locationconstraint', asked]]);
  return [
    { ...on('s3:CreateBucket'), context },
    ...(acl === undefined || acl === 'private' ? [] : [on('s3:PutBucketAcl')]),
    ...(ownership === undefined ? [] : [on('s3:PutBucketOwnershipControls')]),
    ...(tags === undefined ? [] : [on('s3:TagResource')]),
  ];
}

async function create(
  { identity, store, view, settings }: Call,
  { bucket: name, acl, ownership }: Input,
  { locationConstraint, tags }: CreateBucketConfiguration,
): Promise<void> {
  if (identity.kind === 'anonymous') throw new Refusal('AccessDenied');
  const { region, newBuckets: mode } = settings;
  checkLocation(locationConstraint, region);
  checkNewBucketName(name);
  const account = identity.account.id;
  const existing = await store.buckets.find(view, name);
  if (existing !== undefined && isGivenAgain(existing, account, region)) return;
  const owned = ownership ?? (mode === 'modern' ? 'BucketOwnerEnforced' : undefined);
  checkBucketAcl(acl, owned);
  await store.buckets.create({
    name,
    account,
    region,
    mode,
    ...(ownership === undefined ? {} : { ownership }),
    ...(tags === undefined ? {} : { tags }),
  });
}

/** In us-east-1, and only there, making one's own bucket again succeeds and changes nothing. */
function isGivenAgain(existing: Bucket, account: string, region: string): boolean {
  return existing.account === account && region === 'us-east-1';
}

/** `EU` is what eu-west-1 was called first. */
function checkLocation(constraint: string | undefined, region: string): void {
  if (constraint === undefined || constraint === region) return;
  if (constraint === 'EU' && region === 'eu-west-1') return;
  throw new Refusal('IllegalLocationConstraintException', {
    message: `The ${constraint.slice(0, 80)} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}
