/** Ready-made policies: what most buckets and users need, to begin from. */

export interface Template {
  readonly id: string;
  readonly text: string;
  readonly description: string;
  /** For the bucket's name; users' policies that are about all buckets have no use for it. */
  readonly policy: (bucket: string) => string;
  /** Asks for the name of a bucket first. */
  readonly asksBucket?: true;
}

export const bucketTemplates: readonly Template[] = [
  {
    id: 'deny-unencrypted',
    text: 'Deny unencrypted uploads',
    description:
      'The documented policy: an upload must ask for SSE-S3 in its own header. The bucket’s default does not count.',
    policy: denyUnencryptedUploads,
  },
  {
    id: 'deny-insecure',
    text: 'Deny insecure transport',
    description:
      'Refuses every request that does not come over TLS. Not without TLS on the S3 port!',
    policy: (bucket) =>
      json({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'DenyInsecureTransport',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
  },
  {
    id: 'public-read',
    text: 'Public read',
    description:
      'Everybody may read objects, without signing in. The public access block must let it: see above.',
    policy: (bucket) =>
      json({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'PublicReadGetObject',
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: `arn:aws:s3:::${bucket}/*`,
          },
        ],
      }),
  },
];

export const userTemplates: readonly Template[] = [
  {
    id: 'read-only',
    text: 'Read only',
    description: 'Lists and reads all buckets and objects of the account.',
    policy: () =>
      json({
        Version: '2012-10-17',
        Statement: [
          { Sid: 'ReadOnly', Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' },
        ],
      }),
  },
  {
    id: 'read-write-bucket',
    text: 'Read and write one bucket',
    description: 'Lists, reads, writes and deletes the objects of one bucket, and no more.',
    asksBucket: true,
    policy: (bucket) =>
      json({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'FindBuckets',
            Effect: 'Allow',
            Action: 's3:ListAllMyBuckets',
            Resource: '*',
          },
          {
            Sid: 'ListBucket',
            Effect: 'Allow',
            Action: [
              's3:ListBucket',
              's3:ListBucketVersions',
              's3:ListBucketMultipartUploads',
              's3:GetBucketLocation',
              's3:GetBucketVersioning',
              's3:GetEncryptionConfiguration',
            ],
            Resource: `arn:aws:s3:::${bucket}`,
          },
          {
            Sid: 'ReadWriteObjects',
            Effect: 'Allow',
            Action: [
              's3:GetObject',
              's3:GetObjectVersion',
              's3:GetObjectTagging',
              's3:GetObjectVersionTagging',
              's3:PutObject',
              's3:PutObjectTagging',
              's3:PutObjectVersionTagging',
              's3:DeleteObject',
              's3:DeleteObjectVersion',
              's3:DeleteObjectTagging',
              's3:DeleteObjectVersionTagging',
              's3:AbortMultipartUpload',
              's3:ListMultipartUploadParts',
            ],
            Resource: `arn:aws:s3:::${bucket}/*`,
          },
        ],
      }),
  },
  {
    id: 'administrator',
    text: 'Administrator',
    description:
      'Everything in all buckets of the account; in the default account also keys, accounts and the server.',
    policy: () =>
      json({
        Version: '2012-10-17',
        Statement: [
          { Sid: 'Administrator', Effect: 'Allow', Action: ['s3:*', 'coffer:*'], Resource: '*' },
        ],
      }),
  },
];

/** Two statements, as the documentation has them: only the bucket's name differs. */
function denyUnencryptedUploads(bucket: string): string {
  const header = 's3:x-amz-server-side-encryption';
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  return json({
    Version: '2012-10-17',
    Id: 'PutObjectPolicy',
    Statement: [
      {
        Sid: 'DenyIncorrectEncryptionHeader',
        ...statement,
        Condition: { StringNotEquals: { [header]: 'AES256' } },
      },
      {
        Sid: 'DenyUnencryptedObjectUploads',
        ...statement,
        Condition: { Null: { [header]: 'true' } },
      },
    ],
  });
}

function json(policy: object): string {
  return JSON.stringify(policy, undefined, 2);
}
