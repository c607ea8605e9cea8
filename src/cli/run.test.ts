/** Command lines: what is understood, what is refused and how, and what the help says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { coffer } from '../../tests/cli-fixture.ts';
import { StartError } from '../base/start-error.ts';
import { settingNames, settingOf } from '../config/table.ts';
import { allCommands } from './all-commands.ts';

test('serve gets the settings of its flags and of the environment', async () => {
  const argv = ['serve', '--listen', '127.0.0.1:0', '--data=store'];
  const { exitCode, served } = await coffer(argv, { env: { COFFER_REGION: 'eu-west-1' } });
  assert.equal(exitCode, 0);
  const [settings] = served;
  assert.equal(settings?.data, '/nowhere/store');
  assert.deepEqual(settings.listen, { host: '127.0.0.1', port: 0 });
  assert.equal(settings.region, 'eu-west-1');
});

test('a start that fails ends with its sentence and its exit code', async () => {
  const failed = await coffer(['serve'], {
    serve: () => Promise.reject(new StartError('The port is in use.', { exitCode: 3 })),
  });
  assert.deepEqual([failed.exitCode, failed.err], [3, 'coffer: The port is in use.\n']);
  const defect = await coffer(['serve'], { serve: () => Promise.reject(new TypeError('x is y')) });
  assert.equal(defect.exitCode, 1);
  assert.match(defect.err, /defect of Coffer. TypeError: x is y/);
});

const wrong: readonly (readonly [string, string])[] = [
  [
    'acount create x',
    '"coffer acount create" is not a command. Did you mean "coffer account create"?',
  ],
  ['account creat x', 'Did you mean "coffer account create"?'],
  ['users', '"coffer users" is not a command'],
  ['account', '"coffer account" needs a verb:'],
  ['account frobnicate', '"coffer account frobnicate" is not a command:'],
  ['account create', '"coffer account create" needs NAME. See "coffer account create --help".'],
  ['account create a b', 'does not take the word "b"'],
  ['account list --policy f', '"coffer account list" does not take --policy.'],
  ['account list --listen 1:1', '"coffer account list" does not take --listen.'],
  ['account create a --acess-key b', 'Did you mean --access-key?'],
  ['account create a --access-key', '--access-key needs a value: --access-key ID.'],
  ['account create a --access-key --secret-key x', '--access-key needs a value'],
  ['account create a --access-key b', '--access-key and --secret-key belong together'],
  ['account delete a --yes --yes', '--yes is given twice.'],
  ['account delete a --yes=1', '--yes takes no value.'],
  ['account delete a', 'Add --yes to go on without being asked.'],
  ['user set-policy ann', 'Give either --policy FILE or --no-policy.'],
  ['serve --lsten x', '--lsten is not a setting. Did you mean --listen?'],
  ['serve now', '"coffer serve" does not take the word "now"'],
  ['serve --listen nowhere', '--listen must be HOST:PORT'],
  ['account list --endpoint nowhere', '--endpoint must be http:// or https://'],
  ['help nothing', '"coffer nothing" is not a command'],
  ['frobnicate', '"coffer help" lists them all'],
];

for (const [line, message] of wrong) {
  test(`"coffer ${line}" is wrong usage`, async () => {
    const { exitCode, out, err, targets } = await coffer(line.split(' '));
    assert.equal(exitCode, 2, err);
    assert.ok(err.includes(message), err);
    assert.equal(out, '');
    // Whatever is wrong with the line is said before anything is asked of a server.
    assert.ok(targets.length === 0 || line.includes('set-policy'), 'a server was asked');
  });
}

test('with --json an error is JSON too, on standard error', async () => {
  const { exitCode, out, err } = await coffer(['account', 'list', '--json']);
  assert.deepEqual([exitCode, out], [1, '']);
  const { error } = JSON.parse(err) as { error: { code: string; message: string } };
  assert.equal(error.code, 'Unreachable');
  assert.equal(
    error.message,
    'No Coffer serves the data folder /nowhere/coffer-data: start it with `coffer serve`, or name another with --data.',
  );
});

test('without a command the help goes to standard error, and it is wrong usage', async () => {
  const { exitCode, out, err } = await coffer([]);
  assert.deepEqual([exitCode, out], [2, '']);
  assert.match(err, /coffer account create NAME/);
});

test('the help lists every command, and each explains itself', async () => {
  const asked = await coffer(['help']);
  const flagged = await coffer(['--help']);
  assert.equal(flagged.out, asked.out);
  for (const { name, flags, words } of allCommands) {
    assert.ok(asked.out.includes(`coffer ${[name, ...words].join(' ')}`), name);
    if (name === 'help') continue;
    const own = await coffer([...name.split(' '), '--help']);
    assert.equal(own.exitCode, 0);
    assert.ok(own.out.startsWith(`coffer ${[name, ...words].join(' ')}`), own.out);
    for (const flag of flags) assert.ok(own.out.includes(`--${flag}`), `${name} ${flag}`);
    assert.deepEqual(await coffer(['help', ...name.split(' ')]).then(({ out }) => out), own.out);
  }
});

test('the help of settings and of serve explains every setting', async () => {
  for (const argv of [
    ['help', 'settings'],
    ['serve', '--help'],
  ]) {
    const { exitCode, out } = await coffer(argv);
    assert.equal(exitCode, 0);
    for (const name of settingNames) assert.ok(out.includes(settingOf(name).env), name);
  }
});

test('a noun’s help lists its verbs', async () => {
  for (const argv of [
    ['help', 'user'],
    ['user', '--help'],
    ['user', '-h'],
  ]) {
    const { exitCode, out } = await coffer(argv);
    assert.equal(exitCode, 0);
    assert.match(out, /coffer user set-policy NAME/);
    assert.doesNotMatch(out, /coffer account/);
  }
});

test('the version is told in every way that it is asked', async () => {
  for (const argv of [['version'], ['--version']]) {
    assert.equal((await coffer(argv)).out, 'coffer 1.2.3 (node v26.0.0)\n');
  }
  const { json } = await coffer(['version', '--json']);
  assert.deepEqual(json(), { version: '1.2.3', node: 'v26.0.0' });
});

test('any line ends with an exit code and never with a defect', async () => {
  const word = fc.oneof(
    fc.constantFrom('account', 'user', 'create', 'show', 'help', '--json', '--', '--data', '-'),
    fc.constantFrom('--yes', '--account', '--policy=x', '--access-key=y', '--endpoint', '--='),
    fc.string({ maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
      const { exitCode, err } = await coffer(argv);
      assert.ok([0, 1, 2].includes(exitCode));
      assert.doesNotMatch(err, /defect of Coffer/);
    }),
    { numRuns: 300 },
  );
});
