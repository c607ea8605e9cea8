/**
 * Every way in which the keyring or the root key of a store of several generations can be lost or
 * damaged: the start refuses in a sentence that names the file and the way back, changes nothing and
 * makes no key; and what is put back opens the store again.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SecretKey } from '../../src/crypto/secret-key.ts';
import { listKeyringFiles, writeKeyringFile } from '../../src/keys/keyring-file.ts';
import type { Keyring } from '../../src/keys/keyring.ts';
import { KeysInForce } from '../../src/keys/keys-in-force.ts';
import { systemClock } from '../../src/base/time.ts';
import { keyringRow } from '../../src/rows/keyring-row.ts';
import { openRows } from '../../src/rows/rows.ts';
import { keyringHouse } from '../keyring-house.ts';
import { readObject } from '../store-fixture.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { threeVersions } from './kit-house.ts';

interface Damage {
  readonly what: string;
  /** `other` is another store, made alike. */
  readonly do: (place: { readonly data: string; readonly other: string }) => Promise<void>;
  readonly says: RegExp;
}

const inForce = async (data: string): Promise<string> => (await files(data)).at(-1) ?? '';
const files = async (data: string): Promise<readonly string[]> =>
  (await listKeyringFiles(`${data}/keys`)).map(({ path }) => path);

async function changed(
  path: string,
  change: (bytes: Buffer) => Uint8Array | string,
): Promise<void> {
  await writeFile(path, change(await readFile(path)));
}

const flip = (at: number) => (bytes: Buffer) => {
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 4;
  return bytes;
};

const keyringWay =
  /keys\/keyring-5-[0-9a-f]{16} .*(newest backup of .*\/data\/keys, or restore .*keys restore KIT).*no key is ever made anew/;
const rootWay = /root key file .*\/data\.root-key .*put it back from your backup/;

const damages: readonly Damage[] = [
  {
    what: 'the keyring file is missing',
    do: async ({ data }) => rm(await inForce(data)),
    says: keyringWay,
  },
  {
    what: 'the keyring file is empty',
    do: async ({ data }) => writeFile(await inForce(data), ''),
    says: keyringWay,
  },
  {
    what: 'the keyring file is cut',
    do: async ({ data }) => changed(await inForce(data), (bytes) => bytes.subarray(0, -1)),
    says: keyringWay,
  },
  {
    what: 'the head of the keyring file is flipped',
    do: async ({ data }) => changed(await inForce(data), flip(1)),
    says: keyringWay,
  },
  {
    what: 'a sealed bit of the keyring file is flipped',
    do: async ({ data }) => changed(await inForce(data), flip(-1)),
    says: keyringWay,
  },
  {
    what: 'an older keyring stands under the name',
    do: async ({ data }) => cp((await files(data)).at(-2) ?? '', await inForce(data)),
    says: keyringWay,
  },
  {
    what: 'another store’s keyring stands under the name',
    do: async ({ data, other }) => cp(await inForce(other), await inForce(data)),
    says: keyringWay,
  },
  {
    what: 'all keyrings are missing',
    do: ({ data }) => rm(`${data}/keys`, { recursive: true }),
    says: keyringWay,
  },
  {
    what: 'the root key file is missing',
    do: ({ data }) => rm(`${data}.root-key`),
    says: /root key file .*\/data\.root-key is missing.*Put its backup there.*keys restore KIT/,
  },
  {
    what: 'the root key file is empty',
    do: ({ data }) => writeFile(`${data}.root-key`, ''),
    says: rootWay,
  },
  {
    what: 'the root key file is cut',
    do: ({ data }) =>
      changed(`${data}.root-key`, (bytes) => bytes.toString().replace(/^check .*\n/m, '')),
    says: rootWay,
  },
  {
    what: 'a digit of the root key is changed',
    do: ({ data }) =>
      changed(`${data}.root-key`, (bytes) =>
        bytes
          .toString()
          .replace(/^key (.)/m, (_, digit: string) => `key ${digit === '0' ? '1' : '0'}`),
      ),
    says: rootWay,
  },
  {
    what: 'the root key file is another store’s',
    do: ({ data, other }) => cp(`${other}.root-key`, `${data}.root-key`),
    says: /root of trust file:.*\/data\.root-key belongs to another store than .*set --keeper to the root of trust/,
  },
];

