import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { parseQuery } from '../query.ts';
import { checkBucketAcl, checkObjectAcl, requestedAcl } from './acl.ts';
import {
  checksumHeaders,
  checksumWanted,
  declaredObjectChecksum,
  requestedAlgorithm,
  requestedChecksum,
} from './checksum.ts';
import { copySource } from './copy-source.ts';
import { checkExpectedOwner, checkExpectedSourceOwner } from './expected-owner.ts';
import { responseOverrides } from './response-overrides.ts';
import { requestedSse, sseHeaders } from './sse.ts';
import { checkStorageClass } from './storage-class.ts';
import { requestedTags } from './tagging.ts';

const headersOf = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([name, value]) => [name, [value]]));
const refused = (code: string, message?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.equal(error.code, code);
  if (message !== undefined) assert.match(error.message, message);
  return true;
};

test('SSE: AES256 or nothing; the rest by name', () => {
  const ask = (value: string) => requestedSse(headersOf({ 'x-amz-server-side-encryption': value }));
  assert.equal(requestedSse(headersOf({})), undefined);
  assert.equal(ask('AES256'), 'AES256');
  assert.throws(() => ask('aws:kms'), refused('NotImplemented', /aws:kms/));
  assert.throws(() => ask('aws:kms:dsse'), refused('NotImplemented', /aws:kms:dsse/));
  for (const value of ['', 'aes256', 'AES128', 'AES256,AES256']) {
    assert.throws(() => ask(value), refused('InvalidEncryptionAlgorithmError'), value);
  }
  assert.deepEqual(sseHeaders('SSE-S3'), { 'x-amz-server-side-encryption': 'AES256' });
  assert.deepEqual(sseHeaders('none'), {});
});

test('storage classes', () => {
  const check = (value: string) => checkStorageClass(headersOf({ 'x-amz-storage-class': value }));
  checkStorageClass(headersOf({}));
  check('STANDARD');
  assert.throws(() => check('GLACIER'), refused('NotImplemented', /GLACIER/));
  assert.throws(() => check('standard'), refused('InvalidStorageClass'));
});

test('ACLs: what row 8 says', () => {
  const canned = (value: string) => requestedAcl(headersOf({ 'x-amz-acl': value }));
  const grants = requestedAcl(headersOf({ 'x-amz-grant-read': 'id="x"' }));
  assert.equal(requestedAcl(headersOf({})), undefined);
  assert.equal(grants, 'grants');
  assert.throws(() => canned('mine'), refused('InvalidArgument'));
  assert.throws(
    () => requestedAcl(headersOf({ 'x-amz-acl': 'private', 'x-amz-grant-read': 'x' })),
    refused('InvalidRequest'),
  );
  const modern = { ownership: 'BucketOwnerEnforced' } as const;
  const classic = { ownership: undefined };
  checkObjectAcl(undefined, modern);
  checkObjectAcl('bucket-owner-full-control', modern);
  checkObjectAcl('bucket-owner-full-control', classic);
  checkObjectAcl('private', classic);
  for (const acl of ['private', 'public-read', 'grants'] as const) {
    assert.throws(() => checkObjectAcl(acl, modern), refused('AccessControlListNotSupported'));
  }
  for (const acl of ['public-read', 'grants'] as const) {
    assert.throws(() => checkObjectAcl(acl, classic), refused('NotImplemented'));
    assert.throws(() => checkBucketAcl(acl, undefined), refused('NotImplemented'));
  }
  checkBucketAcl('private', 'BucketOwnerEnforced');
  assert.throws(
    () => checkBucketAcl('public-read', 'BucketOwnerEnforced'),
    refused('AccessControlListNotSupported'),
  );
});

