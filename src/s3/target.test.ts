import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { checkNewBucketName } from './bucket-name.ts';
import { parseTarget } from './target.ts';

const domains = ['s3.example.com', 'example.com', 'localhost'];

function parse(target: string, host = '127.0.0.1:9000', suffixes: readonly string[] = domains) {
  return parseTarget({ target, headers: new Map([['host', [host]]]) }, { domains: suffixes });
}

const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.code === code;

test('path style: service, bucket, key', () => {
  assert.equal(parse('/').bucket, undefined);
  assert.equal(parse('/?x-id=ListBuckets').bucket, undefined);
  for (const target of ['/bucket', '/bucket/', '/bucket?list-type=2', '/bucket/?a=/b/c']) {
    assert.equal(parse(target).bucket, 'bucket', target);
    assert.equal(parse(target).key, undefined, target);
  }
  const object = parse('/bucket/a/b%20c?versionId=1');
  assert.equal(object.key, 'a/b c');
  assert.equal(object.rawPath, '/bucket/a/b%20c');
  assert.equal(object.style, 'path');
});

test('keys are decoded once and never normalised', () => {
  const keys: [string, string][] = [
    ['/', '/'],
    ['//', '//'],
    ['.', '.'],
    ['..', '..'],
    ['../other/key', '../other/key'],
    ['%2e%2e/other', '../other'],
    ['a//b/./c/', 'a//b/./c/'],
    ['a+b=c', 'a+b=c'],
    ["!'()*", "!'()*"],
    ['%2520', '%20'],
    ['%2F%00', '/\0'],
    ['%F0%9F%AA%A3', '🪣'],
  ];
  for (const [wire, key] of keys) {
    assert.equal(parse(`/bucket/${wire}`).key, key);
    assert.equal(parse(`/${wire}`, 'bucket.example.com').key, key);
  }
});

test('virtual-hosted style: the longest configured domain, any port and case', () => {
  for (const [host, bucket] of [
    ['bucket.s3.example.com', 'bucket'],
    ['Bucket.S3.Example.Com:9000', 'bucket'],
    ['my.dotted.bucket.example.com', 'my.dotted.bucket'],
    ['bucket.localhost:9000', 'bucket'],
  ] as const) {
    const target = parse('/path/bucket', host);
    assert.deepEqual(
      [target.bucket, target.key, target.style],
      [bucket, 'path/bucket', 'virtual-hosted'],
    );
    assert.equal(parse('/', host).key, undefined);
  }
});

test('a domain itself, an address and a foreign host are path style', () => {
  for (const host of [
    's3.example.com',
    'localhost:9000',
    '10.0.0.1',
    '[::1]:9000',
    'nas.local',
    '',
  ]) {
    assert.equal(parse('/bucket/key', host).style, 'path', host);
  }
  assert.equal(parse('/bucket/key', '10.0.0.1', ['0.0.1']).bucket, 'bucket');
  assert.equal(parse('/bucket/key', 'evil.notexample.com', ['example.com']).bucket, 'bucket');
});

test('no origin-form, no UTF-8: InvalidURI', () => {
  for (const target of [
    'http://127.0.0.1/bucket/key',
    '*',
    '',
    '/bucket/a#b',
    '/bucket/a b',
    '/bucket/\u00fc',
    '/bucket/%',
    '/bucket/%4',
    '/bucket/%zz',
    '/bucket/%ff',
    '/bucket/%c0%ae',
    '/bucket/%ed%a0%80',
    '/%ff/key',
  ]) {
    assert.throws(() => parse(target), refusedWith('InvalidURI'), target);
  }
});

test('impossible bucket names are InvalidBucketName, old ones are looked up', () => {
  for (const target of ['//key', '/ab', '/a%2Fbc/key', '/b%00d/key', `/${'a'.repeat(256)}`]) {
    assert.throws(() => parse(target), refusedWith('InvalidBucketName'), target);
  }
  assert.throws(() => parse('/', '-.x_!.example.com'), refusedWith('InvalidBucketName'));
  assert.equal(parse('/Old_Bucket/key').bucket, 'Old_Bucket');
});

test('new bucket names keep the published rules', () => {
  for (const good of ['abc', 'my.bucket-1', '0'.repeat(63)]) checkNewBucketName(good);
  for (const bad of [
    'ab',
    'a'.repeat(64),
    'Abc',
    'a_bc',
    '-abc',
    'abc-',
    '.abc',
    'a..b',
    '192.168.5.4',
    'xn--abc',
    'sthree-x',
    'amzn-s3-demo-x',
    'x-s3alias',
    'x--ol-s3',
    'abc.mrap',
    'x--x-s3',
    'x--table-s3',
    'abc\n',
  ]) {
    assert.throws(() => checkNewBucketName(bad), refusedWith('InvalidBucketName'), bad);
  }
});

test('a key holds 1,024 bytes of UTF-8 and no more', () => {
  assert.equal(parse(`/bucket/${'%00'.repeat(1024)}`).key?.length, 1024);
  assert.equal(parse(`/bucket/${'%C3%BC'.repeat(512)}`).key?.length, 512);
  assert.throws(() => parse(`/bucket/${'%C3%BC'.repeat(512)}a`), refusedWith('KeyTooLongError'));
  assert.throws(() => parse(`/bucket/${'a'.repeat(1025)}`), refusedWith('KeyTooLongError'));
});

test('any key survives encoding, in both styles', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (key) => {
      const wire = encodeURIComponent(key);
      assert.equal(parse(`/bucket/${wire}?a=/b`).key, key);
      assert.equal(parse(`/${wire}`, 'bucket.example.com').key, key);
    }),
  );
});