test('each loss is told with the file and the way back; nothing is changed, and put back it opens', async () => {
  await using folder = await temporaryFolder();
  const [data, other] = [`${folder.path}/data`, `${folder.path}/other`];
  await threeVersions(data);
  await threeVersions(other);
  const kept = `${folder.path}/kept`;
  await cp(`${data}/keys`, `${kept}/keys`, { recursive: true });
  await cp(`${data}.root-key`, `${kept}/root-key`);
  for (const damage of damages) {
    await damage.do({ data, other });
    const before = await fingerprint(folder.path);
    await assert.rejects(keyringHouse(data), damage.says, damage.what);
    assert.deepEqual(await fingerprint(folder.path), before, damage.what);
    await rm(`${data}/keys`, { recursive: true, force: true });
    await cp(`${kept}/keys`, `${data}/keys`, { recursive: true });
    await cp(`${kept}/root-key`, `${data}.root-key`);
  }
  await using house = await keyringHouse(data);
  assert.equal((await readObject(house.store, 'one')).toString(), 'body 1');
});

test('a root key of before a renewal is told apart from one that is no root key of this store', async () => {
  await using folder = await temporaryFolder();
  const [data, other] = [`${folder.path}/data`, `${folder.path}/other`];
  await threeVersions(data, async (house) => {
    await cp(`${data}.root-key`, `${folder.path}/older`);
    await house.rewrap();
    await house.destruction.destroy(1);
  });
  await threeVersions(other);
  await cp(`${folder.path}/older`, `${data}.root-key`);
  await assert.rejects(
    keyringHouse(data),
    /keyring-6-\w+ does not open with file:.*\/data\.root-key, .*take a newer one: destroying a master key version renews/,
  );
  await cp(`${other}.root-key`, `${data}.root-key`);
  await assert.rejects(
    keyringHouse(data),
    /belongs to another store than the keyring file .*keyring-6-/,
  );
});

test('a keyring with another key of a version is refused by its canary, and never comes in force', async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/data`;
  let forged: Keyring | undefined;
  await threeVersions(data, async (house) => {
    const { keyring } = house.changes.keys.newest;
    const one = keyring.versions.get(1);
    assert.ok(one?.state === 'retained');
    const versions = new Map(keyring.versions).set(1, { ...one, key: SecretKey.generate() });
    forged = { ...keyring, versions, generation: keyring.generation + 1 };
    await assert.rejects(
      house.changes.change({ next: () => forged }),
      /Master key version 1 of keyring generation 6 is not the key/,
    );
    assert.equal((await house.keyringFiles()).length, 5);
    // As if something had put it in force all the same.
    const reference = await writeKeyringFile(`${data}/keys`, forged, house.start.keeper);
    const { metadata } = house.start.store;
    const rows = openRows({
      metadata,
      keys: new KeysInForce(house.changes.keys.newest),
      clock: systemClock,
    });
    await rows.transact(async (transaction) => transaction.put(keyringRow, undefined, reference));
  });
  const before = await fingerprint(folder.path);
  for (let turn = 0; turn < 2; turn += 1) {
    await assert.rejects(
      keyringHouse(data),
      /version 1 of keyring generation 6 .* does not open the canary of version 1 in the store row.*coffer keys restore KIT/,
    );
  }
  assert.deepEqual(await fingerprint(folder.path), before);
});

/** Root keys and keyring files, to the byte; the row file only by its rows, as opening it maps it. */
async function fingerprint(path: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.mdb'))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  const sums = await Promise.all(
    names.map(async (name) => [
      name,
      createHash('sha256')
        .update(await readFile(name))
        .digest('hex'),
    ]),
  );
  return Object.fromEntries(sums) as Record<string, string>;
}
