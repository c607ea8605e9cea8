/**
 * The two-statement policy of AWS's guide ("Using server-side encryption with Amazon S3 managed
 * keys", checked 2026-11-24), which denies every upload that does not ask for AES256: verbatim but
 * for the bucket's name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeText } from './bodies.ts';

/** Its text for a bucket. */
export function denyPolicy(bucket: string): string {
  const text = readFileSync(join(import.meta.dirname, 'deny-unencrypted.json'), 'utf8');
  return text.replaceAll('YourBucket', bucket);
}

/** The same with a third statement that lets everyone in. */
export function denyPolicyWithAllow(bucket: string): string {
  const policy = JSON.parse(denyPolicy(bucket)) as { Statement: unknown[] };
  policy.Statement.push({
    Sid: 'Everyone',
    Effect: 'Allow',
    Principal: '*',
    Action: ['s3:PutObject', 's3:GetObject'],
    Resource: `arn:aws:s3:::${bucket}/*`,
  });
  return JSON.stringify(policy);
}

/** Writes a policy to a file for a program; returns the path. */
export function policyFile(folder: string, bucket: string, text = denyPolicy(bucket)): string {
  return writeText(join(folder, `${bucket}-policy.json`), text);
}
