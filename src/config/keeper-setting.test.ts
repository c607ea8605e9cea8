import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { keeper, keeperFiles, keeperText } from './keeper-setting.ts';
import { parseSettings, withheldVariables } from './settings.ts';
import { describeSettings } from './show.ts';
import { settingNames, settingOf } from './table.ts';
import { UsageError } from './usage-error.ts';
import { InvalidValue } from './values.ts';

const place = { cwd: '/srv' };
const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const moduleQuery = 'module-path=/usr/lib/softhsm/libsofthsm2.so';
const noPlace = {
  token: undefined,
  serial: undefined,
  slotId: undefined,
  object: undefined,
  id: undefined,
  pinSource: undefined,
  modulePath: '/usr/lib/softhsm/libsofthsm2.so',
};

test('every kind of keeper is read, and its text names the same keeper', () => {
  const cases: readonly (readonly [string, object, string?])[] = [
    ['file:keys/root', { kind: 'file', path: '/srv/keys/root' }, 'file:/srv/keys/root'],
    ['passphrase:', { kind: 'passphrase', path: undefined }],
    ['passphrase:/run/pass', { kind: 'passphrase', path: '/run/pass' }],
    [
      'vault:https://v:8200/coffer',
      { kind: 'vault', origin: 'https://v:8200', mount: 'transit', key: 'coffer' },
      'vault:https://v:8200/transit/keys/coffer',
    ],
    [
      'vault:http://127.0.0.1:8200/team/a/keys/coffer.1',
      { kind: 'vault', origin: 'http://127.0.0.1:8200', mount: 'team/a', key: 'coffer.1' },
    ],
    [`awskms:${arn}`, { kind: 'awskms', region: 'eu-central-1', keyId: arn }],
    [
      'awskms:us-gov-west-1/alias/coffer/a',
      { kind: 'awskms', region: 'us-gov-west-1', keyId: 'alias/coffer/a' },
    ],
    [
      `pkcs11:token=my%20token;object=root?${moduleQuery}`,
      {
        ...noPlace,
        kind: 'pkcs11',
        uri: `token=my%20token;object=root?${moduleQuery}`,
        token: 'my token',
        object: 'root',
      },
    ],
    [
      `pkcs11:slot-id=3;id=%01%fF;type=secret-key?${moduleQuery}&pin-source=file:/etc/pin`,
      {
        ...noPlace,
        kind: 'pkcs11',
        uri: `slot-id=3;id=%01%fF;type=secret-key?${moduleQuery}&pin-source=file:/etc/pin`,
        slotId: 3,
        id: '01ff',
        pinSource: '/etc/pin',
      },
    ],
  ];
  for (const [text, expected, canonical = text] of cases) {
    const parsed = keeper(text, place);
    assert.deepEqual({ ...parsed }, expected);
    assert.equal(keeperText(parsed), canonical);
    assert.deepEqual(keeper(canonical, place), parsed);
  }
});

test('what is not a keeper is refused with what would be one', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['/path', /must be file:PATH, passphrase:/],
    ['tpm:x', /must be file:PATH, passphrase:/],
    ['file:', /must be file:PATH/],
    ['toString:x', /must be file:PATH/],
    ['vault:https://v:8200/', /must be vault:URL\/KEY/],
    ['vault:v:8200/coffer', /must be vault:URL/],
    ['vault:ftp://v/coffer', /must be vault:URL/],
    ['vault:https://user:pw@v/coffer', /must be vault:URL/],
    ['vault:https://v/coffer?x=1', /must be vault:URL/],
    ['vault:https://v/transit/coffer', /must be vault:URL/],
    ['vault:https://v/keys/coffer', /must be vault:URL/],
    ['vault:https://v/a/../keys/coffer%2f', /must be vault:URL/],
    ['awskms:coffer', /must be awskms:ARN/],
    ['awskms:arn:aws:s3:::bucket', /must be awskms:ARN/],
    ['awskms:arn:aws:kms:eu-central-1:1:key/x', /must be awskms:ARN/],
    ['pkcs11:token=a;object=b', /needs \?module-path/],
    [`pkcs11:token=a;object=b?${moduleQuery}&pin-value=1234`, /must not hold the PIN/],
    [`pkcs11:object=b?${moduleQuery}`, /needs token=/],
    [`pkcs11:token=a?${moduleQuery}`, /needs object=/],
    [`pkcs11:token=a;object=b;object=c?${moduleQuery}`, /has "object" twice/],
    [`pkcs11:token=a;object=b;manufacturer=c?${moduleQuery}`, /not one of token/],
    [`pkcs11:token=a;object=%zz?${moduleQuery}`, /malformed "object"/],
    [`pkcs11:token=a;object=b;type=private?${moduleQuery}`, /type=secret-key/],
    [`pkcs11:token=a;object=b?${moduleQuery}&pin-source=|cat`, /malformed "pin-source"/],
    [`pkcs11:slot-id=x;object=b?${moduleQuery}`, /slot-id that is not a number/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(
      () => keeper(text, place),
      (error) => error instanceof InvalidValue && message.test(error.message),
      text,
    );
  }
});

test('any text is a keeper or an invalid value', () => {
  const start = fc.constantFrom('file:', 'passphrase:', 'vault:', 'awskms:', 'pkcs11:', '');
  fc.assert(
    fc.property(start, fc.string(), (kind, rest) => {
      try {
        assert.ok(keeperFiles(keeper(kind + rest, place)).every((path) => path.startsWith('/')));
      } catch (error) {
        assert.ok(error instanceof InvalidValue, String(error));
      }
    }),
  );
});

test('a keeper’s secrets come from settings of their own and are never shown', () => {
  const secret = 'hvs.CAESIJ-secret';
  const env = {
    COFFER_VAULT_TOKEN: secret,
    COFFER_PKCS11_PIN: secret,
    CREDENTIALS_DIRECTORY: '/c',
  };
  const settings = parseSettings(['--vault-namespace', 'a/b'], env, '/srv');
  assert.equal(settings.keeperSecrets.vaultToken?.reveal(), secret);
  assert.equal(settings.keeperSecrets.pkcs11Pin?.reveal(), secret);
  assert.equal(settings.keeperSecrets.credentialsDirectory, '/c');
  const shown = JSON.stringify(describeSettings(settings)) + JSON.stringify(settings);
  assert.ok(!shown.includes(secret) && shown.includes('[redacted]'));
  for (const name of settingNames) {
    const { env: variable, secret: isSecret } = settingOf(name);
    assert.ok(isSecret !== true || withheldVariables.includes(variable), variable);
  }
  const both = () =>
    parseSettings(['--vault-token-file', 'x'], { COFFER_VAULT_TOKEN: secret }, '/srv');
  assert.throws(both, UsageError);
});

test('no file of a keeper may lie in the data folder', () => {
  for (const text of [
    'passphrase:/srv/coffer-data/p',
    `pkcs11:token=a;object=b?${moduleQuery}&pin-source=/srv/coffer-data/p`,
  ]) {
    assert.throws(() => parseSettings(['--keeper', text], {}, '/srv'), /lies in the data folder/);
  }
});
