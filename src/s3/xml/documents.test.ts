import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/refusal.ts';
import { readCompleteMultipartUpload } from './complete-multipart-upload.ts';
import { readCreateBucketConfiguration } from './create-bucket-configuration.ts';
import { readDelete } from './delete.ts';
import { ownershipControlsDocument, readOwnershipControls } from './ownership-controls.ts';
import {
  publicAccessBlockDocument,
  readPublicAccessBlock,
} from './public-access-block-configuration.ts';
import {
  encryptionDocument,
  readEncryptionConfiguration,
} from './server-side-encryption-configuration.ts';
import { readTagging, taggingDocument } from './tagging.ts';
import { readVersioningConfiguration, versioningDocument } from './versioning-configuration.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

function refused(code: string, read: () => unknown): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

test('Delete', () => {
  const read = (inner: string) => readDelete(bytes(`<Delete>${inner}</Delete>`));
  assert.deepEqual(
    read(
      '<Object><Key> a </Key></Object><Quiet>true</Quiet>' +
        '<Object><ETag>"e"</ETag><VersionId>v</VersionId><Key>b</Key></Object>',
    ),
    {
      objects: [
        { key: ' a ', versionId: undefined, ifMatch: undefined },
        { key: 'b', versionId: 'v', ifMatch: 'e' },
      ],
      quiet: true,
    },
  );
  const many = (count: number) => '<Object><Key>k</Key></Object>'.repeat(count);
  assert.equal(read(many(1000)).objects.length, 1000);
  const long = `<Object><Key>${'k'.repeat(1024)}</Key><VersionId>${'v'.repeat(32)}</VersionId></Object>`;
  assert.equal(read(long.repeat(1000)).objects.length, 1000);
  for (const inner of [
    '',
    'text',
    many(1001),
    '<Object/>',
    '<Object><Key/></Object>',
    '<Object><Key>a</Key><Key>b</Key></Object>',
    '<Object><Key><b/></Key></Object>',
    '<Object><Key>a</Key><Other/></Object>',
    '<Other/>',
    '<Quiet>true</Quiet>',
    `${many(1)}<Quiet>perhaps</Quiet>`,
    `${many(1)}<Quiet>true</Quiet><Quiet>true</Quiet>`,
  ]) {
    refused('MalformedXML', () => read(inner));
  }
  refused('MalformedXML', () => readDelete(bytes('<Remove/>')));
  refused('MalformedXML', () => readDelete(bytes('')));
  refused('KeyTooLongError', () => read(`<Object><Key>${'k'.repeat(1025)}</Key></Object>`));
  refused('NotImplemented', () => read('<Object><Key>k</Key><Size>1</Size></Object>'));
});

test('CompleteMultipartUpload', () => {
  const read = (inner: string) =>
    readCompleteMultipartUpload(
      bytes(`<CompleteMultipartUpload>${inner}</CompleteMultipartUpload>`),
    );
  const part = (number: number | string, more = '') =>
    `<Part>${more}<ETag>&quot;e&quot;</ETag><PartNumber>${number}</PartNumber></Part>`;
  assert.deepEqual(read(part(1) + part(3, '<ChecksumCRC32>AAAAAA==</ChecksumCRC32>')), [
    { number: 1, etag: 'e' },
    { number: 3, etag: 'e', checksums: { CRC32: 'AAAAAA==' } },
  ]);
  const sha256 = `<ChecksumSHA256>${'A'.repeat(43)}=</ChecksumSHA256>`;
  const all = Array.from({ length: 10_000 }, (_, index) => part(index + 1, sha256)).join('');
  assert.equal(read(all).length, 10_000);
  refused('MalformedXML', () => read(part(1).repeat(10_001)));
  for (const inner of [
    '',
    '<Part/>',
    part('x'),
    part(''),
    part('1.5'),
    part(1, '<Size>1</Size>'),
  ]) {
    refused('MalformedXML', () => read(inner));
  }
  for (const number of [0, 10_001, 9_999_999_999]) {
    refused('InvalidArgument', () => read(part(number)));
  }
  refused('NotImplemented', () => read(part(1, '<ChecksumSHA512>x</ChecksumSHA512>')));
});

