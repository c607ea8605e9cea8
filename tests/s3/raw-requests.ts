/** What shows only on the socket: 100-continue, refusals before bytes, error documents (rows 19, 23, 25, 28). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { assertReplyFitsShape } from '../service-model.ts';
import { RawClient, type RawReply } from '../support/raw-socket.ts';
import { presigned, signed, type RawRequest } from './sigv4.ts';
import { bodyOf, type Credentials, type Site } from './site.ts';
import { exchange } from './wire.ts';

const unsigned = 'UNSIGNED-PAYLOAD';

const codeIn = ({ body }: RawReply): string | undefined => /<Code>(\w+)</.exec(body)?.[1];

export function rawRequestsSuite(site: Site): void {
  const host = `127.0.0.1:${site.port}`;
  const headOf = (request: Omit<RawRequest, 'host'>, credentials?: Credentials): string =>
    signed({ host, ...request }, credentials ?? site.server.credentials).head;
  const ask = async (head: string): Promise<RawReply> => {
    using client = new RawClient(site.port);
    return await client.send(head).reply();
  };
  describe('on the socket', () => {
    continueTests(site, headOf);
    limitTests(site, headOf, ask);
    timeTests(site, host, headOf, ask);
    documentTests(site, headOf, ask);
  });
}

type HeadOf = (request: Omit<RawRequest, 'host'>, credentials?: Credentials) => string;
type Ask = (head: string) => Promise<RawReply>;

function continueTests(site: Site, headOf: HeadOf): void {
  const put = (path: string, length: number): Omit<RawRequest, 'host'> => ({
    method: 'PUT',
    path,
    payload: unsigned,
    headers: { 'content-length': String(length), expect: '100-continue' },
  });

  test('row 19: 100 comes after authorization, then the bytes, then 200', async () => {
    const bucket = await site.bucket();
    for (const size of [100, 50_000]) {
      using client = new RawClient(site.port);
      client.send(headOf(put(`/${bucket}/k`, size)));
      assert.equal((await client.reply()).status, 100);
      assert.equal((await client.send(bodyOf(size)).reply()).status, 200);
    }
  });

  test('row 19: a refused upload is refused before a byte of it is sent', async () => {
    const bucket = await site.bucket();
    const user = await site.user();
    const wrong = { ...user, secretAccessKey: 'wrong secret of this key, of course' };
    const five = 5 * 1024 ** 3;
    const cases: readonly (readonly [string, string, number, string])[] = [
      ['not allowed', headOf(put(`/${bucket}/k`, 100), user), 403, 'AccessDenied'],
      ['wrong signature', headOf(put(`/${bucket}/k`, 100), wrong), 403, 'SignatureDoesNotMatch'],
      ['no bucket', headOf(put(`/${site.newName()}/k`, 100)), 404, 'NoSuchBucket'],
      ['row 28: too long', headOf(put(`/${bucket}/k`, five + 1)), 400, 'EntityTooLarge'],
      ['key too long', headOf(put(`/${bucket}/${'k'.repeat(1025)}`, 100)), 400, 'KeyTooLongError'],
    ];
    for (const [what, head, status, code] of cases) {
      using client = new RawClient(site.port);
      const reply = await client.send(head).reply();
      assert.deepEqual([what, reply.status, codeIn(reply)], [what, status, code]);
      assert.ok(!reply.head.includes('100 Continue'));
    }
    const { KeyCount } = await site.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    assert.equal(KeyCount, 0);
  });

  test('row 19: without Expect too, a refusal does not wait for the body', async () => {
    const bucket = await site.bucket();
    const user = await site.user();
    using client = new RawClient(site.port);
    const { headers = {}, ...request } = put(`/${bucket}/k`, 1_000_000_000);
    const { expect: _, ...rest } = headers as Record<string, string>;
    client.send(headOf({ ...request, headers: rest }, user)).send(bodyOf(1000));
    assert.equal((await client.reply()).status, 403);
  });
}

function limitTests(site: Site, headOf: HeadOf, ask: Ask): void {
  test('row 28: a part of over 5 GiB, and no length at all', async () => {
    const bucket = await site.bucket();
    const path = `/${bucket}/k`;
    const long = { 'content-length': String(5 * 1024 ** 3 + 1) };
    const put = { method: 'PUT', path, payload: unsigned, headers: long };
    assert.equal(codeIn(await ask(headOf(put))), 'EntityTooLarge');
    const chunked = { ...put, headers: { 'transfer-encoding': 'chunked' } };
    const reply = await ask(`${headOf(chunked)}3\r\nabc\r\n0\r\n\r\n`);
    assert.deepEqual([reply.status, codeIn(reply)], [411, 'MissingContentLength']);
  });

  test('a body of other bytes than its hash stores nothing', async () => {
    const bucket = await site.bucket();
    const payload = 'a'.repeat(64);
    const headers = { 'content-length': '3' };
    const put = { method: 'PUT', path: `/${bucket}/k`, payload, headers };
    const reply = await ask(`${headOf(put)}abc`);
    assert.deepEqual([reply.status, codeIn(reply)], [400, 'XAmzContentSHA256Mismatch']);
    const head = await exchange(site.s3, new HeadObjectCommand({ Bucket: bucket, Key: 'k' }));
    assert.equal(head.status, 404);
  });
}

function timeTests(site: Site, host: string, headOf: HeadOf, ask: Ask): void {
  const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);

  test('row 25: a clock over fifteen minutes off is told the server’s time', async () => {
    const bucket = await site.bucket();
    const list = (date: Date) => ask(headOf({ method: 'GET', path: `/${bucket}`, date }));
    for (const off of [-14, 14]) assert.equal((await list(minutes(off))).status, 200);
    for (const off of [-16, 16]) {
      const reply = await list(minutes(off));
      assert.deepEqual([reply.status, codeIn(reply)], [403, 'RequestTimeTooSkewed']);
      for (const field of ['RequestTime', 'ServerTime', 'MaxAllowedSkewMilliseconds']) {
        assert.ok(reply.body.includes(`<${field}>`), field);
      }
      assert.match(reply.head, /^date: /im);
    }
  });

  test('row 25: presigned requests expire exactly, and live seven days at most', async () => {
    const bucket = await site.bucket();
    const request = { method: 'GET', host, path: `/${bucket}` };
    const list = (date: Date, seconds: number): Promise<RawReply> => {
      const target = presigned({ ...request, date }, site.server.credentials, seconds);
      return ask(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    };
    assert.equal((await list(minutes(-30), 31 * 60)).status, 200);
    assert.equal((await list(minutes(-1), 604_800)).status, 200);
    const expired = await list(minutes(-30), 30 * 60 - 1);
    assert.deepEqual([expired.status, codeIn(expired)], [403, 'AccessDenied']);
    assert.ok(expired.body.includes('<Message>Request has expired</Message>'));
    for (const seconds of [604_801, -1]) {
      const reply = await list(minutes(0), seconds);
      assert.deepEqual([reply.status, codeIn(reply)], [400, 'AuthorizationQueryParametersError']);
    }
    const early = await list(minutes(20), 60);
    assert.equal(early.status, 403);
  });
}

function documentTests(site: Site, headOf: HeadOf, ask: Ask): void {
  test('row 23: error documents have Code, Message, Resource, RequestId and HostId', async () => {
    const bucket = await site.bucket();
    const cases = [
      headOf({ method: 'GET', path: `/${bucket}/no` }),
      headOf({ method: 'GET', path: '/no-such-bucket-here' }),
      `GET /${bucket}/no HTTP/1.1\r\nhost: x\r\n\r\n`,
      `GET /${bucket}/%zz HTTP/1.1\r\nhost: x\r\n\r\n`,
      `PATCH /${bucket}/k HTTP/1.1\r\nhost: x\r\n\r\n`,
      `POST /${bucket}/k HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`,
    ];
    for (const head of cases) {
      const { status, head: top, body } = await ask(head);
      assert.ok(status >= 400, head);
      const headers = Object.fromEntries(
        top
          .split('\r\n')
          .slice(1)
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      assertReplyFitsShape('GetObject', { status, headers, body });
      const id = /<RequestId>(\w+)</.exec(body)?.[1];
      assert.match(top, new RegExp(`^x-amz-request-id: ${id}$`, 'im'));
    }
  });

  test('a method that an address has not is 405 and says which it has', async () => {
    const bucket = await site.bucket();
    const reply = await ask(headOf({ method: 'POST', path: `/${bucket}/k` }));
    assert.deepEqual([reply.status, codeIn(reply)], [405, 'MethodNotAllowed']);
    assert.match(reply.head, /^allow: .*GET/im);
  });

  test('health needs no credentials and lies outside the buckets', async () => {
    for (const path of ['/.coffer/live', '/.coffer/ready']) {
      assert.equal((await fetch(site.server.url + path)).status, 200);
    }
  });
}
