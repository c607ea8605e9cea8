/** The PKCS#11 keeper against SoftHSM (Debian's softhsm2). Run by `npm run test:keepers`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keeper as parseKeeper } from '../../src/config/keeper-setting.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { makeKeeper } from '../../src/keepers.ts';
import type { Keeper } from '../../src/keys/keeper.ts';
import { keeperContract } from '../contracts/keeper.ts';

const modulePath = '/usr/lib/softhsm/libsofthsm2.so';
const pin = 'pin-of-the-test-1234';
const storeId = Buffer.alloc(16, 0x44);
const context = { storeId, generation: 1 };

// Before the module is loaded: SoftHSM reads its tokens once.
const folder = mkdtempSync(join(tmpdir(), 'coffer-softhsm-'));
mkdirSync(join(folder, 'tokens'));
writeFileSync(
  join(folder, 'softhsm2.conf'),
  `directories.tokendir = ${folder}/tokens\nlog.level = ERROR\n`,
);
process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
const quiet = { stdio: 'ignore' } as const;
for (const token of ['coffer', 'other']) {
  const init = ['--init-token', '--free', '--label', token, '--pin', pin, '--so-pin', '5678'];
  execFileSync('softhsm2-util', init, quiet);
  makeKey(token, 'root', '01');
}
makeKey('coffer', 'twice', '02');
makeKey('coffer', 'twice', '03');

after(() => rmSync(folder, { recursive: true }));

function makeKey(token: string, label: string, id: string): void {
  const login = ['--module', modulePath, '--token-label', token, '--login', '--pin', pin];
  const key = ['--keygen', '--key-type', 'AES:32', '--label', label, '--id', id];
  execFileSync('pkcs11-tool', [...login, ...key], quiet);
}

async function keeper(uri: string, given = pin): Promise<Keeper> {
  const { keeperSecrets } = parseSettings([], { COFFER_PKCS11_PIN: given }, '/');
  const setting = parseKeeper(`pkcs11:${uri}?module-path=${modulePath}`, { cwd: '/' });
  const root = await makeKeeper(setting, { secrets: keeperSecrets, askSecret: undefined });
  return root.keeper;
}

keeperContract('pkcs11', async () => ({
  keeper: await keeper('token=coffer;object=root'),
  reopened: await keeper('token=coffer;object=root'),
  other: await keeper('token=other;object=root'),
  storeId,
  unreachable: await keeper('token=absent;object=root'),
  secrets: [pin],
  [Symbol.asyncDispose]: async () => undefined,
}));

test('a key is named by its id too; one that is not there, or not alone, is said', async () => {
  const sealed = await (
    await keeper('token=coffer;object=root')
  ).seal(Buffer.from('ring'), context);
  const byId = await keeper('token=coffer;id=%01');
  assert.equal((await byId.open(sealed, context)).toString(), 'ring');
  const troubles: readonly (readonly [string, RegExp])[] = [
    ['token=coffer;object=none', /The token coffer .* has no such AES key: make one/],
    ['token=coffer;object=twice', /has several such AES keys: name one by object and id/],
  ];
  for (const [uri, message] of troubles) {
    const none = await keeper(uri);
    await assert.rejects(none.open(sealed, context), { kind: 'failed', message });
  }
  const one = await keeper('token=coffer;object=twice;id=%02');
  assert.equal((await one.open(await one.seal(Buffer.from('ring'), context), context)).length, 4);
});

test('a wrong PIN and a wrong module are said, and many uses at once wait for each other', async () => {
  const wrong = await keeper('token=coffer;object=root', '0000');
  await assert.rejects(wrong.seal(Buffer.from('ring'), context), {
    kind: 'failed',
    message: /does not log in \(CKR_PIN_INCORRECT\): give the right PIN/,
  });
  const right = await keeper('token=coffer;object=root');
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const plaintext = Buffer.from(`ring ${index}`);
      const sealed = await right.seal(plaintext, context);
      assert.deepEqual(await right.open(sealed, context), plaintext);
    }),
  );
});
