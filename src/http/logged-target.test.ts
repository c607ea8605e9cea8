import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loggedTarget } from './logged-target.ts';

test('credentials in a query are not shown, however their names are spelled', () => {
  for (const [target, shown] of [
    ['/b/k', '/b/k'],
    ['/b?prefix=a&acl', '/b?prefix=a&acl'],
    ['/b?X-Amz-Signature=s&x=1', '/b?X-Amz-Signature=[redacted]&x=1'],
    ['/b?%58-amz-%73ignature=s', '/b?%58-amz-%73ignature=[redacted]'],
    [
      '/b?X-Amz-Security-Token=t&Signature=s=s',
      '/b?X-Amz-Security-Token=[redacted]&Signature=[redacted]',
    ],
    ['/b?%ff=1&%=2', '/b?%ff=1&%=2'],
    ['/b?', '/b?'],
  ] as const) {
    assert.equal(loggedTarget(target), shown);
  }
});
