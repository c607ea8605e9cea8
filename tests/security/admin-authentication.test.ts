/**
 * SECURITY-REGRESSIONS rule 3 for the admin API: every route, with every kind of bad authentication.
 * Nothing is changed, and no byte of a body is read before its sender is known.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOperations } from '../../src/admin/all-operations.ts';
import type { GivenKey } from '../../src/access/access-keys.ts';
import type { Signer } from '../../src/access/signature/presign.ts';
import { adminHouse } from '../admin-fixture.ts';
import { allRows } from '../../src/access/all-rows.ts';
import { accessKeyRow } from '../../src/rows/access-key-row.ts';
import { accountRow } from '../../src/rows/account-row.ts';
import { userRow } from '../../src/rows/user-row.ts';
import { ask, type Sent } from './s3-house.ts';
import { byHeader, byQuery, type Signable, signer, withoutSignature } from './signed.ts';

const admin = (key: GivenKey, changes: Partial<Signer> = {}): Signer =>
  signer(key, { service: 'coffer', ...changes });

const replaced =
  (from: RegExp, to: string) =>
  (sent: Sent): Sent => ({
    ...sent,
    headers: (sent.headers ?? []).map(([name, value]) => [
      name,
      name === 'authorization' ? value.replace(from, to) : value,
    ]),
  });

const withHeader =
  (name: string, value: string) =>
  (sent: Sent): Sent => ({ ...sent, headers: [...(sent.headers ?? []), [name, value]] });

type Bad = (
  request: Signable,
  keys: { readonly root: GivenKey; readonly disabled: GivenKey },
) => Sent;

const bad: Readonly<Record<string, Bad>> = {
  nobody: (request) => withoutSignature(request),
  'a bad signature': (request, { root }) =>
    replaced(/Signature=\w+/, `Signature=${'0'.repeat(64)}`)(byHeader(request, admin(root))),
  'the secret of nobody': (request, { root }) =>
    byHeader(request, admin({ ...root, secretKey: 'wrong' })),
  'an unknown key': (request, { root }) =>
    byHeader(request, admin({ ...root, accessKeyId: 'AKIANOBODY' })),
  'a disabled key': (request, { disabled }) => byHeader(request, admin(disabled)),
  'a signature for S3': (request, { root }) => byHeader(request, signer(root)),
  'another region': (request, { root }) => byHeader(request, admin(root, { region: 'eu-west-1' })),
  'a signature of long ago': (request, { root }) =>
    byHeader(request, admin(root, { now: new Date(Date.now() - 16 * 60_000) })),
  'a presigned URL': (request, { root }) => byQuery(request, admin(root)),
  'an unsigned payload': (request, { root }) => byHeader(request, admin(root), 'UNSIGNED-PAYLOAD'),
  'signed chunks': (request, { root }) =>
    byHeader(request, admin(root), 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
  'an unsigned trailer': (request, { root }) =>
    byHeader(request, admin(root), 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
  'an unsigned x-amz-* header': (request, { root }) =>
    withHeader('x-amz-target', 'a')(byHeader(request, admin(root))),
  'two Authorization headers': (request, { root }) =>
    withHeader('authorization', 'AWS4-HMAC-SHA256 a')(byHeader(request, admin(root))),
  'a security token': (request, { root }) =>
    withHeader('x-amz-security-token', 't')(byHeader(request, admin(root))),
  'a bearer token': (request) => withHeader('authorization', 'Bearer t')(withoutSignature(request)),
  'Signature Version 2': (request) =>
    withHeader('authorization', 'AWS AKIA:c2ln')(withoutSignature(request)),
  'basic credentials': (request, { root }) => {
    const text = Buffer.from(`${root.accessKeyId}:${root.secretKey}`).toString('base64');
    return withHeader('authorization', `Basic ${text}`)(withoutSignature(request));
  },
};

for (const { name, route, confidential } of adminOperations) {
  test(`${String(name)} is not reached without a right signature`, async () => {
    const house = await adminHouse();
    using view = house.rows.view();
    const { id: account } = await house.services.accounts.get(view, 'default');
    const disabled = await house.services.accessKeys.create({ account });
    await house.services.accessKeys.setEnabled(disabled.accessKeyId, false);
    const [method = '', template = ''] = String(route).split(' ');
    const path = template.replaceAll(/\{\w+\}/g, 'default');
    const body = method === 'GET' || method === 'DELETE' ? '' : '{"name":"made","policy":null}';
    const before = await everyone(house.rows);
    for (const [what, make] of Object.entries(bad)) {
      const sent = make({ method, path, body }, { root: house.root, disabled });
      const answer = await ask(house.network, sent);
      assert.ok(answer.status === 403 || answer.status === 400, `${what}: ${answer.text}`);
      assert.equal(answer.pulled, 0, `${what}: its body was read`);
    }
    if (body !== '') {
      const sent = byHeader({ method, path, body }, admin(house.root));
      const answer = await ask(house.network, { ...sent, body: body.replace('made', 'mad!') });
      // In the clear, what must not be sent so is refused before that.
      const status = confidential === true ? 403 : 400;
      assert.equal(answer.status, status, `another body than was signed: ${answer.text}`);
    }
    assert.deepEqual(await everyone(house.rows), before);
    assert.deepEqual(house.failures, []);
  });
}

async function everyone(rows: Awaited<ReturnType<typeof adminHouse>>['rows']): Promise<unknown> {
  using view = rows.view();
  return [
    await allRows(view, accountRow),
    await allRows(view, userRow),
    await allRows(view, accessKeyRow),
  ];
}
