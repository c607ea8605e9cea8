/**
 * The AWS KMS keeper against moto's server, whose KMS really encrypts and checks the encryption
 * context (PyPI, pinned in tests/keepers/requirements.txt). Run by `npm run test:keepers`.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AwsKmsKeeper } from '../../src/keys/awskms/awskms-keeper.ts';
import { keeperContract } from '../contracts/keeper.ts';

const region = 'eu-central-1';
const storeId = Buffer.alloc(16, 0x31);
const program = resolve(import.meta.dirname, '.venv/bin/moto_server');
let endpoint = '';
let moto: ChildProcess | undefined;

// As an operator gives them; the SDK finds them by itself.
process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
process.env['AWS_SECRET_ACCESS_KEY'] = 'secret-of-the-test';

before(async () => {
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  moto = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await answering();
  const kms = new KMSClient({ region, endpoint });
  const made = await kms.send(new CreateKeyCommand({}));
  const TargetKeyId = made.KeyMetadata?.KeyId;
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/coffer', TargetKeyId }));
  kms.destroy();
});

after(() => {
  moto?.kill();
});

async function newKey(): Promise<string> {
  const kms = new KMSClient({ region, endpoint });
  const made = await kms.send(new CreateKeyCommand({}));
  kms.destroy();
  return made.KeyMetadata?.Arn ?? '';
}

keeperContract('awskms', async () => {
  const keyId = await newKey();
  return {
    keeper: new AwsKmsKeeper({ region, keyId, endpoint }),
    reopened: new AwsKmsKeeper({ region, keyId, endpoint }),
    other: new AwsKmsKeeper({ region, keyId: await newKey(), endpoint }),
    storeId,
    unreachable: new AwsKmsKeeper({ region, keyId, endpoint: 'http://127.0.0.1:1' }),
    secrets: ['secret-of-the-test'],
    [Symbol.asyncDispose]: async () => undefined,
  };
});

test('an alias names a key too, and what it is not is said', async () => {
  const context = { storeId, generation: 1 };
  const keeper = new AwsKmsKeeper({ region, keyId: 'alias/coffer', endpoint });
  assert.deepEqual(keeper.description, { kind: 'awskms', location: `${region}/alias/coffer` });
  const sealed = await keeper.seal(Buffer.from('keyring'), context);
  assert.equal((await keeper.open(sealed, context)).toString(), 'keyring');
  const none = new AwsKmsKeeper({ region, keyId: 'alias/none', endpoint });
  await assert.rejects(none.seal(Buffer.from('keyring'), context), {
    kind: 'failed',
    message: /refuses GenerateDataKey with alias\/none \(NotFoundException.*: there is no such key/,
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answering(): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    const ok = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${program} does not answer`);
}
