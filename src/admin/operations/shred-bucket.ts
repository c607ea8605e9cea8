/** Destroys the secret of a bucket, whatever it holds and whoever owns it; leaves a signed record. */
import { operation } from '../operation.ts';

export const shredBucket = operation({
  name: 'ShredBucket',
  route: 'POST /admin/v1/buckets/{bucket}/shred',
  permission: 'coffer:ShredBucket',
  reach: 'administrators',
  input: ({ path }) => ({ bucket: path('bucket') }),
  // Decided as the server's matter: what a bucket's own policy says of it is about S3.
  subject: () => ({ kind: 'server' }),
  run: ({ services }, { bucket }) => services.shredBucket(bucket),
});