test('expected owners', () => {
  const own = headersOf({ 'x-amz-expected-bucket-owner': '123456789012' });
  checkExpectedOwner(own, '123456789012');
  checkExpectedOwner(headersOf({}), '123456789012');
  checkExpectedSourceOwner(own, '999999999999');
  assert.throws(() => checkExpectedOwner(own, '999999999999'), refused('AccessDenied'));
  assert.throws(
    () => checkExpectedOwner(headersOf({ 'x-amz-expected-bucket-owner': 'x' }), '999999999999'),
    refused('InvalidArgument'),
  );
});

test('copy sources are decoded once', () => {
  const ask = (value: string) => copySource(headersOf({ 'x-amz-copy-source': value }));
  assert.deepEqual(ask('/bkt/a/b'), { bucket: 'bkt', key: 'a/b' });
  assert.deepEqual(ask('bkt/a%2520b+c%2B%3FversionId'), {
    bucket: 'bkt',
    key: 'a%20b c+?versionId',
  });
  assert.deepEqual(ask('bkt%2Fkey'), { bucket: 'bkt', key: 'key' });
  assert.deepEqual(ask('bkt//../x'), { bucket: 'bkt', key: '/../x' });
  assert.deepEqual(ask('bkt/k?versionId=v%2F1'), { bucket: 'bkt', key: 'k', versionId: 'v/1' });
  assert.deepEqual(ask('bkt/k?x?versionId=1'), { bucket: 'bkt', key: 'k?x', versionId: '1' });
  assert.deepEqual(ask(Buffer.from('bkt/ü').toString('latin1')), { bucket: 'bkt', key: 'ü' });
  for (const value of ['', '/', 'bkt', 'bkt/', '/bkt/', 'bkt/%', 'bkt/%ff', 'bkt/k?versionId=']) {
    assert.throws(() => ask(value), refused('InvalidArgument'), value);
  }
  assert.throws(() => ask('b/key'), refused('InvalidBucketName'));
  assert.throws(() => ask(`bkt/${'k'.repeat(1025)}`), refused('KeyTooLongError'));
  const arn = 'arn:aws:s3:us-east-1:123456789012:accesspoint/ap/object/k';
  assert.throws(() => ask(arn), refused('NotImplemented'));
  assert.throws(() => ask(encodeURIComponent(arn)), refused('NotImplemented'));
});

test('checksums asked for, declared and told', () => {
  const ask = (entries: Record<string, string>) => requestedChecksum(headersOf(entries));
  const algorithm = 'x-amz-checksum-algorithm';
  const type = 'x-amz-checksum-type';
  assert.equal(ask({}), undefined);
  assert.deepEqual(ask({ [algorithm]: 'crc32' }), { algorithm: 'CRC32', type: 'COMPOSITE' });
  assert.deepEqual(ask({ [algorithm]: 'CRC64NVME' }), {
    algorithm: 'CRC64NVME',
    type: 'FULL_OBJECT',
  });
  assert.deepEqual(ask({ [algorithm]: 'CRC32C', [type]: 'FULL_OBJECT' }), {
    algorithm: 'CRC32C',
    type: 'FULL_OBJECT',
  });
  for (const entries of [
    { [algorithm]: 'MD4' },
    { [type]: 'COMPOSITE' },
    { [algorithm]: 'CRC64NVME', [type]: 'COMPOSITE' },
    { [algorithm]: 'SHA256', [type]: 'FULL_OBJECT' },
    { [algorithm]: 'CRC32', [type]: 'HALF' },
  ]) {
    assert.throws(() => ask(entries), refused('InvalidRequest'), JSON.stringify(entries));
  }
  assert.throws(() => ask({ [algorithm]: 'SHA512' }), refused('NotImplemented'));
  assert.equal(requestedAlgorithm(headersOf({ [algorithm]: 'SHA1' })), 'SHA1');
  const declared = (entries: Record<string, string>) => declaredObjectChecksum(headersOf(entries));
  assert.equal(declared({}), undefined);
  assert.deepEqual(declared({ 'x-amz-checksum-crc32': 'AAAAAA==' }), {
    algorithm: 'CRC32',
    type: 'FULL_OBJECT',
    value: 'AAAAAA==',
  });
  assert.equal(declared({ 'x-amz-checksum-crc32': 'AAAAAA==-3' })?.type, 'COMPOSITE');
  for (const value of ['AAAA', 'AAAAAA', 'AAAAAA==-0', 'AAAAAA==-x', '']) {
    assert.throws(
      () => declared({ 'x-amz-checksum-crc32': value }),
      refused('InvalidRequest'),
      value,
    );
  }
  assert.throws(
    () => declared({ 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }),
    refused('InvalidRequest'),
  );
  assert.equal(checksumWanted(headersOf({ 'x-amz-checksum-mode': 'enabled' })), true);
  assert.equal(checksumWanted(headersOf({})), false);
  assert.deepEqual(checksumHeaders({ algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: 'v' }), {
    'x-amz-checksum-crc64nvme': 'v',
    'x-amz-checksum-type': 'FULL_OBJECT',
  });
});

