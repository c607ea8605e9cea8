/** What the store says no to, with the fields that AWS gives beside each code. */
import { Refusal } from '../base/refusal.ts';
import { httpDate } from '../base/time.ts';

export function noSuchBucket(name: string): Refusal {
  return new Refusal('NoSuchBucket', { fields: { BucketName: name } });
}

export function publicPolicyBlocked(bucket: string): Refusal {
  return new Refusal('AccessDenied', {
    message:
      `s3:PutBucketPolicy on resource "arn:aws:s3:::${bucket}" is denied because public policies ` +
      'are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
  });
}

export function noSuchKey(
  key: string,
  markerId?: { readonly versionId: string | undefined },
): Refusal {
  const fields = { Key: key };
  if (markerId === undefined) return new Refusal('NoSuchKey', { fields });
  return new Refusal('NoSuchKey', { fields, headers: markerHeaders(markerId.versionId) });
}

export function noSuchVersion(key: string, versionId: string): Refusal {
  return new Refusal('NoSuchVersion', { fields: { Key: key, VersionId: versionId } });
}

/** A delete marker that was named by its version id: it can be deleted, and nothing else. */
export function markerNotAllowed(versionId: string | undefined, modified: Date): Refusal {
  return new Refusal('MethodNotAllowed', {
    fields: { ResourceType: 'DeleteMarker' },
    headers: {
      ...markerHeaders(versionId),
      allow: 'DELETE',
      'last-modified': httpDate(modified),
    },
  });
}

export function preconditionFailed(condition: string): Refusal {
  return new Refusal('PreconditionFailed', { fields: { Condition: condition } });
}

function markerHeaders(versionId: string | undefined): Record<string, string> {
  const marker = { 'x-amz-delete-marker': 'true' };
  return versionId === undefined ? marker : { ...marker, 'x-amz-version-id': versionId };
}
