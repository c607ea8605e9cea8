/**
 * SECURITY-REGRESSIONS rule 3: every route there is (built, answering a default, or unbuilt), driven
 * through the pipeline with every kind of bad authentication. A spy between pipeline and store proves
 * that nothing but credentials was read, nothing written, and no byte of a body asked for.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOperations } from '../src/s3/all-operations.ts';
import { badAuthentications } from './security/bad-authentications.ts';
import { routeRequest } from './security/routes.ts';
import { s3House } from './security/s3-house.ts';
import { withoutSignature } from './security/signed.ts';

/** All that finding out who asks may look at. */
const ofCredentials = new Set(['view', 'view.get access-key', 'view.get account', 'view.get user']);

/** And all that deciding about somebody looks at beside: buckets, and the facts that a policy may name. */
const ofDecisions = new Set([
  ...ofCredentials,
  'view.bucket',
  'buckets.find',
  'buckets.get',
  'uploads.createHeaders',
]);

const house = await s3House();
await house.store.buckets.create({
  name: 'bucket',
  account: house.rootAccount,
  region: 'us-east-1',
  mode: 'modern',
});
const disabled = await house.accessKeys.create({ account: house.rootAccount });
await house.accessKeys.setEnabled(disabled.accessKeyId, false);
const keys = { root: house.root, disabled };

for (const operation of allOperations) {
  test(`${operation.name} is not reached without a right signature`, async () => {
    const request = routeRequest(operation);
    const before = await house.rows();
    for (const bad of badAuthentications) {
      if (bad.formIsRead === true && operation.credentials === 'form') continue;
      house.calls.length = 0;
      const answer = await house.ask(bad.send(request, keys));
      const what = `${bad.name}: ${answer.status} ${answer.code}`;
      assert.ok(answer.status >= 400 && answer.status < 500, what);
      // A form's credentials are fields and nothing else; the answer to a HEAD has no body.
      const codes = operation.credentials === 'form' ? [...bad.codes, 'InvalidRequest'] : bad.codes;
      if (request.method !== 'HEAD') assert.ok(codes.includes(answer.code ?? ''), what);
      assert.deepEqual(
        house.calls.filter((call) => !ofCredentials.has(call)),
        [],
        what,
      );
      assert.equal(answer.pulled, 0, `${what}: read its body`);
      assert.equal(answer.continued, false, `${what}: was told to go on`);
    }
    assert.deepEqual(await house.rows(), before);
    assert.deepEqual(house.failures, []);
  });
}

test('nobody reaches anything that no policy lets anyone into', async () => {
  const before = await house.rows();
  for (const operation of allOperations) {
    house.calls.length = 0;
    const answer = await house.ask(withoutSignature(routeRequest(operation)));
    const what = `${operation.name}: ${answer.status} ${answer.code}: ${house.calls.join(', ')}`;
    const unbuilt = answer.status === 501;
    assert.ok(unbuilt || answer.status === 403, what);
    if (operation.route.method !== 'HEAD') {
      assert.equal(answer.code, unbuilt ? 'NotImplemented' : 'AccessDenied', what);
    }
    assert.deepEqual(
      house.calls.filter((call) => !ofDecisions.has(call)),
      [],
      what,
    );
    if (operation.credentials !== 'form') {
      assert.equal(answer.pulled, 0, `${what}: read its body`);
      assert.equal(answer.continued, false, `${what}: was told to go on`);
    }
  }
  assert.deepEqual(await house.rows(), before);
  assert.deepEqual(house.failures, []);
});
