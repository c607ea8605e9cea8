import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpDay, send, type SentRequest } from '../../../tests/support/s3-call.ts';
import { opened } from '../../../tests/support/s3-object.ts';
import type { OpenedObject } from '../../store/objects.ts';
import { getObjectAttributes } from './get-object-attributes.ts';

const attributes = (
  object: OpenedObject,
  names: string,
  { headers = {}, ...sent }: Partial<SentRequest> = {},
) =>
  send(getObjectAttributes, {
    target: '/bkt/key?attributes',
    store: { objects: { open: async () => object } },
    headers: { 'x-amz-object-attributes': names, ...headers },
    ...sent,
  });

const inside = (body: string): string =>
  /<GetObjectAttributesResponse xmlns="[^"]*">(.*)<\/GetObjectAttributesResponse>$/.exec(
    body,
  )?.[1] ?? '';

test('only what is named', async () => {
  const object = opened('hello', { versionId: 'v1' });
  const reply = await attributes(object, 'ETag, ObjectSize');
  assert.equal(reply.status, 200);
  assert.equal(inside(reply.body), '<ETag>e7</ETag><ObjectSize>5</ObjectSize>');
  assert.equal(reply.headers['last-modified'], httpDay);
  assert.equal(reply.headers['x-amz-version-id'], 'v1');
  assert.deepEqual(reply.pairs, [
    's3:GetObject arn:aws:s3:::bkt/key',
    's3:GetObjectAttributes arn:aws:s3:::bkt/key',
  ]);
  const checksum = await attributes(object, 'Checksum,StorageClass,ObjectParts');
  assert.equal(
    inside(checksum.body),
    '<Checksum><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>' +
      '<ChecksumType>FULL_OBJECT</ChecksumType></Checksum><StorageClass>STANDARD</StorageClass>',
  );
});

test('a page of parts', async () => {
  const reply = await attributes(opened('0123456789', {}, [4, 3, 3]), 'ObjectParts', {
    headers: { 'x-amz-max-parts': '1', 'x-amz-part-number-marker': '1' },
  });
  assert.equal(
    inside(reply.body),
    '<ObjectParts><PartsCount>3</PartsCount><PartNumberMarker>1</PartNumberMarker>' +
      '<NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts>' +
      '<IsTruncated>true</IsTruncated><Part><PartNumber>2</PartNumber><Size>3</Size>' +
      '<ChecksumCRC64NVME>p2</ChecksumCRC64NVME></Part></ObjectParts>',
  );
});

test('a version has permissions of its own', async () => {
  const target = '/bkt/key?attributes&versionId=v';
  const reply = await attributes(opened('x'), 'ETag', { target });
  assert.deepEqual(reply.pairs, [
    's3:GetObjectVersion arn:aws:s3:::bkt/key',
    's3:GetObjectVersionAttributes arn:aws:s3:::bkt/key',
  ]);
});

test('names that S3 does not know, and none at all', async () => {
  for (const names of ['ETag,Color', '', ' , ']) {
    const reply = await attributes(opened('x'), names);
    assert.deepEqual([reply.status, reply.code], [400, 'InvalidArgument'], names);
  }
});