test('Tagging', () => {
  const tag = (key: string, value = 'v') => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
  const read = (inner: string, kind: 'object' | 'bucket' = 'object') =>
    readTagging(bytes(`<Tagging><TagSet>${inner}</TagSet></Tagging>`), kind);
  assert.deepEqual(read(tag('a b', '') + tag('ü')), [
    ['a b', ''],
    ['ü', 'v'],
  ]);
  assert.deepEqual(read(''), []);
  const tags = read(tag('a') + tag('b'));
  assert.deepEqual(readTagging(bytes(taggingDocument(tags)), 'object'), tags);
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => tag(`k${index}`)).join('');
  assert.equal(read(many(10)).length, 10);
  assert.equal(read(many(50), 'bucket').length, 50);
  refused('BadRequest', () => read(many(11)));
  refused('BadRequest', () => read(many(51), 'bucket'));
  refused('InvalidTag', () => read(tag('a') + tag('a')));
  refused('InvalidTag', () => read(tag('')));
  refused('InvalidTag', () => read(tag('k'.repeat(129))));
  refused('InvalidTag', () => read(tag('k', 'v'.repeat(257))));
  refused('InvalidTag', () => read(tag('aws:k')));
  refused('MalformedXML', () => read('<Tag><Key>a</Key></Tag>'));
  refused('MalformedXML', () => read('<Other/>'));
  refused('MalformedXML', () => readTagging(bytes('<Tagging/>'), 'object'));
});

test('CreateBucketConfiguration', () => {
  const read = (inner: string) =>
    readCreateBucketConfiguration(
      bytes(`<CreateBucketConfiguration>${inner}</CreateBucketConfiguration>`),
    );
  const none = { locationConstraint: undefined, tags: undefined };
  assert.deepEqual(readCreateBucketConfiguration(bytes('')), none);
  assert.deepEqual(read(''), none);
  assert.deepEqual(read('<LocationConstraint/>'), none);
  assert.deepEqual(
    read(
      '<LocationConstraint>eu-west-1</LocationConstraint>' +
        '<Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags>',
    ),
    { locationConstraint: 'eu-west-1', tags: [['a', 'b']] },
  );
  refused('NotImplemented', () => read('<Location><Name>x</Name></Location>'));
  refused('MalformedXML', () => read('<Other/>'));
  refused('MalformedXML', () => readCreateBucketConfiguration(bytes('x')));
});

test('ServerSideEncryptionConfiguration', () => {
  const rule = (algorithm: string, more = '') =>
    `<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${algorithm}</SSEAlgorithm>${more}</ApplyServerSideEncryptionByDefault></Rule>`;
  const read = (inner: string) =>
    readEncryptionConfiguration(
      bytes(`<ServerSideEncryptionConfiguration>${inner}</ServerSideEncryptionConfiguration>`),
    );
  assert.deepEqual(read(rule('AES256')), { algorithm: 'AES256', bucketKey: false });
  const keyed = { algorithm: 'AES256', bucketKey: true } as const;
  assert.deepEqual(readEncryptionConfiguration(bytes(encryptionDocument(keyed))), keyed);
  refused('NotImplemented', () => read(rule('aws:kms')));
  refused('NotImplemented', () => read(rule('aws:kms:dsse', '<KMSMasterKeyID>k</KMSMasterKeyID>')));
  refused('InvalidArgument', () => read(rule('AES256', '<KMSMasterKeyID>k</KMSMasterKeyID>')));
  for (const inner of [
    '',
    '<Rule/>',
    rule('AES256').repeat(2),
    rule('AES128'),
    rule(''),
    '<Other/>',
  ]) {
    refused('MalformedXML', () => read(inner));
  }
});

test('VersioningConfiguration', () => {
  const read = (inner: string) =>
    readVersioningConfiguration(
      bytes(`<VersioningConfiguration>${inner}</VersioningConfiguration>`),
    );
  assert.equal(read('<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>'), 'enabled');
  assert.equal(readVersioningConfiguration(bytes(versioningDocument('suspended'))), 'suspended');
  assert.doesNotMatch(versioningDocument('off'), /Status/);
  refused('NotImplemented', () => read('<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>'));
  refused('MalformedXML', () => read(''));
  refused('MalformedXML', () => read('<Status>enabled</Status>'));
});

test('PublicAccessBlockConfiguration', () => {
  const block = {
    blockPublicAcls: true,
    ignorePublicAcls: false,
    blockPublicPolicy: true,
    restrictPublicBuckets: false,
  };
  assert.deepEqual(readPublicAccessBlock(bytes(publicAccessBlockDocument(block))), block);
  const root = 'PublicAccessBlockConfiguration';
  assert.deepEqual(
    readPublicAccessBlock(bytes(`<${root}><BlockPublicPolicy>TRUE</BlockPublicPolicy></${root}>`)),
    { ...block, blockPublicAcls: false },
  );
  refused('MalformedXML', () => readPublicAccessBlock(bytes(`<${root}><Other/></${root}>`)));
});

test('OwnershipControls', () => {
  for (const ownership of [
    'BucketOwnerEnforced',
    'BucketOwnerPreferred',
    'ObjectWriter',
  ] as const) {
    assert.equal(readOwnershipControls(bytes(ownershipControlsDocument(ownership))), ownership);
  }
  const rule = '<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>';
  for (const inner of ['', rule + rule, '<Rule/>', rule.replace('Writer', 'Reader')]) {
    refused('MalformedXML', () =>
      readOwnershipControls(bytes(`<OwnershipControls>${inner}</OwnershipControls>`)),
    );
  }
});