test('tags in a header', () => {
  const ask = (value: string) => requestedTags(headersOf({ 'x-amz-tagging': value }));
  assert.equal(requestedTags(headersOf({})), undefined);
  assert.deepEqual(ask(''), []);
  assert.deepEqual(ask('a=1&b%20c=%C3%BC+x&d'), [
    ['a', '1'],
    ['b c', 'ü x'],
    ['d', ''],
  ]);
  assert.throws(() => ask('a=1&a=2'), refused('InvalidArgument', /without tag name duplicates/));
  assert.throws(() => ask('a=%'), refused('InvalidArgument'));
  assert.throws(() => ask('=1'), refused('InvalidTag', /TagKey/));
  assert.throws(() => ask('a=%3C'), refused('InvalidTag', /TagValue/));
  assert.throws(() => ask('aws:x=1'), refused('InvalidTag', /System tags/));
  assert.throws(() => ask(`${'k'.repeat(129)}=1`), refused('InvalidTag'));
  assert.throws(() => ask(`k=${'v'.repeat(257)}`), refused('InvalidTag'));
  const eleven = Array.from({ length: 11 }, (_, index) => `k${index}=v`).join('&');
  assert.throws(() => ask(eleven), refused('BadRequest', /greater than 10/));
});

test('response overrides need a signature and cannot end a header', () => {
  const ask = (raw: string, signed = true) => responseOverrides({ query: parseQuery(raw), signed });
  assert.deepEqual(ask('response-content-type=text%2Fx&response-expires=&versionId=1'), {
    'Content-Type': 'text/x',
    Expires: '',
  });
  const disposition = ask('response-content-disposition=%C3%BC')['Content-Disposition'] ?? '';
  assert.deepEqual(Buffer.from(disposition, 'latin1'), Buffer.from('ü'));
  assert.deepEqual(ask('versionId=1', false), {});
  assert.throws(() => ask('response-expires=x', false), refused('InvalidRequest', /anonymous/));
  assert.throws(() => ask('response-expires=x%0d%0ay'), refused('InvalidArgument'));
  assert.deepEqual(ask('__proto__=x&constructor=y'), {});
});

test('nothing but a Refusal comes of any header', () => {
  const readers = [
    requestedSse,
    checkStorageClass,
    requestedAcl,
    copySource,
    requestedChecksum,
    declaredObjectChecksum,
    requestedTags,
  ];
  const names = [
    'x-amz-server-side-encryption',
    'x-amz-storage-class',
    'x-amz-acl',
    'x-amz-copy-source',
    'x-amz-checksum-algorithm',
    'x-amz-checksum-sha1',
    'x-amz-tagging',
  ];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const headers = headersOf(Object.fromEntries(names.map((name) => [name, value])));
      for (const read of readers) {
        try {
          read(headers);
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
        }
      }
    }),
  );
});
