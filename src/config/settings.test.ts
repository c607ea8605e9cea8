import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { takeFlags } from './flags.ts';
import { addressUrl, parseSettings } from './settings.ts';
import { describeSettings, helpSettings } from './show.ts';
import { settingNames, settingOf } from './table.ts';
import { UsageError } from './usage-error.ts';

const parse = (argv: string[], env: Record<string, string> = {}) =>
  parseSettings(argv, env, '/srv');
const secret = 'correct-horse-battery';

test('nothing given: the defaults of the contract', () => {
  const { sources, ...settings } = parse([]);
  assert.deepEqual(settings, {
    data: '/srv/coffer-data',
    keeper: { kind: 'file', path: '/srv/coffer-data.root-key' },
    listen: { host: '127.0.0.1', port: 9000 },
    console: { host: '127.0.0.1', port: 9001 },
    publicUrl: undefined,
    consoleUrl: undefined,
    region: 'us-east-1',
    domains: [],
    tls: undefined,
    trustedProxies: [],
    workers: 1,
    newBuckets: 'modern',
    rotation: { everyMs: 90 * 24 * 60 * 60_000, afterWraps: 2 ** 32 },
    logLevel: 'info',
    logFormat: 'text',
    rootCredentials: undefined,
    keeperSecrets: {
      vaultToken: undefined,
      vaultTokenFile: undefined,
      vaultNamespace: undefined,
      awskmsEndpoint: undefined,
      pkcs11Pin: undefined,
      credentialsDirectory: undefined,
    },
    warnings: [],
  });
  assert.ok(Object.values(sources).every((source) => source === 'default'));
});

test('a flag wins over a variable, a variable over the default, an empty variable is none', () => {
  const settings = parse(['--listen=[::1]:0', '--data', 'x//', '--domain', 'A.example.com.'], {
    COFFER_LISTEN: '1.2.3.4:5',
    COFFER_CONSOLE: 'off',
    COFFER_REGION: '',
    COFFER_TRUSTED_PROXY: '10.0.0.0/8, ::1',
    COFFER_KEEPER: 'file:keys/root',
    COFFER_TLS_CERT: 'c.pem',
    COFFER_TLS_KEY: '/k.pem',
    COFFER_PUBLIC_URL: 'https://s3.example.com/',
  });
  assert.deepEqual(settings.listen, { host: '::1', port: 0 });
  assert.equal(settings.data, '/srv/x');
  assert.equal(settings.console, undefined);
  assert.equal(settings.region, 'us-east-1');
  assert.deepEqual(settings.domains, ['a.example.com']);
  assert.deepEqual(settings.trustedProxies, ['10.0.0.0/8', '::1/128']);
  assert.deepEqual(settings.keeper, { kind: 'file', path: '/srv/keys/root' });
  assert.deepEqual(settings.tls, { certPath: '/srv/c.pem', keyPath: '/k.pem' });
  assert.equal(settings.publicUrl, 'https://s3.example.com');
  assert.equal(settings.sources.listen, 'flag');
  assert.equal(settings.sources.console, 'environment');
  assert.equal(settings.sources.region, 'default');
});

const wrong: readonly (readonly [string[], Record<string, string>, RegExp])[] = [
  [['--lisen', '127.0.0.1:1'], {}, /^--lisen is not a setting\. Did you mean --listen\?$/],
  [['--compression', 'on'], {}, /^--compression is not a setting\. "coffer help settings"/],
  [['--root-secret-key', 'x'], {}, /^--root-secret-key is not a flag: set COFFER_ROOT_SECRET_KEY/],
  [['--data'], {}, /^--data needs a value: --data DIR\.$/],
  [['--data', '--workers', '2'], {}, /^--data needs a value/],
  [['--data', 'a', '--data', 'b'], {}, /^--data is given twice/],
  [['--data='], {}, /^--data is empty: give DIR\.$/],
  [['--data', '/'], {}, /^--data must not be the root/],
  [['--data', 'a\0b'], {}, /^--data contains a NUL/],
  [['extra'], {}, /^"extra" is not a setting/],
  [['--listen', '9000'], {}, /^--listen must be HOST:PORT, .* \(given: "9000"\)\.$/],
  [['--listen', 'localhost:65536'], {}, /must be HOST:PORT/],
  [['--listen', '::1:9000'], {}, /must be HOST:PORT/],
  [['--listen', '[localhost]:9000'], {}, /must be HOST:PORT/],
  [[], { COFFER_CONSOLE: 'no' }, /^COFFER_CONSOLE must be HOST:PORT/],
  [['--public-url', 'https://a/b'], {}, /^--public-url must be http/],
  [['--public-url', 'ftp://a'], {}, /must be http/],
  [['--region', 'EU'], {}, /^--region must be/],
  [['--domain', 'https://x'], {}, /^--domain must be a domain name/],
  [['--domain', '10.0.0.1'], {}, /must be a domain name/],
  [['--trusted-proxy', '10.0.0.0/33'], {}, /^--trusted-proxy must be an IP/],
  [['--trusted-proxy', 'any'], {}, /must be an IP/],
  [['--workers', '0'], {}, /^--workers must be a whole number from 1 to 128/],
  [['--workers', '1e1'], {}, /must be a whole number/],
  [['--new-buckets', 'old'], {}, /^--new-buckets must be modern or classic/],
  [['--rotate-every', '0h'], {}, /^--rotate-every must be a number of h, d or w, from 1h to 3650d/],
  [['--rotate-every', '3651d'], {}, /^--rotate-every must be/],
  [['--rotate-every', '59m'], {}, /^--rotate-every must be/],
  [['--rotate-every', '1.5d'], {}, /^--rotate-every must be/],
  [[], { COFFER_ROTATE_EVERY: '90' }, /^COFFER_ROTATE_EVERY must be/],
  [['--rotate-after-wraps', '999999'], {}, /^--rotate-after-wraps must be .* at least 1000000/],
  [['--rotate-after-wraps', '9007199254740992'], {}, /^--rotate-after-wraps must be/],
  [['--rotate-after-wraps', '1e7'], {}, /^--rotate-after-wraps must be/],
  [['--log-level', 'trace'], {}, /^--log-level must be debug or info/],
  [['--keeper', '/path'], {}, /^--keeper must be file:PATH/],
  [['--keeper', 'file:coffer-data/key'], {}, /lies in the data folder \/srv\/coffer-data/],
  [['--tls-cert', 'c'], {}, /^--tls-cert is given without --tls-key/],
  [['--tls-key', 'c'], {}, /^--tls-key is given without --tls-cert/],
  [['--listen', '0.0.0.0:9001'], {}, /^--listen and --console both ask for port 9001/],
  [[], { COFFER_ROOT_ACCESS_KEY: 'AKIA1' }, /is set without COFFER_ROOT_SECRET_KEY/],
  [[], { COFFER_ROOT_SECRET_KEY: secret }, /is set without COFFER_ROOT_ACCESS_KEY/],
  [
    [],
    { COFFER_ROOT_ACCESS_KEY: secret, COFFER_ROOT_SECRET_KEY: secret },
    /equals COFFER_ROOT_ACCESS_KEY/,
  ],
  [
    [],
    { COFFER_ROOT_ACCESS_KEY: 'root', COFFER_ROOT_SECRET_KEY: 'with space' },
    /^COFFER_ROOT_SECRET_KEY must be 8 to 128 printable ASCII characters without spaces\.$/,
  ],
];

