import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from './config/settings.ts';
import { consoleOrigins, endpointFor } from './public-addresses.ts';

const settingsOf = (...flags: string[]) => parseSettings(['--data', '/data', ...flags], {}, '/');
const sentTo = (host: string) => ({ headers: new Map([['host', [host]]]) });

test('the S3 endpoint is where it listens, or under the name that the console was asked by', () => {
  const endpoint = (listen: string, host: string, ...flags: string[]): string => {
    const settings = settingsOf('--listen', listen, ...flags);
    return endpointFor(settings, settings.listen, sentTo(host));
  };
  assert.equal(endpoint('127.0.0.1:9000', 'localhost:9001'), 'http://127.0.0.1:9000');
  assert.equal(endpoint('0.0.0.0:9000', 'nas.lan:9001'), 'http://nas.lan:9000');
  assert.equal(endpoint('0.0.0.0:9000', 'NAS.lan'), 'http://nas.lan:9000');
  assert.equal(endpoint('[::]:9000', '[fd00::2]:9001'), 'http://[fd00::2]:9000');
  for (const hostile of [
    "a'; script-src *",
    'a b',
    'a\r\nb',
    'user@a',
    'a/b',
    'a:b',
    '',
    '-a',
    '*',
  ]) {
    assert.equal(endpoint('0.0.0.0:9000', hostile), 'http://127.0.0.1:9000', hostile);
  }
  const given = ['--public-url', 'https://s3.example.com'];
  assert.equal(endpoint('0.0.0.0:9000', 'nas.lan:9001', ...given), 'https://s3.example.com');
});

test('the console’s origins are its own and no others', () => {
  const origins = (console: string, host: string, ...flags: string[]): readonly string[] => {
    const settings = settingsOf('--console', console, ...flags);
    return consoleOrigins(settings, settings.console, sentTo(host)).toSorted();
  };
  const loopback = ['http://127.0.0.1:9001', 'http://[::1]:9001', 'http://localhost:9001'];
  assert.deepEqual(origins('127.0.0.1:9001', 'x:9000'), loopback);
  assert.deepEqual(origins('10.1.2.3:9001', 'x:9000'), ['http://10.1.2.3:9001']);
  assert.deepEqual(
    origins('0.0.0.0:9001', 'nas.lan:9000'),
    [...loopback, 'http://nas.lan:9001'].toSorted(),
  );
  const given = ['--console-url', 'https://console.example.com'];
  assert.deepEqual(origins('0.0.0.0:9001', 'x', ...given), ['https://console.example.com']);
  assert.deepEqual(origins('off', 'localhost:9000'), []);
  const settings = settingsOf('--console', '127.0.0.1:0');
  assert.deepEqual(consoleOrigins(settings, undefined, sentTo('localhost')), []);
});