for (const [argv, env, message] of wrong) {
  test(`usage: ${argv.join(' ').replace('\0', '\\0')} ${Object.keys(env).join(' ')}`, () => {
    assert.throws(
      () => parse(argv, env),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        assert.equal(error.exitCode, 2);
        assert.ok(!error.message.includes('with space'));
        return true;
      },
    );
  });
}

test('when the master key is rotated, as it is given and as it is shown', () => {
  const hour = 60 * 60_000;
  for (const [text, ms, shown] of [
    ['1h', hour, '1h'],
    ['36h', 36 * hour, '36h'],
    ['48h', 48 * hour, '2d'],
    ['4w', 672 * hour, '28d'],
    ['3650d', 87_600 * hour, '3650d'],
  ] as const) {
    const settings = parse(['--rotate-every', text], { COFFER_ROTATE_AFTER_WRAPS: '1000000' });
    assert.deepEqual(settings.rotation, { everyMs: ms, afterWraps: 1_000_000 });
    const named = new Map(describeSettings(settings).map(({ name, value }) => [name, value]));
    assert.equal(named.get('rotateEvery'), shown);
    assert.equal(named.get('rotateAfterWraps'), '1000000');
  }
});

test('a misspelt variable is pointed out, a stranger’s is not', () => {
  const { warnings } = parse([], { COFFER_NEW_BUCKET: 'classic', COFFER_SERVICE_HOST: '10.1.1.1' });
  assert.deepEqual(warnings, [
    'COFFER_NEW_BUCKET is not a setting. Did you mean COFFER_NEW_BUCKETS?',
  ]);
});

test('secrets are never shown', () => {
  const settings = parse([], { COFFER_ROOT_ACCESS_KEY: 'root', COFFER_ROOT_SECRET_KEY: secret });
  assert.equal(settings.rootCredentials?.secretAccessKey.reveal(), secret);
  const shown = [
    JSON.stringify(describeSettings(settings)),
    JSON.stringify(settings),
    inspect(settings, { depth: 9, showHidden: true }),
    String(settings.rootCredentials?.secretAccessKey),
  ];
  for (const text of shown) assert.ok(!text.includes(secret), text);
  const of = (variable: string) => describeSettings(settings).find(({ env }) => env === variable);
  assert.deepEqual(of('COFFER_ROOT_SECRET_KEY'), {
    name: 'rootSecretKey',
    flag: undefined,
    env: 'COFFER_ROOT_SECRET_KEY',
    value: '[redacted]',
    source: 'environment',
  });
  assert.deepEqual(of('COFFER_LISTEN'), {
    name: 'listen',
    flag: '--listen',
    env: 'COFFER_LISTEN',
    value: '127.0.0.1:9000',
    source: 'default',
  });
});

test('help explains every setting, in lines of at most 100 columns', () => {
  const help = helpSettings();
  for (const name of settingNames) {
    const { flag, env } = settingOf(name);
    assert.ok(help.includes(env));
    if (flag !== undefined) assert.ok(help.includes(`--${flag} `));
  }
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
});

test('settings can be taken out of a command that has words of its own', () => {
  const { flags, rest } = takeFlags([
    'user',
    'create',
    '--data',
    'd',
    'ann',
    '--json',
    '--',
    '--data',
  ]);
  assert.deepEqual([...flags], [['data', ['d']]]);
  assert.deepEqual(rest, ['user', 'create', 'ann', '--json', '--', '--data']);
});

test('URLs of addresses', () => {
  assert.equal(addressUrl({ host: '0.0.0.0', port: 9000 }, false), 'http://127.0.0.1:9000');
  assert.equal(addressUrl({ host: '::', port: 443 }, true), 'https://[::1]');
});

test('any command line ends in settings or a usage error', () => {
  const flag = fc.constantFrom(
    ...settingNames.map((name) => `--${settingOf(name).flag}`),
    '--',
    '-x',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(flag, fc.string())), (argv) => {
      try {
        parse(argv);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
  );
});
